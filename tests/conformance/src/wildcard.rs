//! `wildcard.jsonl`: does a name fit a pattern.

use dikast_compiler::codegen::Question;
use dikast_compiler::ir::Program;
use dikast_stdlib::wildcard::{Wildcard, matches};
use serde_json::Value;

use crate::native::{self, Outcome, Tally};

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

/// Whether native code gives the recorded answer.
pub(crate) fn agrees_natively(case: &Value, tally: &mut Tally) -> Result<(), String> {
    let pattern = case.get("pattern").and_then(Value::as_str).ok_or("the case has no text `pattern`")?;
    let name = case.get("name").ok_or("the case has no name")?;
    let question = Question::Wildcard(pattern.to_owned());
    let expected = case.pointer("/answer/value").and_then(Value::as_bool);
    match native::ask(Program::default(), &question, name, tally)? {
        None => agrees(case),
        Some(outcome) if Some(outcome == Outcome::Yes) == expected => Ok(()),
        Some(outcome) => Err(format!("expected {expected:?}, found {outcome:?}")),
    }
}
