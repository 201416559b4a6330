//! Values for variables: those of policies, rules and objects that a test does not have are never asked for.

use dikast_grammar::yaml::Node;

use super::names::Names;
use super::{Files, TestNames, has_kind};
use crate::diagnostic::Diagnostics;
use crate::model::Fields;

/// Holds the values of a test, in it and in the file that it names, against its policies and objects.
pub(super) fn check(files: &Files<'_>, names: &TestNames<'_>, found: &mut Diagnostics) {
    let inline = files.test.given("values");
    let named = files.variables.iter().flat_map(|named| named.objects());
    let named = named.filter(|object| has_kind(object, "Values") || has_kind(object, "Value"));
    for values in inline.into_iter().chain(named) {
        for entry in values.list("policies") {
            of_policy(entry, files, names, found);
        }
    }
}

fn of_policy(entry: &Node, files: &Files<'_>, names: &TestNames<'_>, found: &mut Diagnostics) {
    let Some(name) = entry.nonempty("name") else { return };
    let Some(policy) = names.policies.get(name.as_str()).first() else {
        if !files.more_policies {
            found.report(names.policies.unknown(name));
        }
        return;
    };
    let rules = Names::of_rules(policy);
    for name in entry.list("rules").iter().filter_map(|rule| rule.nonempty("name")) {
        if !rules.is_empty() && rules.rule(name.as_str()).is_none() {
            found.report(rules.unknown(name));
        }
    }
    for name in entry.list("resources").iter().filter_map(|object| object.nonempty("name")) {
        if !files.more_objects && names.objects.objects(name.as_str()).is_empty() {
            found.report(names.objects.unknown(name));
        }
    }
}
