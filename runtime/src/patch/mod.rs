//! Changing objects: strategic merge, JSON patch, and the difference of two objects.
//!
//! | module | what | Kyverno |
//! |---|---|---|
//! | [`strategic`] | `patchStrategicMerge` with anchors | `pkg/engine/mutate/patch/strategicMergePatch.go` |
//! | [`json`] | `patchesJson6902` | `pkg/engine/mutate/patch/patchJSON6902.go` |
//! | `known` | what one patch leaves for the next to know | — |
//! | [`diff`](fn@diff) | the JSON patch of an admission response | `pkg/utils/jsonutils` |

mod difference;
pub mod json;
mod known;
pub mod strategic;

pub use difference::{Operation, diff};
pub(crate) use known::Known;

use std::sync::Arc;

use dikast_stdlib::Value;

/// What a patch made of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Merged {
    /// The changed object. Its whole numbers are [`Value::Int`], because it went through text in Kyverno.
    Changed(Value),
    /// The object is as it was: an anchor's condition was false, or the patch asks for what is there already.
    Skipped,
}

/// Why a patch cannot be applied. The text is Kyverno's, without the leading `failed to patch resource: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The patch does not fit the object, in Kyverno's words.
    #[error("{0}")]
    Refused(String),
    /// Kyverno crashes here.
    #[error("{0}")]
    Unsupported(String),
}

/// Whether a value stays the same when it is written as text and read again, at any depth up to this: all but fractions do,
/// which may become whole numbers.
fn survives_text(value: &Value, deepest: usize) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => true,
        Value::Float(_) => false,
        Value::List(items) => deepest > 0 && items.iter().all(|item| survives_text(item, deepest - 1)),
        Value::Object(members) => deepest > 0 && members.values().all(|member| survives_text(member, deepest - 1)),
    }
}

/// Whether two values are written as the same JSON: the type of a number does not show there.
fn same_json(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) if Arc::ptr_eq(left, right) => true,
        (Value::Object(left), Value::Object(right)) if Arc::ptr_eq(left, right) => true,
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same_json(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right.iter())
                    .all(|((key, left), (name, right))| key == name && same_json(left, right))
        }
        (Value::Int(whole), Value::Float(number)) | (Value::Float(number), Value::Int(whole)) => {
            *number == *whole as f64 && number.abs() < 9_007_199_254_740_992.0
        }
        _ => left == right,
    }
}
