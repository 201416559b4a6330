//! Whether a failure refuses the request (Kyverno `pkg/engine/api/engineresponse.go`, `pkg/utils/engine/response.go`).

use std::collections::BTreeMap;

use dikast_compiler::ir::{Body, Override, Policy, Program, RuleId};
use dikast_stdlib::wildcard;

use crate::engine::{PolicyResponse, RuleResponse, Status, selects};
use crate::request::Surroundings;

/// Whether any word of a policy could refuse a request.
pub(super) fn can_enforce(program: &Program, policy: &Policy) -> bool {
    let overridden = |overrides: &[Override]| overrides.iter().any(|each| each.enforce);
    policy.enforce
        || overridden(&policy.overrides)
        || (policy.rules.0..policy.rules.1).any(|id| match &program.rule(RuleId(id)).body {
            Body::Validate(body) => body.enforce == Some(true) || overridden(&body.overrides),
            Body::Mutate(_) | Body::Generate(_) | Body::Cleanup(_) => false,
        })
}

/// What failure actions depend on beside the policy.
pub(super) struct Target<'a> {
    program: &'a Program,
    namespace: &'a str,
    namespace_labels: BTreeMap<&'a str, &'a str>,
}

impl<'a> Target<'a> {
    pub(super) fn new(program: &'a Program, namespace: &'a str, surroundings: &'a Surroundings) -> Self {
        let labels = surroundings.namespace_labels.iter().map(|(key, value)| (&**key, &**value));
        Self { program, namespace, namespace_labels: labels.collect() }
    }

    /// Whether what a policy said refuses the request: a failure of a rule that enforces, or an error, whatever the rule's
    /// action is, when errors refuse.
    pub(super) fn refuses(&self, response: &PolicyResponse, errors_refuse: bool) -> bool {
        response.rules.iter().any(|rule| match rule.status {
            Status::Fail => self.enforces(self.program.policy(response.policy), rule),
            Status::Error => errors_refuse,
            Status::Pass | Status::Warn | Status::Skip => false,
        })
    }

    /// The action of a rule: its own overrides and action come before those of its policy.
    fn enforces(&self, policy: &Policy, rule: &RuleResponse) -> bool {
        let own = match &self.program.rule(rule.rule).body {
            Body::Validate(body) => self.overridden(&body.overrides).or(body.enforce),
            Body::Mutate(_) | Body::Generate(_) | Body::Cleanup(_) => None,
        };
        own.or_else(|| self.overridden(&policy.overrides)).unwrap_or(policy.enforce)
    }

    /// The action under which reports file a policy: that of its first rule that has one, whichever rule failed.
    pub(super) fn reported(&self, policy: &Policy) -> bool {
        let of_rule = |id| match &self.program.rule(RuleId(id)).body {
            Body::Validate(body) => self.overridden(&body.overrides).or(body.enforce),
            Body::Mutate(_) | Body::Generate(_) | Body::Cleanup(_) => None,
        };
        let first = (policy.rules.0..policy.rules.1).find_map(of_rule);
        first.or_else(|| self.overridden(&policy.overrides)).unwrap_or(policy.enforce)
    }

    /// The first override that is about the object's namespace: its name and its labels must both fit where both are
    /// given.
    fn overridden(&self, overrides: &[Override]) -> Option<bool> {
        let applies = |each: &&Override| {
            let labels_fit = || {
                each.selector.as_ref().is_none_or(|selector| selects(self.program, selector, &self.namespace_labels))
            };
            let named = each.namespaces.as_ref().is_none_or(|namespaces| {
                namespaces.iter().any(|pattern| wildcard::matches(self.program.name(*pattern), self.namespace))
            });
            named && labels_fit()
        };
        overrides.iter().find(applies).map(|each| each.enforce)
    }
}
