//! Strategic merges that change more, or less, than they seem to.

use dikast_grammar::anchor::{self, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue};

use super::fault::{DroppedEmptyObject, ItemWithoutKey, NoChange, SeveralConditionalItems, UnknownPatchAnchor};
use crate::diagnostic::Diagnostics;

/// Lists of Pods and Services that are merged by one key.
const MERGED_LISTS: &[(&str, &str)] = &[
    ("containers", "name"),
    ("initContainers", "name"),
    ("ephemeralContainers", "name"),
    ("volumes", "name"),
    ("env", "name"),
    ("imagePullSecrets", "name"),
    ("volumeMounts", "mountPath"),
    ("volumeDevices", "devicePath"),
    ("hostAliases", "ip"),
];

/// Looks at a whole overlay.
pub(super) fn check(overlay: &Node, diagnostics: &mut Diagnostics) {
    if !changes(overlay) {
        diagnostics.report(NoChange { span: head(overlay).to(innermost(overlay)) });
    }
    super::anchor::check_overlay(overlay, diagnostics);
    check_part(overlay, diagnostics);
}

/// Whether an overlay changes some object. Empty objects are dropped, and conditions change nothing.
fn changes(overlay: &Node) -> bool {
    match &overlay.value {
        NodeValue::Map(entries) => entries.iter().any(|entry| {
            let kind = anchor::parse(entry.key.as_str()).map(|(kind, _)| kind);
            !matches!(kind, Some(AnchorKind::Conditional | AnchorKind::Global)) && changes(&entry.value)
        }),
        NodeValue::List(items) => items.is_empty() || items.iter().any(changes),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => true,
    }
}

/// Looks at a part of an overlay. Parsing bounds how deeply overlays nest.
fn check_part(overlay: &Node, diagnostics: &mut Diagnostics) {
    for entry in overlay.entries() {
        let anchor = anchor::parse(entry.key.as_str()).map(|(kind, _)| kind);
        match anchor {
            // The value of a condition is a pattern, which knows all anchors.
            Some(AnchorKind::Conditional | AnchorKind::Global) => continue,
            Some(AnchorKind::Equality | AnchorKind::Existence | AnchorKind::Negation) => {
                let key = entry.key.as_str().to_owned();
                diagnostics.report(UnknownPatchAnchor { span: entry.key.span(), key });
            }
            Some(AnchorKind::AddIfAbsent) | None => {}
        }
        match &entry.value.value {
            NodeValue::Map(members) if members.is_empty() => {
                diagnostics.report(DroppedEmptyObject { span: entry.value.span });
            }
            NodeValue::Map(_) => check_part(&entry.value, diagnostics),
            NodeValue::List(items) => check_list(entry, items, diagnostics),
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {}
        }
    }
}

fn check_list(entry: &Entry, items: &[Node], diagnostics: &mut Diagnostics) {
    if items.first().is_none_or(|first| first.as_map().is_none()) {
        return;
    }
    let mut conditional = items.iter().filter(|item| has_anchor(item));
    if let (Some(first), Some(second)) = (conditional.next(), conditional.next()) {
        diagnostics.report(SeveralConditionalItems { span: head(second), first: head(first) });
    }
    let list = anchor::parse(entry.key.as_str()).map_or(entry.key.as_str(), |(_, list)| list);
    let key = MERGED_LISTS.iter().find(|(name, _)| *name == list).map(|&(_, key)| key);
    for item in items {
        if let Some(key) = key.filter(|key| item.as_map().is_some() && !has_anchor(item) && !decides(item, key)) {
            diagnostics.report(ItemWithoutKey { span: head(item), list: list.to_owned(), key });
        }
        check_part(item, diagnostics);
    }
}

/// Whether an item names its counterpart, or says what becomes of the list.
fn decides(item: &Node, key: &str) -> bool {
    item.entries().iter().any(|entry| {
        let name = entry.key.as_str();
        name == key || name == "$patch" || name.contains("{{")
    })
}

/// Whether an item has an anchor that patches know, at any depth.
fn has_anchor(node: &Node) -> bool {
    let known = |key: &str| {
        matches!(anchor::parse(key), Some((AnchorKind::Conditional | AnchorKind::Global | AnchorKind::AddIfAbsent, _)))
    };
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => false,
        NodeValue::List(items) => items.iter().any(has_anchor),
        NodeValue::Map(entries) => entries.iter().any(|entry| known(entry.key.as_str()) || has_anchor(&entry.value)),
    }
}

/// The first key of the first of all objects within an overlay. Parsing bounds how deeply it nests.
fn innermost(node: &Node) -> dikast_grammar::Span {
    match &node.value {
        NodeValue::Map(entries) => match entries.first() {
            Some(entry) if entry.value.as_map().is_some() || entry.value.as_list().is_some() => innermost(&entry.value),
            Some(entry) => entry.key.span(),
            None => node.span,
        },
        NodeValue::List(items) => items.first().map_or(node.span, innermost),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {
            node.span
        }
    }
}

fn head(item: &Node) -> dikast_grammar::Span {
    item.entries().first().map_or(item.span, |entry| entry.key.span())
}
