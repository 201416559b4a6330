//! `condition.jsonl`: what an operator says of a key and a value. The variables of both sides are replaced first.

use dikast_stdlib::condition::{Operator, Prepared, evaluate, evaluate_prepared};
use serde_json::Value;

use crate::vars::{self, Numbers};

/// Whether the operator gives the recorded answer, with the value prepared and not.
pub(crate) fn agrees(case: &Value) -> Result<(), String> {
    let operator = case.get("operator").and_then(Value::as_str).ok_or("the case has no operator")?;
    let operator = Operator::new(operator);
    let answer = case.get("answer").ok_or("the case has no answer")?;
    let expected = answer.get("value").and_then(Value::as_bool);
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
    match (found, answer.get("stage").and_then(Value::as_str), answer.get("error").and_then(Value::as_str)) {
        (Err(error), Some("run"), Some(recorded)) if error != recorded => {
            Err(format!("expected the error `{recorded}`, found `{error}`"))
        }
        _ => Ok(()),
    }
}

/// One side of a condition, its variables replaced: a scalar number becomes a float, numbers further in stay.
fn substituted(case: &Value, name: &str) -> Result<dikast_stdlib::Value, String> {
    let written = case.get(name).unwrap_or(&Value::Null);
    let numbers = if written.is_number() { Numbers::Floats } else { Numbers::Whole };
    let context = case.get("context").cloned().map(dikast_stdlib::Value::from).unwrap_or_default().to_floats();
    vars::substitute(&vars::node(written, numbers), context)
        .map_err(|error| format!("failed to substitute variables in condition {name}: {error}"))
}
