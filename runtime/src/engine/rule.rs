//! The steps that all rules have in common (Kyverno `pkg/engine/engine.go`, `invokeRuleHandler`).

use std::cell::Cell;
use std::sync::Arc;

use dikast_compiler::ir::{Body, EntrySource, Policy, ReportProperty, Rule, RuleId};
use dikast_stdlib::Value;

use super::matching::{Candidate, Requester};
use super::response::{NeedsData, RuleResponse, Status};
use super::{Admission, conditions, exceptions, mutate, trace, validate};
use crate::context;
use crate::interpreter::{Fault, Interpreter};
use crate::request::{Operation, Origin};

/// Which pass of a review runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Mutate,
    Validate,
    Generate,
    Cleanup,
}

/// One rule on one request.
pub(super) struct RuleRun<'a> {
    pub(super) policy: &'a Policy,
    pub(super) id: RuleId,
    pub(super) rule: &'a Rule,
    pub(super) phase: Phase,
    pub(super) admission: &'a Admission<'a>,
    pub(super) interpreter: Interpreter<'a>,
    /// Whether a rule has run of which the context does not know yet how it left the object.
    pub(super) object_is_left: &'a Cell<bool>,
}

/// What a rule's body says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) status: Status,
    pub(super) message: String,
}

impl Outcome {
    pub(super) fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// An error with Kyverno's words before those of its cause; data that is needed is handed on.
    pub(super) fn error(words: &str, fault: Fault) -> Result<Self, NeedsData> {
        let failure = fault.into_failure().map_err(NeedsData)?;
        Ok(Self::new(Status::Error, format!("{words}: {}", failure.message)))
    }
}

