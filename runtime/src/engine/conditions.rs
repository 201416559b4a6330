//! Conditions and what they say (Kyverno `pkg/engine/variables/evaluate.go`).

use dikast_compiler::ir::{Condition, ConditionBlock, Conditions};
use dikast_stdlib::condition;

use super::trace;
use crate::interpreter::{Fault, Interpreter};

/// What became of a block of conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) holds: bool,
    /// The messages of the conditions that decided, not substituted.
    pub(super) message: String,
}

/// Evaluates conditions; none at all hold.
///
/// # Errors
///
/// When a variable cannot be resolved or an operator is not known.
pub(super) fn decide(interpreter: &Interpreter<'_>, conditions: Option<&Conditions>) -> Result<Decision, Fault> {
    match conditions {
        None => Ok(Decision { holds: true, message: String::new() }),
        Some(Conditions::AnyAll(block)) => block_holds(interpreter, block),
        Some(Conditions::List(conditions)) => {
            all_hold(conditions.iter().map(|condition| condition_holds(interpreter, condition)))
        }
        Some(Conditions::Blocks(blocks)) => all_hold(blocks.iter().map(|block| block_holds(interpreter, block))),
    }
}

/// All must hold, in order; the first that does not ends it.
fn all_hold(decisions: impl Iterator<Item = Result<Decision, Fault>>) -> Result<Decision, Fault> {
    let mut messages = Vec::new();
    for decision in decisions {
        match decision? {
            Decision { holds: true, message } => messages.push(message),
            failed => return Ok(failed),
        }
    }
    Ok(Decision { holds: true, message: join_non_empty(&messages, ";") })
}

/// `any` and `all` must hold. `all` is looked at even when `any` has failed; an `any` without conditions fails.
fn block_holds(interpreter: &Interpreter<'_>, block: &ConditionBlock) -> Result<Decision, Fault> {
    let (mut held, mut failed) = (Vec::new(), Vec::new());
    let mut any_holds = block.any.is_none();
    for condition in block.any.iter().flatten() {
        let decision = condition_holds(interpreter, condition)?;
        if decision.holds {
            any_holds = true;
            held.push(decision.message);
            break;
        }
        failed.push(decision.message);
    }
    let mut all_hold = true;
    for condition in &block.all {
        let decision = condition_holds(interpreter, condition)?;
        if !decision.holds {
            all_hold = false;
            failed.push(decision.message);
            break;
        }
        held.push(decision.message);
    }
    let holds = any_holds && all_hold;
    Ok(Decision { holds, message: join_non_empty(if holds { &held } else { &failed }, "; ") })
}

/// The conditions of an exception: `all` first, and an `any` without conditions holds
/// (Kyverno `pkg/utils/conditions/condition.go`).
pub(super) fn exception_applies(interpreter: &Interpreter<'_>, block: &ConditionBlock) -> Result<bool, Fault> {
    for condition in &block.all {
        if !condition_holds(interpreter, condition)?.holds {
            return Ok(false);
        }
    }
    let any = block.any.as_deref().unwrap_or_default();
    for condition in any {
        if condition_holds(interpreter, condition)?.holds {
            return Ok(true);
        }
    }
    Ok(any.is_empty())
}

fn condition_holds(interpreter: &Interpreter<'_>, condition: &Condition) -> Result<Decision, Fault> {
    let side = |expr, name: &str| {
        interpreter.substitute(expr).map_err(|fault| {
            fault.reworded(|error| format!("failed to substitute variables in condition {name}: {error}"))
        })
    };
    let key = side(condition.key, "key")?;
    let value = side(condition.value, "value")?;
    let holds = condition::evaluate(&key, &condition.operator, &value);
    let holds = holds.map_err(|error| Fault::error(error.to_string()))?;
    trace::note(condition.span, holds);
    let message = condition.message.map(|name| interpreter.program().name(name).to_string()).unwrap_or_default();
    Ok(Decision { holds, message })
}

/// Texts that are not empty, with a separator between them.
pub(super) fn join_non_empty(texts: &[String], separator: &str) -> String {
    let texts: Vec<&str> = texts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    texts.join(separator)
}
