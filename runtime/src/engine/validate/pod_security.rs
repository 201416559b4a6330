//! `podSecurity` (Kyverno `pkg/engine/handlers/validation/validate_pss.go`).

use std::sync::Arc;

use dikast_compiler::ir::{Exception, PodSecurity, PodSecurityExclude, Program};
use dikast_stdlib::Value;
use dikast_stdlib::pod_security::{self, Exclude, PodSecurityError, Violation};

use super::Check;
use crate::engine::response::{Control, NeedsData, PodSecurityFindings, RuleResponse, Status};
use crate::engine::rule::Outcome;
use crate::engine::{exceptions, object};
use crate::request::Operation;

impl Check<'_> {
    /// What the controls say of an object; nothing on DELETE. Exceptions that relax controls are only asked when it fails.
    pub(super) fn pod_security(
        &self,
        controls: &PodSecurity,
        object: &Value,
        exceptions: &[&Exception],
    ) -> Result<Option<RuleResponse>, NeedsData> {
        let admission = self.run.admission;
        if admission.operation == Operation::Delete || object.is_null() {
            return Ok(None);
        }
        if let Some(whole) = exceptions.iter().find(|exception| exception.pod_security.is_empty()) {
            let words = "rule is skipped due to policy exception ";
            return Ok(Some(exceptions::skipped(self.run, words, &[whole])));
        }
        let response = self.controls(controls, object, exceptions);
        if response.status != Status::Fail || !self.forgives() || admission.operation != Operation::Update {
            return Ok(Some(response));
        }
        let existed = &admission.old_object;
        let is_forgiven = !existed.is_null()
            && self.run.rule.preconditions.is_none()
            && self.run.matches_existing(existed)
            && self.controls(controls, existed, exceptions).status == Status::Fail;
        Ok(Some(if is_forgiven { self.run.response(super::existing::forgiven()) } else { response }))
    }

    fn controls(&self, controls: &PodSecurity, object: &Value, exceptions: &[&Exception]) -> RuleResponse {
        let program = self.run.interpreter.program();
        match self.evaluated(program, controls, object, exceptions) {
            Ok(response) => response,
            Err(error) => self.run.response(Outcome::new(Status::Error, error.to_string())),
        }
    }

    fn evaluated(
        &self,
        program: &Program,
        controls: &PodSecurity,
        object: &Value,
        exceptions: &[&Exception],
    ) -> Result<RuleResponse, PodSecurityError> {
        let (level, version) = (program.name(controls.level), program.name(controls.version));
        let findings = |violations: &[Violation]| {
            Some(PodSecurityFindings {
                level: Arc::clone(level),
                version: Arc::clone(version),
                controls: violations.iter().map(|violation| self.control(violation)).collect(),
            })
        };
        let rule = self.run.name();
        let violations = pod_security::evaluate(level, version, object, &excludes(program, &controls.exclude))?;
        if violations.is_empty() {
            let outcome = Outcome::new(Status::Pass, format!("Validation rule '{rule}' passed."));
            return Ok(RuleResponse { pod_security: findings(&[]), ..self.run.response(outcome) });
        }
        let relaxed: Vec<Exclude> =
            exceptions.iter().flat_map(|exception| excludes(program, &exception.pod_security)).collect();
        let violations = pod_security::leave_out(level, version, object, violations, &relaxed)?;
        if violations.is_empty() {
            let words = "rule is skipped due to policy exceptions ";
            let response = exceptions::skipped(self.run, words, exceptions);
            return Ok(RuleResponse { pod_security: findings(&[]), ..response });
        }
        let message = pod_security::format_failure(rule, level, version, object::kind(object), &violations);
        let response = self.run.response(Outcome::new(Status::Fail, message));
        Ok(RuleResponse { pod_security: findings(&violations), ..response })
    }

    /// A violated control, as reports show it: containers by their images, or by their names where those are not known.
    fn control(&self, violation: &Violation) -> Control {
        let images = self.run.admission.context.member("images").ok().flatten().unwrap_or_default();
        let image = |container: String| {
            let reference = |group: &str| images.at(&[group, &container, "reference"]).and_then(Value::as_text);
            let groups = ["containers", "initContainers", "ephemeralContainers"];
            groups.into_iter().find_map(reference).map(str::to_owned).unwrap_or(container)
        };
        Control {
            id: violation.check,
            name: violation.control,
            images: violation.containers().unwrap_or_default().into_iter().map(image).collect(),
        }
    }
}

fn excludes(program: &Program, entries: &[PodSecurityExclude]) -> Vec<Exclude> {
    let text = |name: &dikast_compiler::ir::NameId| program.name(*name).to_string();
    entries
        .iter()
        .map(|entry| Exclude {
            control: text(&entry.control),
            images: entry.images.iter().map(text).collect(),
            restricted_field: entry.restricted_field.as_ref().map(text),
            values: entry.values.iter().map(text).collect(),
        })
        .collect()
}
