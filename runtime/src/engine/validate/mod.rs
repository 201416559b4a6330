//! `validate` rules (Kyverno `pkg/engine/handlers/validation`).

mod deny;
mod existing;
mod foreach;
mod pattern;
mod pod_security;

use dikast_compiler::ir::{Exception, Validate, ValidateAction};
use dikast_stdlib::Value;

use super::exceptions;
use super::present;
use super::response::{NeedsData, RuleResponse};
use super::rule::{Outcome, RuleRun};
use crate::request::Operation;
use pattern::Substituted;

/// What a validate rule says of an object.
pub(super) fn process(
    run: &RuleRun<'_>,
    body: &Validate,
    object: &Value,
    exceptions: &[&Exception],
) -> Result<Vec<RuleResponse>, NeedsData> {
    let check = Check { run, body };
    if let ValidateAction::PodSecurity(controls) = &body.action {
        return Ok(check.pod_security(controls, object, exceptions)?.into_iter().collect());
    }
    if !exceptions.is_empty() {
        let words = "rule is skipped due to policy exceptions";
        return Ok(vec![exceptions::skipped(run, words, exceptions)]);
    }
    let outcome = check.root(object)?;
    Ok(outcome.map(|outcome| run.response(outcome)).into_iter().collect())
}

/// The check of one rule.
struct Check<'a> {
    run: &'a RuleRun<'a>,
    body: &'a Validate,
}

/// What a check is made on.
#[derive(Clone, Debug)]
struct Scope {
    /// The new object; null when there is none.
    object: Value,
    operation: Operation,
    /// The element of a loop that patterns are asked of instead of the object.
    element: Option<Value>,
    /// How many loops stand around.
    nesting: usize,
}

impl Check<'_> {
    /// The whole rule. Violations that were there before the request are forgiven.
    fn root(&self, object: &Value) -> Result<Option<Outcome>, NeedsData> {
        let scope =
            Scope { object: object.clone(), operation: self.run.admission.operation, element: None, nesting: 0 };
        // The patterns are substituted once: the existing object is held against the same ones.
        let patterns = match self.substituted(&self.body.action) {
            Ok(patterns) => patterns,
            Err(fault) => return Outcome::error("variable substitution failed", fault).map(Some),
        };
        let outcome = self.action(&self.body.action, patterns.as_ref(), &scope)?;
        self.forgive_existing(outcome, patterns.as_ref())
    }

    /// One thing that a rule or a loop asks; nothing where it has no answer.
    fn action(
        &self,
        action: &ValidateAction,
        patterns: Option<&Substituted>,
        scope: &Scope,
    ) -> Result<Option<Outcome>, NeedsData> {
        match action {
            ValidateAction::Deny(conditions) => self.deny(conditions.as_ref()).map(Some),
            ValidateAction::Pattern(_) | ValidateAction::AnyPattern(_) => {
                let is_delete = match scope.operation {
                    Operation::Unknown => scope.object.is_null(),
                    operation => operation == Operation::Delete,
                };
                let subject = scope.element.as_ref().or(if is_delete { None } else { Some(&scope.object) });
                match (patterns, subject) {
                    (Some(patterns), Some(subject)) => self.pattern(patterns, subject).map(Some),
                    _ => Ok(None),
                }
            }
            ValidateAction::Foreach(loops) => self.foreach(loops, scope),
            ValidateAction::PodSecurity(_) | ValidateAction::Nothing => Ok(None),
        }
    }

    fn old_object(&self) -> Option<&Value> {
        present(&self.run.admission.old_object)
    }
}
