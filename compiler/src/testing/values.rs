//! Values for variables: those of policies, rules and objects that a test does not have are never asked for.

use dikast_grammar::yaml::{Node, Text};

use super::results::written_rule;
use super::{Files, has_kind, is_named, is_policy, name_of, unknown};
use crate::diagnostic::Diagnostics;
use crate::model::Fields;

/// Holds the values of a test, in it and in the file that it names, against its policies and objects.
pub(super) fn check(files: &Files<'_>, found: &mut Diagnostics) {
    let inline = files.test.given("values");
    let named = files.variables.iter().flat_map(|named| named.objects());
    let named = named.filter(|object| has_kind(object, "Values") || has_kind(object, "Value"));
    for values in inline.into_iter().chain(named) {
        for entry in values.list("policies") {
            of_policy(entry, files, found);
        }
    }
}

fn of_policy(entry: &Node, files: &Files<'_>, found: &mut Diagnostics) {
    let Some(name) = entry.nonempty("name") else { return };
    let Some(policy) = files.policies().find(|policy| is_policy(policy) && name_of(policy) == Some(name.as_str()))
    else {
        if !files.more_policies {
            found.report(unknown("policy", name, files.policies().filter_map(name_of)));
        }
        return;
    };
    let rules = policy.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    for name in entry.list("rules").iter().filter_map(|rule| rule.nonempty("name")) {
        let is_rule = |rule: &Node| {
            written_rule(name.as_str()).any(|name| rule.text("name").is_some_and(|of| of.as_str() == name))
        };
        if !rules.is_empty() && !rules.iter().any(is_rule) {
            found.report(unknown("rule", name, rules.iter().filter_map(|rule| rule.text("name")).map(Text::as_str)));
        }
    }
    for name in entry.list("resources").iter().filter_map(|object| object.nonempty("name")) {
        if !files.more_objects && !files.objects().any(|object| is_named(object, name.as_str())) {
            found.report(unknown("object", name, files.objects().filter_map(name_of)));
        }
    }
}
