//! `pattern.jsonl`: does a resource satisfy a pattern, and if not, where and why.

use dikast_compiler::codegen::Question;
use dikast_compiler::lower::lower_pattern;
use dikast_stdlib::pattern::document::{Outcome, match_document};
use serde_json::Value;

use crate::native::{self, Tally};
use crate::vars::{self, Numbers};

/// Whether native code comes to the recorded outcome; path and text are the interpreter's.
pub(crate) fn agrees_natively(case: &Value, tally: &mut Tally) -> Result<(), String> {
    let pattern = vars::node(case.get("pattern").unwrap_or(&Value::Null), Numbers::Whole);
    let resource = case.get("resource").unwrap_or(&Value::Null);
    let (program, pattern) = lower_pattern(&pattern);
    let outcome = match native::ask(program, &Question::Pattern(pattern), resource, tally)? {
        None => return agrees(case),
        Some(native::Outcome::Yes) => None,
        Some(native::Outcome::No) => Some(Outcome::Fail),
        Some(native::Outcome::Skip) => Some(Outcome::Skip),
        Some(native::Outcome::Error) => Some(Outcome::Error),
        Some(other) => return Err(format!("found {other:?}")),
    };
    let expected = expected(case.get("answer").ok_or("the case has no answer")?);
    if expected.contains(&outcome) { agrees(case) } else { Err(format!("expected {expected:?}, found {outcome:?}")) }
}

/// What the answer makes of the rule.
fn expected(answer: &Value) -> Vec<Option<Outcome>> {
    let flag = |name: &str| answer.get(name).and_then(Value::as_bool).unwrap_or(false);
    match answer.get("path").and_then(Value::as_str) {
        _ if flag("ok") => vec![None],
        _ if flag("skip") => vec![Some(Outcome::Skip)],
        Some("") => vec![Some(Outcome::Error)],
        Some(_) => vec![Some(Outcome::Fail)],
        None => vec![Some(Outcome::Error), Some(Outcome::Fail)],
    }
}

/// Whether outcome, path and text are the recorded ones. A path or text that is not recorded differed from run to run.
pub(crate) fn agrees(case: &Value) -> Result<(), String> {
    let document = |name: &str| case.get(name).cloned().map(dikast_stdlib::Value::from).unwrap_or_default();
    let answer = case.get("answer").ok_or("the case has no answer")?;
    let found = match_document(&document("pattern"), &document("resource")).err();
    let outcome = found.as_ref().map(|failure| failure.outcome());
    let expected = expected(answer);
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