impl RuleRun<'_> {
    /// The object as the rule leaves it, and its responses: none when it does not match or has nothing to say.
    pub(super) fn run(&self, object: &Value) -> Result<(Value, Vec<RuleResponse>), NeedsData> {
        if !self.has_a_body_for_this_phase() || !self.matches(object) {
            return Ok((object.clone(), Vec::new()));
        }
        let context = &self.admission.context;
        if self.object_is_left.take() && !object.is_null() {
            context.set_object(object.clone());
        }
        context.checkpoint();
        trace::take();
        let outcome = self.process(object);
        let branches = trace::take();
        context.restore(&self.interpreter);
        let (object, mut responses) = outcome?;
        if !branches.is_empty() {
            responses.iter_mut().for_each(|response| response.branches.clone_from(&branches));
        }
        self.leave_object();
        Ok((object, responses))
    }

    /// Hands the object on to the next rule that is interpreted. From here on its numbers are as patterns see them, not as a
    /// fresh request has them.
    pub(super) fn leave_object(&self) {
        self.object_is_left.set(true);
    }

    pub(super) fn has_a_body_for_this_phase(&self) -> bool {
        match (&self.rule.body, self.phase) {
            (Body::Validate(_), Phase::Validate) | (Body::Cleanup(_), Phase::Cleanup) => true,
            // While a request is admitted, existing objects are changed in the background.
            (Body::Mutate(mutate), Phase::Mutate) => {
                mutate.targets.is_empty() || self.admission.surroundings.origin == Origin::Background
            }
            _ => false,
        }
    }

    /// Whether the rule is about the object; when there is no new one, about the old one.
    pub(super) fn matches(&self, object: &Value) -> bool {
        let admission = self.admission;
        let excluded = admission.surroundings.origin == Origin::Admission
            && admission.surroundings.configuration.excludes(&admission.requester);
        let object = if object.is_null() { &admission.old_object } else { object };
        !excluded && self.candidate(object).fits(self.rule, self.policy_namespace())
    }

    pub(super) fn candidate<'c>(&'c self, object: &'c Value) -> Candidate<'c> {
        Candidate {
            program: self.interpreter.program(),
            object,
            kind: &self.admission.kind,
            subresource: &self.admission.subresource,
            operation: self.admission.operation,
            requester: &self.admission.requester,
            namespace_labels: &self.admission.surroundings.namespace_labels,
        }
    }

    /// Whether the rule is about an existing object, which an unknown user is thought to create.
    pub(super) fn matches_existing(&self, object: &Value) -> bool {
        let kind = crate::request::GroupVersionKind::of(object);
        let requester = Requester::unknown();
        let candidate = Candidate {
            kind: &kind,
            subresource: "",
            operation: Operation::Create,
            requester: &requester,
            ..self.candidate(object)
        };
        candidate.fits(self.rule, self.policy_namespace())
    }

    fn policy_namespace(&self) -> Option<&str> {
        self.policy.namespace.map(|name| &**self.interpreter.program().name(name))
    }

    fn process(&self, object: &Value) -> Result<(Value, Vec<RuleResponse>), NeedsData> {
        self.open();
        if self.phase == Phase::Cleanup {
            self.admission.context.set_target(object.clone());
        }
        let unmet = match conditions::decide(&self.interpreter, self.rule.preconditions.as_ref()) {
            Err(fault) => Some(Outcome::error("failed to evaluate preconditions", fault)?),
            Ok(decision) if !decision.holds => {
                let parts = ["preconditions not met".to_owned(), decision.message];
                Some(Outcome::new(Status::Skip, conditions::join_non_empty(&parts, "; ")))
            }
            Ok(_) => None,
        };
        if let Some(outcome) = unmet {
            let mut response = self.response(outcome);
            response.properties = self.written_properties();
            return Ok((object.clone(), vec![response]));
        }
        let properties = self.properties()?;
        let exceptions = exceptions::matching(self, object)?;
        let (object, mut responses) = match &self.rule.body {
            Body::Validate(body) => {
                let responses = validate::process(self, body, object, &exceptions)?;
                (object.clone(), responses)
            }
            Body::Mutate(body) => mutate::process(self, body, object, &exceptions)?,
            Body::Generate(_) => (object.clone(), Vec::new()),
            Body::Cleanup(_) => (object.clone(), vec![self.response(Outcome::new(Status::Pass, ""))]),
        };
        for response in &mut responses {
            response.properties.clone_from(&properties);
        }
        Ok((object, responses))
    }

    /// Puts what the rule can refer to into the present scope.
    pub(super) fn open(&self) {
        self.admission.open_rule(self.id);
        self.register(&self.rule.context);
    }

    /// Registers context entries, but not those whose sources do not exist here.
    pub(super) fn register(&self, entries: &[dikast_compiler::ir::EntryId]) {
        let exists = |source: &EntrySource| {
            context::data_kind(source).is_none_or(|kind| self.interpreter.world().data.offers(kind))
        };
        let program = self.interpreter.program();
        let existing = entries.iter().copied().filter(|entry| exists(&program.entry(*entry).source));
        self.admission.context.register(existing);
    }

    /// The report properties; when one cannot be substituted, all stay as they were written
    /// (Kyverno `pkg/engine/internal/rule.go`).
    pub(super) fn properties(&self) -> Result<Vec<(Arc<str>, String)>, NeedsData> {
        let program = self.interpreter.program();
        let mut properties = Vec::new();
        for ReportProperty { name, written: _, value } in &self.rule.report_properties {
            let text = match self.interpreter.substitute(*value) {
                Ok(Value::Text(text)) => text.to_string(),
                Ok(Value::Null) => String::new(),
                Err(Fault::NeedsData(keys)) => return Err(NeedsData(keys)),
                Ok(_) | Err(_) => return Ok(self.written_properties()),
            };
            properties.push((Arc::clone(program.name(*name)), text));
        }
        Ok(properties)
    }

    /// The report properties with their variables.
    fn written_properties(&self) -> Vec<(Arc<str>, String)> {
        let program = self.interpreter.program();
        let name_and_text = |property: &ReportProperty| {
            (Arc::clone(program.name(property.name)), program.name(property.written).to_string())
        };
        self.rule.report_properties.iter().map(name_and_text).collect()
    }

    pub(super) fn response(&self, outcome: Outcome) -> RuleResponse {
        RuleResponse::new(self.id, self.rule, Arc::clone(self.name()), outcome.status, outcome.message)
    }

    pub(super) fn name(&self) -> &Arc<str> {
        self.interpreter.program().name(self.rule.name)
    }

    /// Whether failures of the rule refuse the request, as far as the rule and its policy say themselves: overrides for
    /// namespaces are not asked here.
    pub(super) fn enforces(&self) -> bool {
        match &self.rule.body {
            Body::Validate(body) => body.enforce.unwrap_or(self.policy.enforce),
            Body::Mutate(_) | Body::Generate(_) | Body::Cleanup(_) => self.policy.enforce,
        }
    }
}
