//! What Kyverno accepts and does differently from what its author will think.
//!
//! The forms here have a meaning, and it is kept. They are looked for in what authors wrote, before autogen's copies and
//! lowering, one file for each part of a policy.

mod anchor;
mod annotation;
mod braces;
mod condition;
mod context;
mod entries;
mod excepted;
mod fault;
mod generate;
pub(crate) mod json_patch;
mod matching;
mod operations;
mod patch;
mod pattern;
mod pod_security;
mod policy_names;
mod preempted;
mod range;
mod scalar;

use std::collections::HashMap;

use dikast_grammar::yaml::Text;

use crate::autogen;
use crate::diagnostic::Diagnostics;
use crate::model::{
    Body, Cleanup, Conditions, Exception, MutateAction, MutateLoop, Policy, Rule, ValidateAction, ValidateLoop,
    rule_name_text,
};
pub(crate) use excepted::ExceptedNames;
use fault::{RepeatedRuleName, ReservedRuleName};
pub(crate) use policy_names::PolicyNames;
pub(crate) use range::is_regex;
pub(crate) use scalar::check_scalars;

/// Looks at a policy's annotations and the names of its rules.
pub(crate) fn check_policy(policy: &Policy<'_>, diagnostics: &mut Diagnostics) {
    preempted::check(policy, diagnostics);
    annotation::check(policy, diagnostics);
    for name in policy.rules.iter().filter_map(rule_name_text).filter(|name| autogen::is_made_name(name.as_str())) {
        diagnostics.report(ReservedRuleName { span: name.span(), name: name.as_str().to_owned() });
    }
    check_rule_names(policy, diagnostics);
}

/// Tells of rules of one name.
pub(crate) fn check_rule_names(policy: &Policy<'_>, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&str, &Text> = HashMap::new();
    for name in policy.rules.iter().filter_map(rule_name_text) {
        match seen.get(name.as_str()) {
            Some(first) => diagnostics.report(RepeatedRuleName {
                span: name.span(),
                name: name.as_str().to_owned(),
                first: first.span(),
            }),
            None => {
                seen.insert(name.as_str(), name);
            }
        }
    }
}

/// Looks at a rule that an author wrote.
pub(crate) fn check_rule(rule: &Rule<'_>, diagnostics: &mut Diagnostics) {
    matching::check_rule(rule, diagnostics);
    operations::check(rule, diagnostics);
    entries::check(rule.node, diagnostics);
    braces::check(rule.node, diagnostics);
    context::check(&rule.context, diagnostics);
    check_conditions(rule.preconditions.as_ref(), diagnostics);
    match &rule.body {
        Body::Validate(validate) => check_validate(&validate.action, diagnostics),
        Body::Mutate(mutate) => {
            for target in &mutate.targets {
                context::check(&target.context, diagnostics);
                check_conditions(target.preconditions.as_ref(), diagnostics);
            }
            check_mutate(&mutate.action, diagnostics);
        }
        Body::Generate(generate) => {
            for pattern in &generate.patterns {
                context::check(&pattern.context, diagnostics);
                if let Some(block) = &pattern.preconditions {
                    condition::check_block(block, diagnostics);
                }
                generate::check(pattern, diagnostics);
            }
        }
    }
}

/// Looks at a cleanup policy.
pub(crate) fn check_cleanup(cleanup: &Cleanup<'_>, diagnostics: &mut Diagnostics) {
    matching::check_blocks(&cleanup.matching, cleanup.exclude.as_ref(), cleanup.node, diagnostics);
    entries::check(cleanup.node, diagnostics);
    context::check(&cleanup.context, diagnostics);
    check_conditions(cleanup.conditions.as_ref(), diagnostics);
}

/// Looks at an exception.
pub(crate) fn check_exception(exception: &Exception<'_>, diagnostics: &mut Diagnostics) {
    matching::check_block(&exception.matching, diagnostics);
    matching::check_exception_operations(&exception.matching, diagnostics);
    pod_security::check(&exception.pod_security, diagnostics);
}

fn check_conditions(conditions: Option<&Conditions<'_>>, diagnostics: &mut Diagnostics) {
    if let Some(Conditions::AnyAll(block)) = conditions {
        condition::check_block(block, diagnostics);
    }
}

fn check_validate(action: &ValidateAction<'_>, diagnostics: &mut Diagnostics) {
    match action {
        ValidateAction::Pattern(node) => pattern::check(node, diagnostics),
        ValidateAction::AnyPattern(nodes) => nodes.iter().for_each(|node| pattern::check(node, diagnostics)),
        ValidateAction::Deny(conditions) => check_conditions(conditions.as_ref(), diagnostics),
        ValidateAction::Foreach(loops) => {
            for ValidateLoop { context, preconditions, action, .. } in loops {
                context::check(context, diagnostics);
                if let Some(block) = preconditions {
                    condition::check_block(block, diagnostics);
                }
                check_validate(action, diagnostics);
            }
        }
        ValidateAction::PodSecurity(standards) => pod_security::check(&standards.exclude, diagnostics),
        ValidateAction::Nothing => {}
    }
}

fn check_mutate(action: &MutateAction<'_>, diagnostics: &mut Diagnostics) {
    match action {
        MutateAction::Merge(overlay) => patch::check(overlay, diagnostics),
        MutateAction::Foreach(loops) => {
            for MutateLoop { context, preconditions, action, .. } in loops {
                context::check(context, diagnostics);
                if let Some(block) = preconditions {
                    condition::check_block(block, diagnostics);
                }
                check_mutate(action, diagnostics);
            }
        }
        MutateAction::Json(operations) => json_patch::check(operations, diagnostics),
        MutateAction::Nothing => {}
    }
}
