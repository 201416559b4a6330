//! Objects to generate that Kyverno refuses (Kyverno `pkg/policy/generate/validate.go`).

use dikast_grammar::Span;
use dikast_grammar::anchor;
use dikast_grammar::yaml::{Node, NodeValue};
use dikast_stdlib::wildcard;

use super::fault::{GeneratedAnchor, WildcardInCloneList, WithoutNamespace};
use crate::diagnostic::Diagnostics;
use crate::model::{Fields, GeneratePattern};

/// Looks at what a rule generates.
pub(super) fn check(pattern: &GeneratePattern<'_>, diagnostics: &mut Diagnostics) {
    if let Some(data) = pattern.node.get("data") {
        check_data(data, diagnostics);
    }
    check_namespaces(pattern.node, diagnostics);
    if let Some(selector) = pattern.node.at(&["cloneList", "selector"]) {
        check_selector(selector, diagnostics);
    }
}

/// A source and its copy are both in a namespace or both in none.
fn check_namespaces(node: &Node, diagnostics: &mut Diagnostics) {
    let sources = ["clone", "cloneList"].map(|name| node.given(name).map(|source| (name, source)));
    let (Some((owner, source)), has_target) =
        (sources.into_iter().flatten().next(), node.nonempty("namespace").is_some())
    else {
        return;
    };
    let has_source = source.nonempty("namespace").is_some();
    let key = |owner: &Node, name| owner.entry(name).map_or(owner.span, |entry| entry.key.span());
    if has_target && !has_source {
        diagnostics.report(WithoutNamespace { span: key(node, owner), owner, other: key(node, "namespace") });
    } else if has_source && !has_target {
        diagnostics.report(WithoutNamespace { span: head(node), owner: "generate", other: key(source, "namespace") });
    }
}

/// The first key of an object.
fn head(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key.span())
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
