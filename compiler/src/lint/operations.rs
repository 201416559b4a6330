//! Objects that never come with the operations of a rule.

use dikast_grammar::yaml::{Node, NodeValue, Text};

use super::fault::{NoObject, NoOldObject, NotAskedOnDelete, NotChangedOnDelete};
use crate::diagnostic::Diagnostics;
use crate::match_sets::{MatchSet, Operations};
use crate::model::{AnyAll, Body, Condition, Conditions, Rule};

const OLD_OBJECT: &str = "request.oldObject";
const OBJECT: &str = "request.object";

/// Looks at all variables and expressions of a rule.
pub(super) fn check(rule: &Rule<'_>, diagnostics: &mut Diagnostics) {
    let mut matched = MatchSet::of(&rule.matching);
    if let Some(exclude) = &rule.exclude {
        matched = matched.without(&MatchSet::of(exclude));
    }
    // Preconditions come after the context is known, but an entry is loaded only when it is asked for.
    let operations = matched.operations().and(conditioned(rule.preconditions.as_ref()));
    if operations == Operations::NONE {
        return;
    }
    if operations.and(Operations::UPDATE.or(Operations::DELETE)) == Operations::NONE {
        let words = match operations {
            Operations::CREATE => "CREATE",
            Operations::CONNECT => "CONNECT",
            _ => "CREATE and CONNECT",
        };
        each_expression(rule.node, false, &mut |text, is_query| {
            report_each(text, OLD_OBJECT, is_query, |span| diagnostics.report(NoOldObject { span, operations: words }));
        });
    }
    if operations == Operations::DELETE {
        unasked(rule, diagnostics);
        // Variables are redirected to the old object, expressions without braces are not.
        each_expression(rule.node, false, &mut |text, is_query| {
            if is_query {
                report_each(text, OBJECT, true, |span| diagnostics.report(NoObject { span }));
            }
        });
    }
}

/// Tells of what never happens on DELETE: patterns and the standards of Pod Security ask nothing then (Kyverno
/// `pkg/engine/handlers/validation/validate_resource.go`), and the webhook that changes objects does not see it.
fn unasked(rule: &Rule<'_>, diagnostics: &mut Diagnostics) {
    for field in ["pattern", "anyPattern", "podSecurity"] {
        if let Some(entry) = rule.node.get("validate").and_then(|validate| validate.entry(field)) {
            diagnostics.report(NotAskedOnDelete { span: entry.key.span(), field });
        }
    }
    if let Body::Mutate(mutate) = &rule.body
        && mutate.targets.is_empty()
    {
        let operation = rule.matching.filters.iter().find_map(|filter| filter.operations.first());
        let span = operation.map_or(rule.node.entry("mutate").map(|entry| entry.key.span()), |text| Some(text.span()));
        if let Some(span) = span {
            diagnostics.report(NotChangedOnDelete { span });
        }
    }
}

/// Calls back with all texts, and whether each is an expression without braces. Parsing bounds how deeply they nest.
fn each_expression(node: &Node, is_query: bool, call: &mut dyn FnMut(&Text, bool)) {
    match &node.value {
        NodeValue::Text(text) => call(text, is_query),
        NodeValue::List(items) => items.iter().for_each(|item| each_expression(item, false, call)),
        NodeValue::Map(entries) => {
            for entry in entries {
                let is_query = match entry.key.as_str() {
                    "list" => true,
                    // Asked of what was loaded, unless nothing is.
                    "jmesPath" => !["urlPath", "service", "reference", "name", "value"]
                        .iter()
                        .any(|name| node.get(name).is_some()),
                    _ => false,
                };
                each_expression(&entry.value, is_query, call);
            }
        }
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
    }
}

/// Reports where a text asks for a path: in an expression, or behind the first braces.
fn report_each(text: &Text, path: &str, is_query: bool, mut report: impl FnMut(dikast_grammar::Span)) {
    let written = text.as_str();
    let Some(start) = (if is_query { Some(0) } else { written.find("{{") }) else { return };
    for (at, _) in written.match_indices(path).filter(|(at, _)| *at >= start) {
        let is_word = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'\''))
        };
        let before = at.checked_sub(1).and_then(|before| written.as_bytes().get(before));
        let after = written.as_bytes().get(at + path.len());
        if !is_word(before) && !after.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            report(text.span_of(at..at + path.len()));
        }
    }
}

/// The operations that preconditions let pass.
fn conditioned(conditions: Option<&Conditions<'_>>) -> Operations {
    let all = |list: &[Condition<'_>]| list.iter().map(of_condition).fold(Operations::ALL, Operations::and);
    match conditions {
        None => Operations::ALL,
        Some(Conditions::List(list)) => all(list),
        Some(Conditions::AnyAll(AnyAll { any, all: list, .. })) => {
            let any = any.as_deref().and_then(|any| any.iter().map(of_condition).reduce(Operations::or));
            all(list).and(any.unwrap_or(Operations::ALL))
        }
    }
}

/// The operations that a condition lets pass, if it asks for the operation.
fn of_condition(condition: &Condition<'_>) -> Operations {
    let key = condition.key.and_then(Node::as_str).unwrap_or_default();
    let expression = key.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or_default();
    let asked = expression.split_once("||").map_or(expression, |(asked, _)| asked);
    if asked.trim() != "request.operation" {
        return Operations::ALL;
    }
    let named = |node: &Node| node.as_str().map(Operations::named);
    let values = match condition.value.map(|value| (value, value.as_list())) {
        Some((_, Some(items))) => items.iter().map(named).try_fold(Operations::NONE, |all, item| Some(all.or(item?))),
        Some((value, None)) if value.as_str().is_some_and(|text| !text.contains(['{', '*', '?', '|'])) => named(value),
        _ => None,
    };
    let Some(values) = values else { return Operations::ALL };
    match condition.operator.map(Text::as_str) {
        Some("Equals" | "Equal" | "In" | "AnyIn" | "AllIn") => values,
        Some("NotEquals" | "NotEqual" | "NotIn" | "AnyNotIn" | "AllNotIn") => values.others(),
        _ => Operations::ALL,
    }
}
