//! `wildcard.jsonl`: does a name fit a pattern.

use dikast_stdlib::wildcard::{Wildcard, matches};
use serde_json::Value;

/// Whether both ways of matching give the recorded answer.
pub(crate) fn agrees(case: &Value) -> Result<(), String> {
    let text = |name: &str| case.get(name).and_then(Value::as_str).ok_or(format!("the case has no text `{name}`"));
    let (pattern, name) = (text("pattern")?, text("name")?);
    let expected = case.pointer("/answer/value").and_then(Value::as_bool);
    let found = matches(pattern, name);
    let compiled = Wildcard::new(pattern).matches(name);
    if found != compiled {
        return Err(format!("compiled pattern says {compiled}, plain matching {found}"));
    }
    if Some(found) == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found}")) }
}
