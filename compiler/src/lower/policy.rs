//! Policies and rules.

use super::{Lowering, Scope};
use crate::ir::{Autogen, Body, Cleanup, Policy, PolicyId, ReportProperty, Rule};
use crate::model;

/// Deprecated settings of a policy, for rules that have none of their own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defaults {
    pub(super) generate_existing: bool,
    pub(super) mutate_existing: bool,
}

impl Defaults {
    /// The settings of a policy.
    pub(crate) fn of(policy: &model::Policy<'_>) -> Self {
        Self { generate_existing: policy.generate_existing, mutate_existing: policy.mutate_existing_on_policy_update }
    }
}

impl Lowering<'_> {
    /// Begins a policy: its rules are lowered next, and [`Self::end_policy`] closes it.
    pub(crate) fn begin_policy(&mut self, policy: &model::Policy<'_>) -> PolicyId {
        let first_rule = self.builder.program().rules.len() as u32;
        let lowered = Policy {
            name: self.name(policy.name),
            namespace: policy.namespace.map(|namespace| self.name(namespace)),
            kind: policy.kind,
            annotations: self.name_pairs(&policy.annotations),
            enforce: policy.enforce,
            overrides: self.overrides(&policy.overrides),
            failure_ignore: policy.failure_ignore,
            apply_one: policy.apply_one,
            emit_warning: policy.emit_warning,
            admission: policy.admission,
            background: policy.background,
            rules: (first_rule, first_rule),
            span: Some(policy.span),
        };
        let policies = &mut self.builder.program_mut().policies;
        policies.push(lowered);
        PolicyId(policies.len() as u32 - 1)
    }

    /// A cleanup policy: a policy of one rule without a name. It has no part in admission.
    pub(crate) fn cleanup(&mut self, cleanup: &model::Cleanup<'_>) -> PolicyId {
        let first_rule = self.builder.program().rules.len() as u32;
        let policy = Policy {
            name: self.name(cleanup.name),
            namespace: cleanup.namespace.map(|namespace| self.name(namespace)),
            kind: cleanup.kind,
            annotations: self.name_pairs(&cleanup.annotations),
            enforce: false,
            overrides: Vec::new(),
            failure_ignore: false,
            apply_one: false,
            emit_warning: false,
            admission: false,
            background: true,
            rules: (first_rule, first_rule + 1),
            span: Some(cleanup.span),
        };
        let policies = &mut self.builder.program_mut().policies;
        policies.push(policy);
        let policy = PolicyId(policies.len() as u32 - 1);
        let (context, scope) = self.context(&cleanup.context, &Scope::default().with_target());
        let rule = Rule {
            policy,
            name: self.builder.name(""),
            autogen: None,
            matching: self.match_block(&cleanup.matching),
            exclude: cleanup.exclude.as_ref().map(|block| self.match_block(block)),
            context,
            preconditions: cleanup.conditions.as_ref().map(|conditions| self.conditions(conditions, &scope)),
            body: Body::Cleanup(Cleanup { schedule: self.name(cleanup.schedule) }),
            report_properties: Vec::new(),
            skip_background_requests: true,
            span: Some(cleanup.span),
        };
        self.builder.program_mut().rules.push(rule);
        policy
    }

    /// Gives a policy the rules that were lowered since it began.
    pub(crate) fn end_policy(&mut self, policy: PolicyId) {
        let program = self.builder.program_mut();
        let end = program.rules.len() as u32;
        if let Some(policy) = program.policies.get_mut(policy.index()) {
            policy.rules.1 = end;
        }
    }

    /// A rule of the policy that was begun last.
    pub(crate) fn rule(
        &mut self,
        policy: PolicyId,
        rule: &model::Rule<'_>,
        defaults: Defaults,
        autogen: Option<Autogen>,
    ) {
        let matching = self.match_block(&rule.matching);
        let exclude = rule.exclude.as_ref().map(|block| self.match_block(block));
        let (context, scope) = self.context(&rule.context, &Scope::default());
        let preconditions = rule.preconditions.as_ref().map(|conditions| self.conditions(conditions, &scope));
        let body = match &rule.body {
            model::Body::Validate(validate) => Body::Validate(self.validate(validate, &scope)),
            model::Body::Mutate(mutate) => Body::Mutate(self.mutate(rule, mutate, defaults, &scope)),
            model::Body::Generate(generate) => Body::Generate(self.generate(generate, defaults, &scope)),
        };
        let report_properties = (rule.report_properties.iter())
            .map(|(key, value)| {
                let path = format!("/{}", key.as_str().replace('/', "\\/"));
                let written = self.builder.name(value.as_str().unwrap_or_default());
                ReportProperty { name: self.name(key), written, value: self.document(value, &scope, &path) }
            })
            .collect();
        let lowered = Rule {
            policy,
            name: self.name(rule.name),
            autogen,
            matching,
            exclude,
            context,
            preconditions,
            body,
            report_properties,
            skip_background_requests: rule.skip_background_requests,
            span: Some(rule.name.span()),
        };
        self.builder.program_mut().rules.push(lowered);
    }
}
