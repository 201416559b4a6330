//! Whether rules are made for a policy at all (Kyverno `pkg/autogen/v1/autogen.go`, `CanAutoGen`).

use dikast_grammar::kind::plain_kind;
use dikast_grammar::yaml::{Node, Text};

use super::controllers::{CRON_JOB, TEMPLATE_CONTROLLERS};
use super::filters;
use crate::model::Fields;

/// One rule that cannot be carried over turns autogen off for the whole policy, and some rule must name Pod or a
/// controller in so many letters.
pub(super) fn is_eligible(rules: &[Node]) -> bool {
    let mut needed = false;
    for rule in rules {
        if rule.given("generate").is_some() || has_json_patch(rule) {
            return false;
        }
        let blocks = ["match", "exclude"].into_iter().filter_map(|name| rule.given(name));
        for resources in blocks.flat_map(filters::all_resources) {
            if !is_portable(resources) {
                return false;
            }
            needed |= resources.texts("kinds").into_iter().any(names_pods_or_controller);
        }
    }
    needed
}

/// Of loops only the first level is looked at.
fn has_json_patch(rule: &Node) -> bool {
    let Some(mutate) = rule.given("mutate") else { return false };
    std::iter::once(mutate).chain(mutate.list("foreach")).any(|node| node.nonempty("patchesJson6902").is_some())
}

/// Whether what a filter asks of a Pod can be asked of its controller as well.
fn is_portable(resources: &Node) -> bool {
    let kinds = resources.texts("kinds");
    let mixed = kinds.len() > 1 && kinds.iter().any(|kind| plain_kind(kind.as_str()) == "Pod");
    resources.nonempty("name").is_none()
        && resources.list("names").is_empty()
        && resources.given("selector").is_none()
        && resources.given("annotations").is_none()
        && !mixed
}

fn names_pods_or_controller(kind: &Text) -> bool {
    let kind = kind.as_str();
    kind == "Pod" || kind == CRON_JOB || TEMPLATE_CONTROLLERS.contains(&kind)
}
