//! Conditions of anchors, matched as validation matches patterns.

use dikast_stdlib::Value;

/// Matches a value against a condition.
///
/// # Errors
/// The mismatch, in words.
pub(super) fn check(condition: &Value, actual: &Value) -> Result<(), String> {
    if condition == actual { Ok(()) } else { Err("condition does not match".to_owned()) }
}
