//! `foreach`.

use dikast_compiler::ir::ValidateLoop;
use dikast_stdlib::Value;

use super::{Check, Scope};
use crate::engine::conditions;
use crate::engine::response::{NeedsData, Status};
use crate::engine::rule::Outcome;
use crate::engine::{trace, turns};
use crate::interpreter::Fault;

impl Check<'_> {
    /// All loops, in order. The first that does not pass ends it; none that applied to anything gives no answer.
    pub(super) fn foreach(&self, loops: &[ValidateLoop], scope: &Scope) -> Result<Option<Outcome>, NeedsData> {
        let mut applied = 0;
        let mut failure = None;
        for each in loops {
            let elements = match turns::elements(&self.run.interpreter, each.list) {
                Ok(elements) => elements,
                Err(fault) => {
                    let error = fault.into_failure().map_err(NeedsData)?;
                    if !error.missing {
                        failure = Some(error.message);
                    }
                    continue;
                }
            };
            match self.elements(each, &elements, scope)? {
                Turns::Passed(turns) => applied += turns,
                Turns::Ended(outcome) => return Ok(Some(outcome)),
            }
        }
        Ok(match failure {
            _ if applied > 0 => Some(Outcome::new(Status::Pass, "rule passed")),
            Some(error) => Some(Outcome::new(Status::Error, format!("failed to evaluate list: {error}"))),
            None => None,
        })
    }

    fn elements(&self, each: &ValidateLoop, elements: &[Value], scope: &Scope) -> Result<Turns, NeedsData> {
        let context = &self.run.admission.context;
        context.checkpoint();
        let turns = self.turns(each, elements, scope);
        context.restore(&self.run.interpreter);
        turns
    }

    fn turns(&self, each: &ValidateLoop, elements: &[Value], scope: &Scope) -> Result<Turns, NeedsData> {
        let mut applied = 0;
        for (index, element) in elements.iter().enumerate().filter(|(_, element)| !element.is_null()) {
            self.run.admission.context.reset(&self.run.interpreter);
            match self.turn(each, element, index, scope)? {
                Turn::Passed => {
                    trace::note(each.span, true);
                    applied += 1;
                }
                Turn::NotApplied => {}
                Turn::Ended(outcome) => {
                    trace::note(each.span, false);
                    return Ok(Turns::Ended(outcome));
                }
            }
        }
        Ok(Turns::Passed(applied))
    }

    fn turn(&self, each: &ValidateLoop, element: &Value, index: usize, scope: &Scope) -> Result<Turn, NeedsData> {
        self.run.admission.context.set_element(element, index, scope.nesting);
        let is_map = element.as_object().is_some();
        if each.element_scope == Some(true) && !is_map {
            let found = element.go_type();
            return Ok(Turn::Ended(Outcome::new(
                Status::Error,
                format!(
                    "failed to process foreach: cannot use elementScope=true foreach rules for elements that are not \
                     maps, expected type=map got type={found}"
                ),
            )));
        }
        let scoped = each.element_scope.unwrap_or(is_map);
        let scope = Scope {
            element: if scoped { Some(element.clone()) } else { scope.element.clone() },
            nesting: scope.nesting + 1,
            ..scope.clone()
        };
        self.run.register(&each.context);
        match conditions::decide(&self.run.interpreter, each.preconditions.as_ref()) {
            Err(Fault::NeedsData(keys)) => return Err(NeedsData(keys)),
            // An element whose preconditions cannot be evaluated is passed over, as one that does not meet them.
            Err(_) => return Ok(Turn::NotApplied),
            Ok(decision) if !decision.holds => return Ok(Turn::NotApplied),
            Ok(_) => {}
        }
        let outcome = match self.substituted(&each.action) {
            Ok(patterns) => self.action(&each.action, patterns.as_ref(), &scope)?,
            Err(fault) => Some(Outcome::error("variable substitution failed", fault)?),
        };
        Ok(match outcome {
            None | Some(Outcome { status: Status::Skip, .. }) => Turn::NotApplied,
            Some(Outcome { status: Status::Pass, .. }) => Turn::Passed,
            Some(Outcome { status, message }) => {
                Turn::Ended(Outcome::new(status, format!("validation failure: {message}")))
            }
        })
    }
}

/// What became of one element.
enum Turn {
    Passed,
    /// It did not apply.
    NotApplied,
    Ended(Outcome),
}

/// What became of the elements of a loop.
enum Turns {
    /// So many passed, and none did worse.
    Passed(usize),
    Ended(Outcome),
}
