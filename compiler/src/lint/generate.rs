//! Objects to generate that Kyverno refuses (Kyverno `pkg/policy/generate/validate.go`).

use dikast_grammar::anchor;
use dikast_grammar::yaml::{Node, NodeValue};
use dikast_stdlib::wildcard;

use super::fault::{GeneratedAnchor, WildcardInCloneList};
use crate::diagnostic::Diagnostics;
use crate::model::GeneratePattern;

/// Looks at what a rule generates.
pub(super) fn check(pattern: &GeneratePattern<'_>, diagnostics: &mut Diagnostics) {
    if let Some(data) = pattern.node.get("data") {
        check_data(data, diagnostics);
    }
    if let Some(selector) = pattern.node.at(&["cloneList", "selector"]) {
        check_selector(selector, diagnostics);
    }
}

/// Looks for anchors. Parsing bounds how deeply data nests.
fn check_data(node: &Node, diagnostics: &mut Diagnostics) {
    for entry in node.entries() {
        if anchor::parse(entry.key.as_str()).is_some() {
            diagnostics.report(GeneratedAnchor { span: entry.key.span(), key: entry.key.as_str().to_owned() });
        }
        check_data(&entry.value, diagnostics);
    }
    for item in node.as_list().unwrap_or_default() {
        check_data(item, diagnostics);
    }
}

fn check_selector(node: &Node, diagnostics: &mut Diagnostics) {
    let mut text = |text: &str, span| {
        if wildcard::is_wildcard(text) {
            diagnostics.report(WildcardInCloneList { span, text: text.to_owned() });
        }
    };
    match &node.value {
        NodeValue::Text(value) => text(value.as_str(), value.span()),
        NodeValue::Map(entries) => {
            for entry in entries {
                text(entry.key.as_str(), entry.key.span());
            }
            entries.iter().for_each(|entry| check_selector(&entry.value, diagnostics));
        }
        NodeValue::List(items) => items.iter().for_each(|item| check_selector(item, diagnostics)),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
    }
}
