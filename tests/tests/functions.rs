//! The examples of the function reference, and whether the committed page is up to date.
#![allow(missing_docs, reason = "a test")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use dikast_compiler::lower::expression::lower_query;
use dikast_runtime::context::Context;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::World;
use dikast_runtime::interpreter::{Budget, Interpreter, QueryCache};
use dikast_stdlib::functions::{self, Isolated};
use dikast_stdlib::{Value, encode};

fn evaluate(expression: &str) -> Result<String, String> {
    let (program, expr) = lower_query(expression)?;
    let context = Context::of_document(Value::Null);
    let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
    let world = World { data: &data, environment: &Isolated { now_unix_ns: 1_780_000_000_000_000_000 } };
    let interpreter = Interpreter::new(&program, &context, world, &queries, &budget);
    let value = interpreter.ask(expr, &Value::object::<&str>([])).map_err(|fault| fault.to_string())?;
    encode::to_go_json(&value).map_err(|error| error.to_string())
}

#[test]
fn examples_give_what_they_say() {
    for function in functions::table() {
        for (expression, result) in function.examples {
            let expected: Value = serde_json::from_str(result).unwrap();
            let expected = encode::to_go_json(&expected.to_floats()).unwrap();
            assert_eq!(evaluate(expression), Ok(expected), "{}: {expression}", function.name);
        }
    }
}

/// With `DIKAST_BLESS` set, the page is written instead.
#[test]
fn the_reference_page_is_up_to_date() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/functions.md");
    let current = functions::reference();
    if std::env::var_os("DIKAST_BLESS").is_some() {
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        std::fs::write(&page, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(committed == current, "docs/functions.md is stale; run this test with DIKAST_BLESS=1");
}
