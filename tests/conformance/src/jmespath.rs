//! `jmespath.jsonl`: an expression asked of a document.

use dikast_compiler::codegen::Question;
use dikast_compiler::lower::expression::lower_query;
use dikast_runtime::context::Context;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::World;
use dikast_runtime::interpreter::{Budget, Interpreter, QueryCache};
use dikast_runtime::native::Outcome;
use dikast_stdlib::{Value, encode};
use serde_json::Value as Json;

use crate::environment::Fixed;
use crate::native::Tally;
use crate::{answer, native};

/// Whether the expression gives the recorded value or an error.
pub(crate) fn agrees(case: &Json) -> Result<(), String> {
    let expression = case.get("expr").and_then(Json::as_str).ok_or("the case has no expression")?;
    let input = case.get("input").cloned().map(Value::from).unwrap_or_default().to_floats();
    answer::same(case, evaluate(expression, &input))
}

/// Whether native code gives the recorded value or an error.
pub(crate) fn agrees_natively(case: &Json, tally: &mut Tally) -> Result<(), String> {
    let expression = case.get("expr").and_then(Json::as_str).ok_or("the case has no expression")?;
    let Ok((program, expr)) = lower_query(expression) else {
        // There is nothing to run.
        tally.answered += 1;
        return agrees(case);
    };
    let input = case.get("input").unwrap_or(&Json::Null);
    match native::ask(program, &Question::Query(expr), input, tally)? {
        None => agrees(case),
        Some(Outcome::Value(value)) => {
            let value = encode::to_go_json(&value).map(|_| value).map_err(|error| error.to_string());
            answer::same(case, value)
        }
        Some(outcome) => answer::same(case, Err(format!("{outcome:?}"))),
    }
}

fn evaluate(expression: &str, input: &Value) -> Result<Value, String> {
    let (program, expr) = lower_query(expression)?;
    let context = Context::of_document(Value::Null);
    let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
    let world = World { data: &data, environment: &Fixed };
    let interpreter = Interpreter::new(&program, &context, world, &queries, &budget);
    let value = interpreter.ask(expr, input).map_err(|fault| fault.to_string())?;
    // A value that is no JSON, such as NaN, counts as an error.
    encode::to_go_json(&value).map_err(|error| error.to_string())?;
    Ok(value)
}
