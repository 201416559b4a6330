//! When two answers are alike.

use dikast_stdlib::Value;
use serde_json::Value as Json;

/// Compares an outcome with a golden answer: both a value and the same one, or both an error. Which error it is does not
/// matter here.
pub(crate) fn same(case: &Json, outcome: Result<Value, String>) -> Result<(), String> {
    let answer = case.get("answer").unwrap_or(&Json::Null);
    let expected = (answer.get("ok") == Some(&Json::Bool(true))).then(|| answer.get("value").unwrap_or(&Json::Null));
    match (expected, outcome) {
        (None, Err(_)) => Ok(()),
        (None, Ok(value)) => Err(format!("expected an error, {}, found {}", error(answer), json(&value))),
        (Some(expected), Err(error)) => Err(format!("expected {expected}, found the error {error}")),
        (Some(expected), Ok(value)) => match serde_json::to_value(&value) {
            Ok(found) if alike(expected, &found) => Ok(()),
            Ok(found) => Err(format!("expected {expected}, found {found}")),
            Err(error) => Err(format!("expected {expected}, found a value that is no JSON: {error}")),
        },
    }
}

/// Deep equality in which 1 and 1.0 are the same number.
pub(crate) fn alike(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| alike(left, right)))
        }
        _ => left == right,
    }
}

fn error(answer: &Json) -> &str {
    answer.get("error").and_then(Json::as_str).unwrap_or_default()
}

fn json(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| format!("{value:?}"))
}
