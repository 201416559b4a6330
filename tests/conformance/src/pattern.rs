//! `pattern.jsonl`: does a resource satisfy a pattern, and if not, where and why.

use dikast_stdlib::pattern::document::{Outcome, match_document};
use serde_json::Value;

/// Whether outcome, path and text are the recorded ones. A path or text that is not recorded differed from run to run.
pub(crate) fn agrees(case: &Value) -> Result<(), String> {
    let document = |name: &str| case.get(name).cloned().map(dikast_stdlib::Value::from).unwrap_or_default();
    let answer = case.get("answer").ok_or("the case has no answer")?;
    let flag = |name: &str| answer.get(name).and_then(Value::as_bool).unwrap_or(false);
    let found = match_document(&document("pattern"), &document("resource")).err();
    let outcome = found.as_ref().map(|failure| failure.outcome());
    let expected = match answer.get("path").and_then(Value::as_str) {
        _ if flag("ok") => vec![None],
        _ if flag("skip") => vec![Some(Outcome::Skip)],
        Some("") => vec![Some(Outcome::Error)],
        Some(_) => vec![Some(Outcome::Fail)],
        None => vec![Some(Outcome::Error), Some(Outcome::Fail)],
    };
    if !expected.contains(&outcome) {
        return Err(format!("expected {expected:?}, found {outcome:?}: {found:?}"));
    }
    let Some(failure) = found else { return Ok(()) };
    for (name, found) in [("path", &failure.path), ("error", &failure.message)] {
        if let Some(recorded) = answer.get(name).and_then(Value::as_str)
            && recorded != found
        {
            return Err(format!("expected the {name} `{recorded}`, found `{found}`"));
        }
    }
    Ok(())
}
