//! `condition.jsonl`: what an operator says of a key and a value. The variables of both sides are replaced first.

use dikast_compiler::codegen::Question;
use dikast_compiler::ir::{Builder, Condition, Conditions, Expr, ExprId, Program};
use dikast_grammar::yaml::Node;
use dikast_stdlib::condition::{Operator, Prepared, evaluate, evaluate_prepared};
use serde_json::Value as Json;

use crate::native::{self, Outcome, Tally};
use crate::vars::{self, Numbers};

/// Whether the operator gives the recorded answer, with the value prepared and not.
pub(crate) fn agrees(case: &Json) -> Result<(), String> {
    let operator = case.get("operator").and_then(Json::as_str).ok_or("the case has no operator")?;
    let operator = Operator::new(operator);
    let answer = case.get("answer").ok_or("the case has no answer")?;
    let expected = answer.get("value").and_then(Json::as_bool);
    let sides = substituted(case, "key").and_then(|key| Ok((key, substituted(case, "value")?)));
    let found = match sides {
        Err(error) => Err(error),
        Ok((key, value)) => {
            let found = evaluate(&key, &operator, &value);
            let prepared = evaluate_prepared(&key, &operator, &Prepared::new(value));
            if found != prepared {
                return Err(format!("found {found:?}, with a prepared value {prepared:?}"));
            }
            found.map_err(|error| error.to_string())
        }
    };
    if found.as_ref().ok().copied() != expected {
        return Err(format!("expected {expected:?}, found {found:?}"));
    }
    match (found, answer.get("stage").and_then(Json::as_str), answer.get("error").and_then(Json::as_str)) {
        (Err(error), Some("run"), Some(recorded)) if error != recorded => {
            Err(format!("expected the error `{recorded}`, found `{error}`"))
        }
        _ => Ok(()),
    }
}

/// Whether native code gives the recorded answer to the condition as it is written, and the library's answer to the same
/// condition with one side or both read from a document.
pub(crate) fn agrees_natively(case: &Json, tally: &mut Tally) -> Result<(), String> {
    let operator = case.get("operator").and_then(Json::as_str).ok_or("the case has no operator")?;
    let operator = Operator::new(operator);
    let expected = case.pointer("/answer/value").and_then(Json::as_bool);
    let mut builder = Builder::new();
    let [key, value] = ["key", "value"].map(|name| vars::lower(&mut builder, &side(case, name), false));
    let none = Json::Object(serde_json::Map::new());
    let context = case.get("context").filter(|context| !context.is_null()).unwrap_or(&none);
    compare(condition(builder, key, &operator, value), context, expected, tally)?;
    let (Ok(key), Ok(value)) = (substituted(case, "key"), substituted(case, "value")) else { return agrees(case) };
    for (open_key, open_value) in [(true, false), (false, true), (true, true)] {
        let mut builder = Builder::new();
        let mut document = serde_json::Map::new();
        let mut sides = [("key", &key, open_key), ("value", &value, open_value)].map(|(name, side, open)| {
            if !open {
                return (builder.value(side.clone(), None), side.clone());
            }
            let json = serde_json::to_value(side).unwrap_or_default();
            // What is read from a context has no whole numbers, and JSON no negative zero.
            let read = dikast_stdlib::Value::from(json.clone()).to_floats();
            document.insert(name.to_owned(), json);
            let name = builder.name(name);
            (builder.push(Expr::Variable(name), None), read)
        });
        let [key, value] = &mut sides;
        let expected = evaluate(&key.1, &operator, &value.1).ok();
        let condition = condition(builder, key.0, &operator, value.0);
        compare(condition, &Json::Object(document), expected, tally)?;
    }
    agrees(case)
}

/// A program of one condition.
fn condition(builder: Builder, key: ExprId, operator: &Operator, value: ExprId) -> (Program, Question) {
    let condition = Condition { key, operator: operator.clone(), value, message: None, span: None };
    (builder.finish(), Question::Conditions(Conditions::List(vec![condition])))
}

/// Compares what native code says of a condition, where it says anything.
fn compare(
    (program, question): (Program, Question),
    document: &Json,
    expected: Option<bool>,
    tally: &mut Tally,
) -> Result<(), String> {
    let found = match native::ask(program, &question, document, tally)? {
        None => return Ok(()),
        Some(Outcome::Yes) => Some(true),
        Some(Outcome::No) => Some(false),
        Some(_) => None,
    };
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?} on {document}")) }
}

/// One side of a condition, as a policy would hold it.
fn side(case: &Json, name: &str) -> Node {
    let written = case.get(name).unwrap_or(&Json::Null);
    vars::node(written, if written.is_number() { Numbers::Floats } else { Numbers::Whole })
}

/// One side of a condition, its variables replaced: a scalar number becomes a float, numbers further in stay.
fn substituted(case: &Json, name: &str) -> Result<dikast_stdlib::Value, String> {
    vars::substitute(&side(case, name), vars::context_of(case))
        .map_err(|error| format!("failed to substitute variables in condition {name}: {error}"))
}
