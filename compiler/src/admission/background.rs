//! Background scans have no request, so no user (Kyverno `pkg/validation/policy/background.go`).

use dikast_grammar::template::find_variables;
use dikast_grammar::yaml::{Node, NodeValue, Text};

use super::fault::{UserInBackground, UserInCleanup};
use super::filters;
use crate::diagnostic::Diagnostics;
use crate::model::{Body, Cleanup, Policy, Rule};

/// Lists of users in a filter.
const USERS: [&str; 3] = ["roles", "clusterRoles", "subjects"];

/// Variables that only a request gives a value.
const VARIABLES: [&str; 5] =
    ["serviceAccountName", "serviceAccountNamespace", "request.userInfo", "request.roles", "request.clusterRoles"];

/// Looks at a policy that is scanned in the background too.
pub(super) fn check(policy: &Policy<'_>, rules: &[Rule<'_>], diagnostics: &mut Diagnostics) {
    if !policy.background {
        return;
    }
    for rule in rules {
        for block in ["match", "exclude"].iter().filter_map(|name| rule.node.get(name)) {
            for (key, name) in filters(block).flat_map(users) {
                diagnostics.report(UserInBackground { span: key.span(), what: format!("`{name}`") });
            }
        }
    }
    let changes_existing = |rule: &Rule<'_>| matches!(&rule.body, Body::Mutate(mutate) if !mutate.targets.is_empty());
    if rules.iter().any(changes_existing) {
        return;
    }
    // Kyverno searches the whole document.
    for node in policy.rules.iter().chain([policy.metadata]) {
        variables(node, diagnostics);
    }
}

/// Looks at a cleanup policy (Kyverno `api/kyverno/v2/cleanup_policy_types.go`).
pub(super) fn check_cleanup(cleanup: &Cleanup<'_>, diagnostics: &mut Diagnostics) {
    for block in ["match", "exclude"].iter().filter_map(|name| cleanup.node.get(name)) {
        for (key, name) in filters(block).flat_map(users) {
            diagnostics.report(UserInCleanup { span: key.span(), key: name });
        }
    }
}

/// The lists of users that a filter has.
fn users(filter: &Node) -> impl Iterator<Item = (&Text, &'static str)> {
    USERS.into_iter().filter_map(|name| {
        let entry = filter.entry(name)?;
        entry.value.as_list().is_some_and(|items| !items.is_empty()).then_some((&entry.key, name))
    })
}

/// Parsing bounds how deeply a node nests.
fn variables(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.value {
        NodeValue::Text(text) => check_text(text, diagnostics),
        NodeValue::List(items) => items.iter().for_each(|item| variables(item, diagnostics)),
        NodeValue::Map(entries) => {
            for entry in entries {
                check_text(&entry.key, diagnostics);
                variables(&entry.value, diagnostics);
            }
        }
        _ => {}
    }
}

fn check_text(text: &Text, diagnostics: &mut Diagnostics) {
    let written = text.as_str();
    for variable in find_variables(written) {
        let Some(inner) = written.get(variable.start..variable.end) else { continue };
        if let Some((at, name)) = VARIABLES.iter().find_map(|name| Some((place_of(inner, name)?, *name))) {
            let start = variable.start + at;
            diagnostics.report(UserInBackground {
                span: text.span_of(start..start + name.len()),
                what: format!("the variable `{name}`"),
            });
        }
    }
}

/// Where a name stands in a variable: as a whole word that is no member of something.
fn place_of(variable: &str, name: &str) -> Option<usize> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    variable.match_indices(name).map(|(at, _)| at).find(|&at| {
        let before = variable.get(..at).and_then(|before| before.chars().next_back());
        let behind = variable.get(at + name.len()..).and_then(|behind| behind.chars().next());
        before.is_some_and(|before| before != '.' && !is_word(before)) && !behind.is_some_and(is_word)
    })
}
