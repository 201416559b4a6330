//! Anchors that do not do what they seem to (Kyverno `pkg/engine/anchor`, `pkg/engine/validate`).

use dikast_grammar::Span;
use dikast_grammar::anchor::{self, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue};

use super::fault::{
    ExistenceOfNoList, IgnoredNegatedValue, MalformedAnchor, NothingAsked, SkipsOthers, UnknownPatternAnchor,
};
use crate::diagnostic::Diagnostics;

/// Looks at the anchors of a whole pattern.
pub(super) fn check_pattern(pattern: &Node, diagnostics: &mut Diagnostics) {
    if !pattern.entries().is_empty() && !asks(pattern) {
        let mut condition = pattern;
        while let Some(entry) = condition.entries().iter().find(|entry| is_always_there(entry)) {
            condition = &entry.value;
        }
        diagnostics.report(NothingAsked { span: head(condition) });
    }
    walk(pattern, None, diagnostics);
}

/// Looks for keys of an overlay that are almost anchors. Parsing bounds how deeply overlays nest.
pub(super) fn check_overlay(overlay: &Node, diagnostics: &mut Diagnostics) {
    for entry in overlay.entries() {
        check_form(entry, diagnostics);
        check_overlay(&entry.value, diagnostics);
    }
    overlay.items().iter().for_each(|item| check_overlay(item, diagnostics));
}

/// `besides` is something that is asked around the node, up to the pattern or the item of a list that it is in.
fn walk(node: &Node, besides: Option<Span>, diagnostics: &mut Diagnostics) {
    for entry in node.entries() {
        check_form(entry, diagnostics);
        let anchor = anchor::parse(entry.key.as_str());
        check_anchor(entry, anchor, besides, diagnostics);
        let others = || node.entries().iter().filter(|other| other.key != entry.key);
        let is_passed_through = !matches!(anchor, Some((AnchorKind::Conditional | AnchorKind::Global, _)));
        let asked = others().find(|other| is_asked(other)).map(|other| other.key.span()).or(besides);
        match &entry.value.value {
            NodeValue::Map(_) => walk(&entry.value, asked.filter(|_| is_passed_through), diagnostics),
            NodeValue::List(items) => {
                let has_condition = anchor.is_some_and(|(kind, _)| kind == AnchorKind::Conditional);
                for item in items {
                    if !item.entries().is_empty() && !has_condition && !asks(item) {
                        diagnostics.report(NothingAsked { span: head(item) });
                    }
                    walk(item, None, diagnostics);
                }
            }
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {}
        }
    }
    for item in node.items() {
        walk(item, None, diagnostics);
    }
}

fn check_anchor(
    entry: &Entry,
    anchor: Option<(AnchorKind, &str)>,
    besides: Option<Span>,
    diagnostics: &mut Diagnostics,
) {
    let (span, value) = (entry.key.span(), &entry.value);
    match anchor {
        Some((AnchorKind::AddIfAbsent, _)) => {
            diagnostics.report(UnknownPatternAnchor { span, key: entry.key.as_str().to_owned() });
        }
        Some((AnchorKind::Existence, _)) if value.as_list().is_none() && !is_variable(value) => {
            diagnostics.report(ExistenceOfNoList { span });
        }
        Some((AnchorKind::Negation, field)) if !is_empty(value) => {
            diagnostics.report(IgnoredNegatedValue { span, field: field.to_owned() });
        }
        Some((AnchorKind::Conditional, _)) => {
            if let Some(skipped) = besides {
                diagnostics.report(SkipsOthers { span, skipped });
            }
        }
        _ => {}
    }
}

/// Keys with parentheses that make no anchor, and signs of anchors without parentheses.
fn check_form(entry: &Entry, diagnostics: &mut Diagnostics) {
    let key = entry.key.as_str();
    if key.contains("{{") || anchor::parse(key).is_some() {
        return;
    }
    let name = key.trim_start_matches(|first: char| !first.is_alphanumeric());
    let sign = key.get(..key.len() - name.len()).unwrap_or_default();
    let is_bracketed = key.ends_with(')') || sign.contains('(') || key.contains('(');
    let is_signed = !name.is_empty() && matches!(sign.trim(), "=" | "+" | "^" | "<" | "!" | "~" | "==");
    if is_bracketed || is_signed {
        diagnostics.report(MalformedAnchor { span: entry.key.span(), key: key.to_owned(), meant: meant(key) });
    }
}

/// The anchor that a key is almost.
fn meant(key: &str) -> Option<String> {
    let field: String =
        key.chars().filter(|character| character.is_alphanumeric() || "-_./*?".contains(*character)).collect();
    let field = field.trim_start_matches(['?', '*', '-']);
    let first = key.trim().chars().next()?;
    let kind = match first {
        '(' => AnchorKind::Conditional,
        '=' => AnchorKind::Equality,
        '+' => AnchorKind::AddIfAbsent,
        '^' => AnchorKind::Existence,
        '<' => AnchorKind::Global,
        'x' if key.contains('(') => return Some(AnchorKind::Negation.decorate(field.strip_prefix('x')?)),
        _ => return None,
    };
    (!field.is_empty()).then(|| kind.decorate(field))
}

/// Whether something can be violated that a part of a pattern says.
fn asks(node: &Node) -> bool {
    match &node.value {
        NodeValue::Map(entries) => entries.is_empty() || entries.iter().any(is_asked),
        _ => true,
    }
}

fn is_asked(entry: &Entry) -> bool {
    match anchor::parse(entry.key.as_str()) {
        Some((AnchorKind::Conditional | AnchorKind::Global, _)) => false,
        Some((AnchorKind::Equality, _)) => asks(&entry.value),
        // Every object has these, so nothing is asked by naming them.
        None if is_always_there(entry) => asks(&entry.value),
        _ => true,
    }
}

fn is_always_there(entry: &Entry) -> bool {
    matches!(entry.key.as_str(), "spec" | "metadata") && !entry.value.entries().is_empty()
}

/// What authors write as the value of what must not be there.
fn is_empty(value: &Node) -> bool {
    match &value.value {
        NodeValue::Null => true,
        NodeValue::Text(text) => {
            let text = text.as_str();
            matches!(text, "null" | "nil" | "~") || text.chars().all(|character| matches!(character, '*' | '?'))
        }
        NodeValue::Map(entries) => entries.is_empty(),
        NodeValue::List(items) => items.is_empty(),
        NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => false,
    }
}

fn is_variable(value: &Node) -> bool {
    value.as_str().is_some_and(|text| text.contains("{{"))
}

fn head(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key.span())
}
