//! `patchesJson6902`: RFC 6902 with the extensions that Kyverno switches on.

use dikast_stdlib::Value;

use super::{Merged, PatchError};

/// Applies operations given as text, YAML or JSON, as policies write them.
///
/// # Errors
/// When the text is no list of operations, or one of them does not fit the object.
pub fn apply(base: &Value, operations: &str) -> Result<Merged, PatchError> {
    if operations.is_empty() {
        return Ok(Merged::Skipped);
    }
    Err(PatchError::Unsupported(format!("JSON patches are not linked in: {}", base.type_name())))
}
