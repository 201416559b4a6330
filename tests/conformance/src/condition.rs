//! `condition.jsonl`: what an operator says of a key and a value. Cases with a `context` need an engine.

use dikast_stdlib::condition::{Operator, Prepared, evaluate, evaluate_prepared};
use serde_json::Value;

/// Whether the operator gives the recorded answer, with the value prepared and not.
pub fn agrees(case: &Value) -> Result<(), String> {
    let operator = case.get("operator").and_then(Value::as_str).ok_or("the case has no operator")?;
    let operator = Operator::new(operator);
    let (key, value) = (substituted(case, "key"), substituted(case, "value"));
    let answer = case.get("answer").ok_or("the case has no answer")?;
    let expected = answer.get("value").and_then(Value::as_bool);
    let found = evaluate(&key, &operator, &value);
    let prepared = evaluate_prepared(&key, &operator, &Prepared::new(value));
    if found != prepared {
        return Err(format!("found {found:?}, with a prepared value {prepared:?}"));
    }
    if found.as_ref().ok().copied() != expected {
        return Err(format!("expected {expected:?}, found {found:?}"));
    }
    match (found, answer.get("stage").and_then(Value::as_str), answer.get("error").and_then(Value::as_str)) {
        (Err(error), Some("run"), Some(recorded)) if error.to_string() != recorded => {
            Err(format!("expected the error `{recorded}`, found `{error}`"))
        }
        _ => Ok(()),
    }
}

/// A document as Kyverno's substitution leaves it: a scalar number becomes a float, numbers further in stay.
fn substituted(case: &Value, name: &str) -> dikast_stdlib::Value {
    match case.get(name).cloned().map(dikast_stdlib::Value::from).unwrap_or_default() {
        dikast_stdlib::Value::Int(number) => dikast_stdlib::Value::Float(number as f64),
        other => other,
    }
}
