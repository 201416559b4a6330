//! What is compiled: expressions, policies; and the reviews that they are asked of.

use std::net::IpAddr;
use std::sync::Arc;

use dikast_compiler::compile;
use dikast_compiler::ir::{text, verify};
use dikast_compiler::lower::expression::lower_query;
use dikast_compiler::passes::optimise;
use dikast_compiler::settings::Settings;
use dikast_compiler::testing;
use dikast_compiler::testing::folder::Beside;
use dikast_grammar::{FileId, SourceMap, yaml};
use dikast_runtime::context::Context;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::World;
use dikast_runtime::interpreter::{Budget, Interpreter, QueryCache};
use dikast_runtime::webhook::review::{Review, uid_of};
use dikast_stdlib::functions::Environment;
use dikast_stdlib::{Value, encode};

use crate::novelty::Novelty;

/// A world without a clock, chance and names.
pub(crate) struct Nowhere;

impl Environment for Nowhere {
    fn now_unix_ns(&self) -> i128 {
        1_700_000_000_000_000_000
    }

    fn random_below(&self, bound: u64) -> u64 {
        bound / 3
    }

    fn resolve_host(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        Err(format!("lookup {host}: no such host"))
    }
}

/// What queries are asked of.
const DOCUMENT: &str = r#"{"a":{"b":{"c":[1,2,3]}},"l":[{"a":"x","b":[1]},{"a":"y","b":2},null,"z"],"n":2.5,
    "o":{"p":{"c":[],"n":1},"q":{"c":{},"n":2}},"t":"text é","e":"","q":"1Ki","d":"1h",
    "request":{"object":{"metadata":{"name":"web","labels":{"app":"web"}},"spec":{"containers":[{"name":"c"}]}}}}"#;

pub(super) fn query(input: &[u8], novelty: &mut Novelty) {
    let expression = String::from_utf8_lossy(input);
    let document = serde_json::from_str::<Value>(DOCUMENT).unwrap_or_default().to_floats();
    let Ok((program, expr)) = lower_query(&expression) else { return };
    assert_eq!(verify(&program), [], "lowering made a program that is not well-formed");
    let context = Context::of_document(Value::Null);
    let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
    let world = World { data: &data, environment: &Nowhere };
    let outcome = Interpreter::new(&program, &context, world, &queries, &budget).ask(expr, &document);
    novelty.look(&program.exprs);
    novelty.look(&outcome);
    if let Ok(value) = outcome {
        let _ = encode::to_go_json(&value);
    }
}

pub(super) fn policy(input: &[u8], novelty: &mut Novelty) {
    let mut sources = SourceMap::new();
    let policy: Arc<str> = String::from_utf8_lossy(input).into();
    sources.add("policy.yaml", policy);
    let compilation = compile(&sources);
    assert_eq!(verify(&compilation.program), [], "lowering made a program that is not well-formed");
    let printed = text::print(&compilation.program);
    let again = text::parse(&printed).map(|program| text::print(&program));
    assert_eq!(again.as_deref(), Ok(printed.as_str()), "the text form does not read back");
    novelty.look(&compilation.diagnostics);
    novelty.look(&compilation.program.exprs);
    let (program, _) = optimise(compilation.program);
    assert_eq!(verify(&program), [], "a pass made a program that is not well-formed");
}

pub(super) fn test(input: &[u8], novelty: &mut Novelty) {
    let source = String::from_utf8_lossy(input);
    let parsed = yaml::parse(FileId::default(), &source);
    let Some((test, others)) = parsed.documents.split_first() else { return };
    novelty.look(&testing::check(test, &source, &Beside::of(&source, others)));
}

pub(super) fn settings(input: &[u8], novelty: &mut Novelty) {
    novelty.look(&Settings::parse(&String::from_utf8_lossy(input)));
}

pub(super) fn ir(input: &[u8], novelty: &mut Novelty) {
    let parsed = text::parse(&String::from_utf8_lossy(input));
    if let Ok(program) = &parsed {
        let printed = text::print(program);
        let again = text::parse(&printed).map(|program| text::print(&program));
        assert_eq!(again.as_deref(), Ok(printed.as_str()), "the text form does not read back");
    }
    novelty.look(&parsed.map(|program| program.exprs));
}

pub(super) fn review(input: &[u8], novelty: &mut Novelty) {
    let review = Review::read(input);
    novelty.look(&review.map(|_| ()));
    novelty.look(&uid_of(input));
}
