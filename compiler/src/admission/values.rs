//! Values that can only be of some form (Kyverno `validateConditionValuesKeyRequestOperation` and `isLabelAndAnnotationsString` in
//! `pkg/validation/policy/validate.go`).

use dikast_grammar::yaml::Node;

use super::fault::RefusedValue;
use super::is_told;
use crate::diagnostic::Diagnostics;
use crate::model::Fields;

const OPERATIONS: [&str; 4] = ["CREATE", "UPDATE", "DELETE", "CONNECT"];

/// Looks at the conditions, the pattern and the patch of a rule; those of loops are not looked at.
pub(super) fn check(rule: &Node, diagnostics: &mut Diagnostics) {
    for block in [rule.get("preconditions"), rule.at(&["validate", "deny", "conditions"])].into_iter().flatten() {
        let lists = ["any", "all"].iter().flat_map(|name| block.list(name));
        block.items().iter().chain(lists).for_each(|condition| check_operation(condition, diagnostics));
    }
    let patterns = rule.at(&["validate", "anyPattern"]).map(Node::items).unwrap_or_default().iter();
    let single = [rule.at(&["validate", "pattern"]), rule.at(&["mutate", "patchStrategicMerge"])];
    patterns.chain(single.into_iter().flatten()).for_each(|pattern| check_metadata(pattern, diagnostics));
}

/// A condition that asks for the operation names one that there is.
fn check_operation(condition: &Node, diagnostics: &mut Diagnostics) {
    let is_of_operation = |key: &str| key.replace(' ', "") == "{{request.operation}}";
    let Some(value) =
        condition.get("value").filter(|_| condition.text("key").is_some_and(|key| is_of_operation(key.as_str())))
    else {
        return;
    };
    let is_variable = |text: &str| text.starts_with("{{") && text.ends_with("}}");
    let refused = |node: &&Node| !node.as_str().is_some_and(|text| OPERATIONS.contains(&text));
    let values = match value.as_list() {
        Some(items) => items.iter().find(refused),
        None => Some(value).filter(refused).filter(|value| !value.as_str().is_some_and(is_variable)),
    };
    if let Some(value) = values.filter(|value| !is_told(value.span, diagnostics)) {
        diagnostics.report(RefusedValue {
            span: value.span,
            problem: "no operation of a request".to_owned(),
            help: "it is one of `CREATE`, `UPDATE`, `DELETE` and `CONNECT`",
        });
    }
}

/// Labels and annotations are text.
fn check_metadata(pattern: &Node, diagnostics: &mut Diagnostics) {
    let metadata = pattern.get("metadata").or_else(|| pattern.at(&["spec", "template", "metadata"]));
    let maps = ["labels", "annotations"].iter().filter_map(|name| metadata?.get(name));
    let values = maps.flat_map(Node::entries).map(|entry| &entry.value).filter(|value| value.as_str().is_none());
    for value in values {
        if is_told(value.span, diagnostics) {
            continue;
        }
        diagnostics.report(RefusedValue {
            span: value.span,
            problem: "a label or annotation that is no text".to_owned(),
            help: "put it into quotes",
        });
    }
}
