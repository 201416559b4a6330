//! The JSON patch that makes one object of another.

use dikast_stdlib::Value;
use serde::Serialize;

/// One operation of RFC 6902.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Operation {
    /// Puts a value where none is, or inserts it into a list.
    Add {
        /// JSON pointer.
        path: String,
        /// The value.
        value: Value,
    },
    /// Takes a value away.
    Remove {
        /// JSON pointer.
        path: String,
    },
    /// Puts a value in place of another.
    Replace {
        /// JSON pointer.
        path: String,
        /// The value.
        value: Value,
    },
}

/// The operations that make `after` of `before`, none when they are equal.
pub fn diff(before: &Value, after: &Value) -> Vec<Operation> {
    if before == after {
        return Vec::new();
    }
    vec![Operation::Replace { path: String::new(), value: after.clone() }]
}
