//! The text that some functions make of a number or truth value.

use crate::{Value, go_format};

/// The text of a scalar; nothing for null, lists and objects. Floats are rounded to 32 bits on the way, so `123456789`
/// becomes `123456790` (Kyverno `pkg/engine/jmespath/utils.go`, `ifaceToString`).
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Float(number) => Some(go_format::plain_32(*number)),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::List(_) | Value::Object(_) => None,
    }
}
