//! The YAML of `patchesJson6902`.

use dikast_stdlib::Value;

/// Reads one document.
///
/// # Errors
/// The fault, in words.
pub(super) fn read(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}
