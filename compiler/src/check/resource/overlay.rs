//! Strategic merges and objects to generate against types.

use dikast_grammar::Span;
use dikast_grammar::anchor::AnchorKind;
use dikast_grammar::yaml::{Entry, Node, NodeValue};
use dikast_stdlib::Value;

use super::fault::{MissingPart, ReplacedList, WrongValue};
use super::scalar::{Fit, fit_of_value, help_for, written};
use super::{Checker, lookup};
use crate::schema::{Type, TypeId};

/// What becomes of what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// It is merged into what is there, and anchors count.
    Merged,
    /// Nothing else is there.
    Whole,
    /// It is compared with what is there.
    Compared,
}

impl Checker<'_, '_> {
    /// Holds what is written into an object against the types of its place, which `field` names. Parsing bounds how
    /// deeply overlays nest.
    pub(super) fn overlay(&mut self, node: &Node, types: &[TypeId], field: &str, manner: Manner) {
        match &node.value {
            NodeValue::Null => {}
            NodeValue::Map(entries) => {
                if self.takes_object(node, types, field) {
                    let is_for_some = self.findings.is_for_some;
                    self.findings.is_for_some |= super::has_condition(entries);
                    entries.iter().for_each(|entry| self.overlay_field(entry, types, manner));
                    self.findings.is_for_some = is_for_some;
                }
            }
            NodeValue::List(items) => {
                if let Some(types) = self.takes_list(node, types, field) {
                    for item in items {
                        if manner == Manner::Whole {
                            self.complete(item, &types, item.span);
                        }
                        self.overlay(item, &types, field, manner);
                    }
                }
            }
            NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {
                self.value(node, types, field);
            }
        }
    }

    fn overlay_field(&mut self, entry: &Entry, types: &[TypeId], manner: Manner) {
        // Directives of strategic merges.
        if manner == Manner::Merged && entry.key.as_str().starts_with('$') {
            return;
        }
        let Some((anchor, types)) = self.key(entry, types, false) else { return };
        let raw = entry.key.as_str();
        let name = dikast_grammar::anchor::parse(raw).map_or(raw, |(_, name)| name);
        match anchor {
            Some(AnchorKind::Conditional | AnchorKind::Global) if manner == Manner::Merged => {
                self.match_pattern(&entry.value, &types, name);
            }
            None | Some(AnchorKind::AddIfAbsent) => {
                if manner == Manner::Whole {
                    self.complete(&entry.value, &types, entry.key.span());
                }
                if manner == Manner::Merged && anchor.is_none() {
                    self.replaced(entry, &types, name);
                }
                self.overlay(&entry.value, &types, name, manner);
            }
            // Lints tell of these.
            Some(_) => {}
        }
    }

    /// Tells of a list of objects whose items nothing tells apart, so that what was there is lost.
    fn replaced(&mut self, entry: &Entry, types: &[TypeId], field: &str) {
        let graph = self.graph();
        let is_replaced = |ty: &TypeId| match graph.ty(*ty) {
            Type::List { item, keys } => keys.is_empty() && graph.object(*item).is_some(),
            _ => false,
        };
        let Some([first, ..]) = entry.value.as_list() else { return };
        if first.as_map().is_some() && types.iter().all(is_replaced) {
            self.findings.report(ReplacedList { span: entry.key.span(), field: field.to_owned() });
        }
    }

    /// Tells of fields that an object of these types must have and this one has not. `place` is where it begins.
    pub(super) fn complete(&mut self, node: &Node, types: &[TypeId], place: Span) {
        let Some(entries) = node.as_map() else { return };
        let head = entries.first().map(|entry| entry.key.span());
        if entries.iter().any(|entry| self.is_variable(&entry.key)) {
            return;
        }
        let graph = self.graph();
        let Some(object) = types.first().and_then(|ty| graph.object(*ty)) else { return };
        let required = object.fields.iter().filter(|field| field.required).map(|field| graph.name(field.name));
        for field in required.filter(|field| lookup::is_always_there(graph, types, field)) {
            if node.get(field).is_none() {
                let owner = types.first().map_or(String::new(), |ty| graph.title(*ty));
                let span = head.map_or(place, |head| place.to(head));
                self.findings.report(MissingPart { span, owner, field: field.to_owned() });
            }
        }
    }

    fn value(&mut self, node: &Node, types: &[TypeId], field: &str) {
        if node.as_text().is_some_and(|text| self.is_variable(text)) {
            return;
        }
        let graph = self.graph();
        let mut wanted = String::new();
        for ty in types {
            match fit_of_value(graph, *ty, node) {
                Fit::Fits => return,
                Fit::Never { expected } => wanted = expected,
            }
        }
        let is_structure = |ty: &TypeId| matches!(graph.ty(*ty), Type::List { .. } | Type::Map(_) | Type::Object(_));
        if types.iter().all(is_structure) {
            let help =
                types.iter().any(|ty| matches!(graph.ty(*ty), Type::List { .. })).then(|| "write a list".to_owned());
            return self.wrong_structure(node, types, field, "a single value", help);
        }
        let value = Value::from(node);
        let found = match node.as_str() {
            Some(text) => format!("the text `{text}`"),
            None => format!("the {} `{}`", node.type_name(), written(&value)),
        };
        let help = help_for(graph, types, &value);
        let fixed = self.requoted(node, types);
        self.findings.report(WrongValue {
            span: node.span,
            field: field.to_owned(),
            expected: wanted,
            found,
            help,
            fixed,
        });
    }

    /// The value with quotes, or without.
    pub(super) fn requoted(&self, node: &Node, types: &[TypeId]) -> Option<String> {
        let graph = self.graph();
        let is_text = |ty: &TypeId| matches!(graph.ty(*ty), Type::Text(_));
        match &node.value {
            NodeValue::Bool(_) | NodeValue::Int(_) if types.iter().all(is_text) => {
                Some(format!("\"{}\"", written(&Value::from(node))))
            }
            NodeValue::Text(text) => {
                let fits = types.iter().all(|ty| match graph.ty(*ty) {
                    Type::Bool => matches!(text.as_str(), "true" | "false"),
                    Type::Integer(_) => text.as_str().parse::<i64>().is_ok(),
                    _ => false,
                });
                fits.then(|| text.as_str().to_owned())
            }
            _ => None,
        }
    }
}
