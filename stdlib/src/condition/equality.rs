//! `Equals` and `NotEquals` (Kyverno `equal.go`, `notequal.go`).

use std::cmp::Ordering;

use super::order::duration_pair;
use super::prepared::Prepared;
use crate::Value;
use crate::duration::float_to_int;

/// Whether a key equals a value; nothing for a null key, which neither equals nor differs.
pub(super) fn equals(key: &Prepared, value: &Prepared) -> Option<bool> {
    Some(match (key.value(), value.value()) {
        (Value::Null, _) => return None,
        (Value::Int(key), Value::Int(value)) => key == value,
        (Value::Int(whole), Value::Float(float)) | (Value::Float(float), Value::Int(whole)) => {
            *float == float.trunc() && float_to_int(*float) == *whole
        }
        (Value::Int(key), Value::Text(_)) => value.int() == Some(*key),
        (Value::Float(key), Value::Text(_)) => value.float() == Some(*key),
        (Value::Text(_), _) => text_equals(key, value),
        // The rest compares within one type; lists and objects deeply, whole numbers and floats in them kept apart.
        (key, value) => key == value,
    })
}

/// A text equals a duration, a quantity, or a text that it fits as a wildcard. What reads as a quantity is never
/// matched as text.
fn text_equals(key: &Prepared, value: &Prepared) -> bool {
    if let Some((key, value)) = duration_pair(key, value) {
        return key.seconds() == value.seconds();
    }
    let Value::Text(text) = key.value() else { return false };
    if value.value().as_text().is_none() {
        return false;
    }
    match key.quantity() {
        Some(key) => value.quantity().is_some_and(|value| key.compare(value) == Ordering::Equal),
        None => value.wildcard().matches(text),
    }
}
