//! Settings of a whole policy.

use dikast_grammar::yaml::{Node, Text};
use dikast_stdlib::wildcard::{self, is_wildcard};

use super::fault::RefusedSetting;
use crate::diagnostic::Diagnostics;
use crate::ir::PolicyKind;
use crate::model::{Fields, Policy};

/// Looks at what stands beside the rules.
pub(super) fn check(policy: &Policy<'_>, diagnostics: &mut Diagnostics) {
    let is_namespaced = policy.kind == PolicyKind::Policy;
    if let Some(entry) = policy.metadata.entry("namespace").filter(|entry| !is_namespaced && is_filled(&entry.value)) {
        diagnostics.report(RefusedSetting {
            span: entry.key.span(),
            problem: "a `ClusterPolicy` has no namespace".to_owned(),
            help: "remove it, or make it a `Policy`",
        });
    }
    check_processing(policy, diagnostics);
    if !is_namespaced {
        check_overrides(policy.spec.list("validationFailureActionOverrides"), diagnostics);
        let validations = policy.rules.iter().filter_map(|rule| rule.given("validate"));
        validations.for_each(|validate| check_overrides(validate.list("failureActionOverrides"), diagnostics));
    }
    let rules = || policy.rules.iter().filter_map(|rule| rule.given("mutate"));
    if let Some(entry) = policy.spec.entry("mutateExistingOnPolicyUpdate")
        && policy.mutate_existing_on_policy_update
        && rules().any(|mutate| mutate.list("targets").is_empty())
    {
        diagnostics.report(without_targets(&entry.key));
    }
    for mutate in rules() {
        if let Some(entry) = mutate.entry("mutateExistingOnPolicyUpdate")
            && entry.value.as_bool() == Some(true)
            && mutate.list("targets").is_empty()
        {
            diagnostics.report(without_targets(&entry.key));
        }
    }
}

fn is_filled(node: &Node) -> bool {
    node.as_str().is_some_and(|text| !text.is_empty())
}

fn without_targets(key: &Text) -> RefusedSetting {
    RefusedSetting {
        span: key.span(),
        problem: format!("`{}` without `targets`", key.as_str()),
        help: "name the objects to change under `mutate.targets`",
    }
}

fn check_processing(policy: &Policy<'_>, diagnostics: &mut Diagnostics) {
    let Some(entry) = policy.spec.entry("admission").filter(|_| !policy.admission) else { return };
    let other = ["mutate", "generate", "verifyImages"];
    if !policy.background {
        diagnostics.report(RefusedSetting {
            span: entry.key.span(),
            problem: "a policy with neither `admission` nor `background` is never asked".to_owned(),
            help: "leave one of them on",
        });
    } else if policy.rules.iter().any(|rule| other.iter().any(|name| rule.given(name).is_some())) {
        diagnostics.report(RefusedSetting {
            span: entry.key.span(),
            problem: "only `validate` rules can do without `admission`".to_owned(),
            help: "remove the setting",
        });
    }
}

/// Overrides of different actions that speak of the same namespaces.
fn check_overrides(overrides: &[Node], diagnostics: &mut Diagnostics) {
    let mut before: Vec<(String, &Text)> = Vec::new();
    for node in overrides {
        let action = node.text("action").map(|action| action.as_str().to_lowercase()).unwrap_or_default();
        let namespaces = node.texts("namespaces");
        for namespace in &namespaces {
            let clash =
                before.iter().find(|(other, known)| *other != action && meet(known.as_str(), namespace.as_str()));
            if let Some((other, known)) = clash {
                diagnostics.report(RefusedSetting {
                    span: namespace.span(),
                    problem: format!("`{}` is to `{other}` for `{}` already", namespace.as_str(), known.as_str()),
                    help: "name each namespace under one action",
                });
            }
        }
        before.extend(namespaces.into_iter().map(|namespace| (action.clone(), namespace)));
    }
}

/// Whether Kyverno takes two entries to name the same namespaces.
fn meet(left: &str, right: &str) -> bool {
    match (is_wildcard(left), is_wildcard(right)) {
        (false, false) => left == right,
        (true, false) => wildcard::matches(left, right),
        (false, true) => wildcard::matches(right, left),
        (true, true) => wildcard::matches(left, right) || wildcard::matches(right, left),
    }
}
