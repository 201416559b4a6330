//! Patches on documents.

use dikast_runtime::patch::{Merged, json, strategic};
use dikast_stdlib::Value;
use serde_json::Value as Json;

use crate::answer;

/// Whether a patch makes of its base what Kyverno makes of it, and changes it when Kyverno says so.
pub(crate) fn agrees(case: &Json) -> Result<(), String> {
    let member = |name: &str| case.get(name).cloned().unwrap_or_default();
    let base = Value::from(member("base"));
    let patch = member("patch");
    let merged = match (case.get("kind").and_then(Json::as_str), patch) {
        // the recorder took null for no text
        (Some("json6902"), Json::Null) => json::apply(&base, ""),
        (Some("json6902"), Json::String(text)) => json::apply(&base, &text),
        (Some("json6902"), list) => json::apply(&base, &list.to_string()),
        (_, overlay) => strategic::merge(&base, &Value::from(overlay)),
    };
    let changed = matches!(merged, Ok(Merged::Changed(_)));
    let outcome = merged.map_err(|error| error.to_string()).map(|merged| match merged {
        Merged::Changed(value) => value,
        Merged::Skipped => base,
    });
    answer::same(case, outcome)?;
    match case.pointer("/answer/changed").and_then(Json::as_bool) {
        Some(expected) if expected != changed => Err(format!("expected changed {expected}, found {changed}")),
        _ => Ok(()),
    }
}
