//! What policies say about an object.

use std::sync::Arc;

use dikast_compiler::ir::{Body, PolicyId, Program, RuleId};
use dikast_runtime::engine::{RuleKind, RuleResponse, Status};
use dikast_stdlib::Value;

use crate::input::resources::ObjectKey;

/// What is known of a policy beside its rules.
#[derive(Debug)]
pub(crate) struct PolicyFacts {
    /// Its name.
    pub(crate) name: String,
    /// The namespace of a namespaced policy; empty for the others.
    pub(crate) namespace: String,
    /// Whether its failures count in full: `policies.kyverno.io/scored`.
    pub(crate) scored: bool,
    /// `policies.kyverno.io/category`
    pub(crate) category: String,
    /// `policies.kyverno.io/severity`, when it is one of Kyverno's.
    pub(crate) severity: String,
    /// Whether a rule validates.
    pub(crate) validates: bool,
    /// Whether a rule mutates.
    pub(crate) mutates: bool,
    /// Whether a rule generates.
    pub(crate) generates: bool,
    /// Whether it is a cleanup policy.
    pub(crate) cleans_up: bool,
    /// Whether it runs in background scans.
    pub(crate) background: bool,
    /// Whether it runs on admission.
    pub(crate) admission: bool,
}

impl PolicyFacts {
    /// The facts of a policy of a program.
    pub(crate) fn of(program: &Program, id: PolicyId) -> Self {
        let policy = program.policy(id);
        let annotation = |key: &str| {
            let found = policy.annotations.iter().find(|(name, _)| &**program.name(*name) == key);
            found.map(|(_, value)| program.name(*value).to_string()).unwrap_or_default()
        };
        let severity = annotation("policies.kyverno.io/severity");
        let known = ["critical", "high", "medium", "low", "info"].contains(&severity.as_str());
        let rules = || program.rules.iter().filter(|rule| rule.policy == id);
        Self {
            name: program.name(policy.name).to_string(),
            namespace: policy.namespace.map(|name| program.name(name).to_string()).unwrap_or_default(),
            scored: annotation("policies.kyverno.io/scored") != "false",
            category: annotation("policies.kyverno.io/category"),
            severity: if known { severity } else { String::new() },
            validates: rules().any(|rule| matches!(rule.body, Body::Validate(_))),
            mutates: rules().any(|rule| matches!(rule.body, Body::Mutate(_))),
            generates: rules().any(|rule| matches!(rule.body, Body::Generate(_))),
            cleans_up: rules().any(|rule| matches!(rule.body, Body::Cleanup(_))),
            background: policy.background,
            admission: policy.admission,
        }
    }

    /// Whether it has rules of a sort.
    pub(crate) fn has(&self, sort: RuleKind) -> bool {
        match sort {
            RuleKind::Mutation => self.mutates,
            RuleKind::Validation => self.validates,
            RuleKind::Generation => self.generates,
            RuleKind::Cleanup => self.cleans_up,
        }
    }

    /// `namespace/name`, or the name alone.
    pub(crate) fn full_name(&self) -> String {
        if self.namespace.is_empty() { self.name.clone() } else { format!("{}/{}", self.namespace, self.name) }
    }
}

/// What the rules of one sort of one policy say about one object.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// The policy.
    pub(crate) policy: Arc<PolicyFacts>,
    /// The sort of its rules.
    pub(crate) kind: RuleKind,
    /// The object.
    pub(crate) object: Value,
    /// The object as the rules leave it.
    pub(crate) patched: Value,
    /// Whether it is filed under `Enforce`.
    pub(crate) enforced: bool,
    /// What its rules say that matched.
    pub(crate) rules: Vec<RuleResponse>,
}

impl Response {
    /// The rules that ended in an error.
    pub(crate) fn rules_in_error(&self) -> impl Iterator<Item = RuleId> {
        self.rules.iter().filter(|rule| rule.status == Status::Error).map(|rule| rule.rule)
    }

    /// Forgets all that was generated when one rule cannot generate: what tests compare in Kyverno.
    pub(crate) fn forget_generated_after_errors(&mut self) {
        if self.rules.iter().any(|rule| rule.generation_error.is_some()) {
            self.rules.iter_mut().for_each(|rule| rule.generated.clear());
        }
    }

    /// Makes an error of each rule that applies and cannot generate, which Kyverno counts as passed.
    pub(crate) fn fail_without_generated(&mut self) {
        for rule in &mut self.rules {
            if let Some(why) = rule.generation_error.take() {
                rule.status = Status::Error;
                rule.message = why;
            }
        }
    }

    /// Which rules apply and have nothing to generate.
    pub(crate) fn idle_generations(&self) -> impl Iterator<Item = String> {
        let generates = |rule: &&RuleResponse| rule.kind == RuleKind::Generation && rule.status == Status::Pass;
        self.rules.iter().filter(generates).filter(|rule| rule.generated.is_empty()).map(|rule| {
            let object = ObjectKey::of(&self.object).path();
            format!(
                "policy {} rule {} generates nothing for {object}: what it makes exists, or none of the objects given is to \
                 be cloned",
                self.policy.name, rule.name
            )
        })
    }

    /// What rules that apply could not generate, and why: their status does not tell.
    pub(crate) fn generation_errors(&self) -> impl Iterator<Item = String> {
        self.rules.iter().filter_map(|rule| {
            let why = rule.generation_error.as_ref()?;
            let object = ObjectKey::of(&self.object).path();
            Some(format!("policy {} rule {} generates nothing for {object}: {why}", self.policy.name, rule.name))
        })
    }
}

/// The status and text of a rule's answer as reports have them: `reportProperties` can replace the text, and failures of a
/// policy that is not scored are warnings (Kyverno `pkg/utils/report/results.go`).
pub(crate) fn reported(response: &Response, rule: &RuleResponse) -> (Status, String) {
    let own = match rule.status {
        Status::Pass => "passMessage",
        Status::Fail => "failMessage",
        Status::Warn => "warnMessage",
        Status::Error => "errorMessage",
        Status::Skip => "skipMessage",
    };
    let property = |name: &str| {
        let found = rule.properties.iter().find(|(key, _)| &**key == name);
        found.map(|(_, text)| text.clone()).filter(|text| !text.is_empty())
    };
    let message = property("message").or_else(|| property(own)).unwrap_or_else(|| rule.message.clone());
    let status = match rule.status {
        Status::Fail if !response.policy.scored => Status::Warn,
        status => status,
    };
    (status, message)
}
