//! What the engine answers.

use std::sync::Arc;

use dikast_compiler::ir::{Body, PolicyId, Rule, RuleId};
use dikast_stdlib::Value;

use super::Verdict;
use super::trace::Branch;
use crate::data::DataKey;

/// What a policy says about a request.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyResponse {
    /// The policy.
    pub policy: PolicyId,
    /// Its rules that matched and gave an answer, in order. A rule can answer several times, once for each target.
    pub rules: Vec<RuleResponse>,
    /// The object as the policy leaves it, where it has changed it.
    pub patched: Option<Value>,
    /// Rules on which native code and interpreter disagree: faults of ours.
    pub disagreements: Vec<Disagreement>,
}

/// A rule on which native code and interpreter disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The rule.
    pub rule: RuleId,
    /// What native code said.
    pub native: Verdict,
    /// What the interpreter said; nothing for no response.
    pub interpreter: Option<Status>,
}

/// What a rule says about a request.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleResponse {
    /// The rule.
    pub rule: RuleId,
    /// Its name.
    pub name: Arc<str>,
    /// What sort of rule it is.
    pub kind: RuleKind,
    /// The verdict.
    pub status: Status,
    /// Kyverno's words for it. Empty where native code found that the rule passes or is skipped, and nobody asked for words.
    pub message: String,
    /// The exceptions that made it skip, as `namespace/name`.
    pub exceptions: Vec<Arc<str>>,
    /// `reportProperties` with their variables replaced.
    pub properties: Vec<(Arc<str>, String)>,
    /// The existing object that the rule changed, where the rule has targets.
    pub patched_target: Option<Value>,
    /// The objects that the rule generates; those that are there already are not among them.
    pub generated: Vec<Value>,
    /// Why the rule, which applies, generates nothing. Kyverno learns of it when it has answered already, so that the
    /// status does not tell.
    pub generation_error: Option<String>,
    /// What the Pod Security controls found, where the rule has any.
    pub pod_security: Option<PodSecurityFindings>,
    /// The ways that the rule went, where they are [recorded](super::trace).
    pub branches: Vec<Branch>,
}

impl RuleResponse {
    /// A response that says no more than a status and a message.
    pub(super) fn new(id: RuleId, rule: &Rule, name: Arc<str>, status: Status, message: String) -> Self {
        Self {
            rule: id,
            name,
            kind: RuleKind::of(&rule.body),
            status,
            message,
            exceptions: Vec::new(),
            properties: Vec::new(),
            patched_target: None,
            generated: Vec::new(),
            generation_error: None,
            pod_security: None,
            branches: Vec::new(),
        }
    }
}

/// What Pod Security controls found, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodSecurityFindings {
    /// The level, as the policy writes it.
    pub level: Arc<str>,
    /// The version, as the policy writes it.
    pub version: Arc<str>,
    /// The violated controls.
    pub controls: Vec<Control>,
}

/// A violated control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The check, as `capabilities_baseline`.
    pub id: &'static str,
    /// The name that policies use, where it has one.
    pub name: Option<&'static str>,
    /// The images of the containers that violate it.
    pub images: Vec<String>,
}

/// Sorts of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleKind {
    /// `validate`
    Validation,
    /// `mutate`
    Mutation,
    /// `generate`
    Generation,
    /// Deletion by a cleanup policy
    Cleanup,
}

impl RuleKind {
    /// The sort of a rule with this body.
    pub fn of(body: &Body) -> Self {
        match body {
            Body::Validate(_) => Self::Validation,
            Body::Mutate(_) => Self::Mutation,
            Body::Generate(_) => Self::Generation,
            Body::Cleanup(_) => Self::Cleanup,
        }
    }

    /// The name in Kyverno's responses and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Validation => "Validation",
            Self::Mutation => "Mutation",
            Self::Generation => "Generation",
            Self::Cleanup => "Cleanup",
        }
    }
}

/// Verdicts of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The object complies, or was changed.
    Pass,
    /// The object violates the rule.
    Fail,
    /// A violation that is reported as a warning.
    Warn,
    /// The rule could not be evaluated.
    Error,
    /// The rule does not apply after all.
    Skip,
}

impl Status {
    /// The name in Kyverno's responses and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Skip => "skip",
        }
    }
}

/// Evaluation stopped because external data is not there yet. The host loads these and asks again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedsData(pub Vec<DataKey>);
