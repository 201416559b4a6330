//! Strategic merges and objects to generate against types.

use dikast_grammar::anchor::AnchorKind;
use dikast_grammar::yaml::{Entry, Node, NodeValue};
use dikast_stdlib::Value;

use super::Checker;
use super::fault::WrongValue;
use super::scalar::{Fit, fit_of_value, help_for, written};
use crate::schema::{Type, TypeId};

impl Checker<'_, '_> {
    /// Holds what is written into an object against the types of its place, which `field` names. Parsing bounds how
    /// deeply overlays nest.
    pub(super) fn overlay(&mut self, node: &Node, types: &[TypeId], field: &str, with_anchors: bool) {
        match &node.value {
            NodeValue::Null => {}
            NodeValue::Map(entries) => {
                if self.takes_object(node, types, field) {
                    entries.iter().for_each(|entry| self.overlay_field(entry, types, with_anchors));
                }
            }
            NodeValue::List(items) => {
                if let Some(types) = self.takes_list(node, types, field) {
                    items.iter().for_each(|item| self.overlay(item, &types, field, with_anchors));
                }
            }
            NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {
                self.value(node, types, field);
            }
        }
    }

    fn overlay_field(&mut self, entry: &Entry, types: &[TypeId], with_anchors: bool) {
        // Directives of strategic merges.
        if with_anchors && entry.key.as_str().starts_with('$') {
            return;
        }
        let Some((anchor, types)) = self.key(entry, types, false) else { return };
        let raw = entry.key.as_str();
        let name = dikast_grammar::anchor::parse(raw).map_or(raw, |(_, name)| name);
        match anchor {
            Some(AnchorKind::Conditional | AnchorKind::Global) if with_anchors => {
                self.match_pattern(&entry.value, &types, name);
            }
            None | Some(AnchorKind::AddIfAbsent) => self.overlay(&entry.value, &types, name, with_anchors),
            // Lints tell of these.
            Some(_) => {}
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
