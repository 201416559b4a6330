//! `merge.jsonl`: an object, a patch, and what becomes of it.

use dikast_runtime::patch::{Merged, PatchError, json, strategic};
use dikast_stdlib::Value;

/// Whether one case gives Kyverno's answer.
///
/// # Errors
/// What was asked for and what came.
pub fn agrees(case: &serde_json::Value) -> Result<(), String> {
    let base = Value::from(case["base"].clone());
    let patch = &case["patch"];
    let result = match (case["kind"].as_str(), patch) {
        (Some("smp"), patch) => strategic::merge(&base, &Value::from(patch.clone())),
        (_, serde_json::Value::Null) => json::apply(&base, ""),
        (_, serde_json::Value::String(text)) => json::apply(&base, text),
        (_, list) => json::apply(&base, &list.to_string()),
    };
    let answer = &case["answer"];
    compare(&base, result, answer).map_err(|found| format!("wanted {answer}, got {found}"))
}

fn compare(base: &Value, result: Result<Merged, PatchError>, answer: &serde_json::Value) -> Result<(), String> {
    let (changed, value) = match result {
        Err(error) => {
            let crash = answer["stage"] == "panic";
            let same = crash || answer["error"].as_str().is_none_or(|text| text == error.to_string());
            let refused = answer["ok"] == false && same;
            return if refused { Ok(()) } else { Err(format!("the error {error}")) };
        }
        Ok(Merged::Skipped) => (false, base.clone()),
        Ok(Merged::Changed(value)) => (true, value),
    };
    let same = answer["ok"] == true
        && answer["changed"] == changed
        && Value::from(answer["value"].clone()).to_floats() == value.to_floats();
    let shown = || serde_json::to_string(&value).unwrap_or_default();
    if same { Ok(()) } else { Err(format!("changed {changed}: {}", shown())) }
}
