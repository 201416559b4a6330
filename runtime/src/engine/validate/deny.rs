//! `deny`.

use dikast_compiler::ir::Conditions;
use dikast_stdlib::Value;

use super::Check;
use crate::engine::conditions::{self, join_non_empty};
use crate::engine::response::{NeedsData, Status};
use crate::engine::rule::Outcome;
use crate::interpreter::Fault;

impl Check<'_> {
    /// Conditions that hold deny; none at all hold.
    pub(super) fn deny(&self, conditions: Option<&Conditions>) -> Result<Outcome, NeedsData> {
        match conditions::decide(&self.run.interpreter, conditions) {
            Err(fault) => Outcome::error("failed to check deny conditions", fault),
            Ok(decision) if decision.holds => Ok(Outcome::new(Status::Fail, self.denial(decision.message)?)),
            Ok(_) => Ok(Outcome::new(Status::Pass, format!("validation rule '{}' passed.", self.run.name()))),
        }
    }

    /// The message of the rule and those of the conditions, with their variables replaced.
    fn denial(&self, of_conditions: String) -> Result<String, NeedsData> {
        let interpreter = &self.run.interpreter;
        let message = match (self.body.message, &*of_conditions) {
            (None, "") => return Ok(format!("validation error: rule {} failed", self.run.name())),
            (Some(template), "") => interpreter.substitute(template),
            (template, _) => {
                // Kyverno substitutes in the joined text, so that a variable that is all of one part is not all of it.
                let raw = template.and(self.body.raw_message).map(|message| interpreter.program().name(message));
                let parts = [raw.map(ToString::to_string).unwrap_or_default(), of_conditions.clone()];
                interpreter.substitute_text(&join_non_empty(&parts, "; "))
            }
        };
        match message {
            Ok(Value::Text(text)) => Ok(text.to_string()),
            Ok(_) => Ok("the produced message didn't resolve to a string, check your policy definition.".to_owned()),
            Err(Fault::NeedsData(keys)) => Err(NeedsData(keys)),
            Err(_) => Ok(of_conditions),
        }
    }
}
