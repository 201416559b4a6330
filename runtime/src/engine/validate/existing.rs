//! `allowExistingViolations`: an update of an object that violated the rule before may violate it still.

use dikast_stdlib::Value;

use super::pattern::Substituted;
use super::{Check, Scope};
use crate::engine::response::{NeedsData, Status};
use crate::engine::rule::Outcome;
use crate::request::Operation;

/// What is said of a violation that was there before.
pub(super) fn forgiven() -> Outcome {
    Outcome::new(Status::Skip, "skipping the rule evaluation as pre-existing violations are allowed")
}

impl Check<'_> {
    /// The outcome, made a skip where the object as it exists fails too.
    pub(super) fn forgive_existing(
        &self,
        outcome: Option<Outcome>,
        patterns: Option<&Substituted>,
    ) -> Result<Option<Outcome>, NeedsData> {
        let admission = self.run.admission;
        let is_update =
            admission.operation == Operation::Update || (self.old_object().is_some() && !admission.object.is_null());
        if !self.forgives() || !is_update {
            return Ok(outcome);
        }
        if admission.operation != Operation::Update {
            return Ok(Some(Outcome::new(Status::Skip, "failed to validate old object")));
        }
        let failed = |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|outcome| outcome.status == Status::Fail);
        if !failed(&outcome) {
            return Ok(outcome);
        }
        Ok(if failed(&self.existing(patterns)?) { Some(forgiven()) } else { outcome })
    }

    /// Whether violations that were there before may stay: only where they would refuse the request.
    pub(super) fn forgives(&self) -> bool {
        self.run.enforces() && self.body.allow_existing_violations
    }

    /// What the rule says of the object as it exists, as if that were being created. Nothing when the rule is not about
    /// it; a rule with preconditions never is, for Kyverno fails to read them here.
    fn existing(&self, patterns: Option<&Substituted>) -> Result<Option<Outcome>, NeedsData> {
        let admission = self.run.admission;
        if self.run.rule.preconditions.is_some() || !self.run.matches_existing(&admission.old_object) {
            return Ok(None);
        }
        let context = &admission.context;
        let set = |object: &Value, old_object: &Value, operation: Operation| {
            context.set_object(object.clone());
            context.set_old_object(old_object.clone());
            context.set_operation(operation);
        };
        set(&admission.old_object, &Value::Null, Operation::Create);
        let scope =
            Scope { object: admission.old_object.clone(), operation: Operation::Create, element: None, nesting: 0 };
        let outcome = self.action(&self.body.action, patterns, &scope);
        set(&admission.object, &admission.old_object, Operation::Update);
        outcome
    }
}
