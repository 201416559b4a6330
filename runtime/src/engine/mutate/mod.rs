//! `mutate` rules (Kyverno `pkg/engine/handlers/mutation`, `pkg/engine/mutate`).

mod decode;
mod foreach;
mod target;

use dikast_compiler::ir::{Exception, ExprId, Mutate, MutateAction};
use dikast_stdlib::Value;

use super::exceptions;
use super::object;
use super::response::{NeedsData, RuleResponse, Status};
use super::rule::{Outcome, RuleRun};
use crate::interpreter::Fault;
use crate::patch::{Merged, json, strategic};

/// What a mutate rule makes of an object. An error leaves it as it was.
pub(super) fn process(
    run: &RuleRun<'_>,
    body: &Mutate,
    object: &Value,
    exceptions: &[&Exception],
) -> Result<(Value, Vec<RuleResponse>), NeedsData> {
    if !exceptions.is_empty() {
        let words = "rule is skipped due to policy exceptions";
        return Ok((object.clone(), vec![exceptions::skipped(run, words, exceptions)]));
    }
    if !body.targets.is_empty() {
        return Ok((object.clone(), target::process(run, body)?));
    }
    let (object, outcome) = apply(run, body, object)?;
    Ok((object, vec![run.response(outcome)]))
}

/// The object as the rule's patches make it, and what is said of it.
fn apply(run: &RuleRun<'_>, body: &Mutate, object: &Value) -> Result<(Value, Outcome), NeedsData> {
    let change = match &body.action {
        MutateAction::Foreach(loops) => foreach::change(run, loops, object)?,
        action => whole_rule(run, body, action, object)?,
    };
    Ok(match change {
        Change::Changed(changed) => {
            let message = success(&changed);
            (changed, Outcome::new(Status::Pass, message))
        }
        Change::None(message) => (object.clone(), Outcome::new(Status::Skip, message)),
        Change::Error(message) => (object.clone(), Outcome::new(Status::Error, message)),
    })
}

/// What became of an object.
enum Change {
    Changed(Value),
    /// Nothing, and why.
    None(String),
    Error(String),
}

/// A mutation without loops. Kyverno substitutes the whole rule and reads it again, so that an unresolved variable
/// anywhere in it is an error, and so is a value of another type than its field.
fn whole_rule(run: &RuleRun<'_>, body: &Mutate, action: &MutateAction, object: &Value) -> Result<Change, NeedsData> {
    let decoded = body.decoded.as_ref();
    let has_to_be_text = |part: &ExprId| decoded.is_some_and(|decoded| decoded.texts.contains(part));
    let mut is_odd = false;
    for part in &body.also_substituted {
        match run.interpreter.substitute(*part) {
            Ok(Value::Text(_) | Value::Null) => {}
            Ok(_) => is_odd |= has_to_be_text(part),
            Err(fault) => return substitution_failed(fault),
        }
    }
    if let Some(decoded) = decoded.filter(|_| is_odd) {
        match run.interpreter.substitute(decoded.rule) {
            Ok(rule) => {
                if let Err(reason) = decode::read(&rule) {
                    return Ok(Change::Error(format!("variable substitution failed: {reason}")));
                }
            }
            Err(fault) => return substitution_failed(fault),
        }
    }
    patch(run, action, object)
}

/// One patch on an object.
fn patch(run: &RuleRun<'_>, action: &MutateAction, object: &Value) -> Result<Change, NeedsData> {
    let (interpreter, known) = (&run.interpreter, &run.admission.known);
    let merged = match action {
        MutateAction::Merge(overlay) => match interpreter.substitute(*overlay) {
            Ok(Value::Null) => return Ok(Change::Error("empty mutate rule".to_owned())),
            Ok(overlay) => strategic::merge_known(object, &overlay, known),
            Err(fault) => return substitution_failed(fault),
        },
        MutateAction::Json(operations) => match interpreter.substitute(*operations) {
            Ok(Value::Text(operations)) if !operations.is_empty() => json::apply_known(object, &operations, known),
            // What gives no text counts as no patch.
            Ok(_) => return Ok(Change::Error("empty mutate rule".to_owned())),
            Err(fault) => return substitution_failed(fault),
        },
        MutateAction::Foreach(_) | MutateAction::Nothing => {
            return Ok(Change::Error("empty mutate rule".to_owned()));
        }
    };
    Ok(match merged {
        Ok(Merged::Changed(changed)) if object::kind(&changed).is_empty() => {
            let json = dikast_stdlib::encode::to_go_json(&changed).unwrap_or_default();
            Change::Error(format!("failed to unmarshal patched resource: Object 'Kind' is missing in '{json}'"))
        }
        Ok(Merged::Changed(changed)) => Change::Changed(changed),
        Ok(Merged::Skipped) => Change::None("no patches applied".to_owned()),
        Err(error) => Change::Error(format!("failed to patch resource: {error}")),
    })
}

fn substitution_failed(fault: Fault) -> Result<Change, NeedsData> {
    let failure = fault.into_failure().map_err(NeedsData)?;
    Ok(Change::Error(format!("variable substitution failed: {}", failure.message)))
}

/// `mutated KIND/NAME in namespace NAMESPACE`
fn success(object: &Value) -> String {
    let (kind, name) = (object::kind(object), object::name(object));
    match object::namespace(object) {
        "" => format!("mutated {kind}/{name}"),
        namespace => format!("mutated {kind}/{name} in namespace {namespace}"),
    }
}
