//! `patchesJson6902`: RFC 6902 with what Kyverno adds: negative indexes, missing paths that `remove` forgives, and
//! parents that `add` makes.
//!
//! | module | what |
//! |---|---|
//! | [`operation`] | reading and checking the operations |
//! | [`document`] | the document that they change |
//! | [`run`] | what each operation does |
//!
//! The rules, the odd ones too, and the error texts are those of `evanphx/json-patch` v5 as Kyverno calls it
//! (`pkg/engine/mutate/patch/patchJSON6902.go`).

mod document;
mod operation;
mod run;

use std::borrow::Cow;

use dikast_grammar::{FileId, yaml};
use dikast_stdlib::Value;
use dikast_stdlib::encode::to_go_json;

use self::document::Document;
use super::{Known, Merged, PatchError};

/// Applies operations given as text, as policies write them: JSON when the text begins with `[`, else YAML.
///
/// # Errors
/// When the text is no list of operations, or one of them does not fit the object.
pub fn apply(base: &Value, operations: &str) -> Result<Merged, PatchError> {
    apply_known(base, operations, &Known::default())
}

/// Like [`apply`], on an object of which patches before have found something out.
pub(crate) fn apply_known(base: &Value, operations: &str, known: &Known) -> Result<Merged, PatchError> {
    if operations.is_empty() {
        return Err(PatchError::Refused("empty mutate rule".to_owned()));
    }
    let json =
        if operations.starts_with('[') { Cow::Borrowed(operations) } else { Cow::Owned(yaml_to_json(operations)?) };
    let operations =
        operation::read(&json).map_err(|error| PatchError::Refused(format!("failed to decode patches: {error}")))?;
    let mut document = Document::new(base, known)?;
    for operation in &operations {
        run::run(&mut document, operation)?;
    }
    match document.changed(base)? {
        Some(value) => Ok(Merged::Changed(value)),
        None => Ok(Merged::Skipped),
    }
}

/// The first document of a YAML text as JSON.
fn yaml_to_json(text: &str) -> Result<String, PatchError> {
    let failed = |reason: String| {
        PatchError::Refused(format!(
            "failed to convert patchesJSON6902 to JSON: error converting YAML to JSON: {reason}"
        ))
    };
    let parsed = yaml::parse(FileId::default(), text);
    if let Some(error) = parsed.errors.iter().find(|error| error.is_refusal()) {
        return Err(failed(error.to_string()));
    }
    let value = parsed.documents.first().map(Value::from).unwrap_or_default();
    to_go_json(&value).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests;
