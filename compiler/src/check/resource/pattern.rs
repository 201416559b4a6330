//! Patterns against types.

use std::rc::Rc;

use dikast_grammar::Span;
use dikast_grammar::anchor::{self, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};
use dikast_stdlib::Value;
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::wildcard::is_wildcard;

use super::fault::{
    AbsentSatisfies, ImpossibleKey, ImpossibleValue, QuotedValue, UnknownKey, WildcardOnNumber, WrongKey,
    WrongStructure,
};
use super::scalar::{Fit, asks_order, fit_of_pattern};
use super::{Checker, lookup};
use crate::lint::is_regex;
use crate::schema::{Format, Graph, Type, TypeId};

impl Checker<'_, '_> {
    /// Holds a pattern against the types of what it is matched with, which `field` names. Parsing bounds how deeply
    /// patterns nest.
    pub(super) fn match_pattern(&mut self, node: &Node, types: &[TypeId], field: &str) {
        match &node.value {
            NodeValue::Null => {}
            NodeValue::Map(entries) => {
                if self.takes_object(node, types, field) {
                    let is_for_some = self.findings.is_for_some;
                    self.findings.is_for_some |= super::has_condition(entries);
                    entries.iter().for_each(|entry| self.match_field(entry, types));
                    self.findings.is_for_some = is_for_some;
                }
            }
            NodeValue::List(items) => {
                if let Some(types) = self.takes_list(node, types, field) {
                    items.iter().for_each(|item| self.match_pattern(item, &types, field));
                }
            }
            NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {
                self.match_scalar(node, types, field);
            }
        }
    }

    fn match_field(&mut self, entry: &Entry, types: &[TypeId]) {
        let of = types;
        let (kind, types) = match self.key(entry, types, true) {
            Some(found) => found,
            None => return,
        };
        let name = anchor::parse(entry.key.as_str()).map_or(entry.key.as_str(), |(_, name)| name);
        match kind {
            // Whatever it says, the field must not be there.
            Some(AnchorKind::Negation) => {}
            Some(AnchorKind::Existence) => {
                if let Some(types) = self.takes_list(&entry.value, &types, name) {
                    entry.value.items().iter().for_each(|item| self.match_pattern(item, &types, name));
                }
            }
            _ => {
                if kind.is_none() && !lookup::is_always_there(self.graph(), of, name) {
                    self.absent(&entry.value, &types, name);
                }
                self.match_pattern(&entry.value, &types, name);
                // What labels and other free fields hold may well be numbers.
                if !of.iter().any(|ty| matches!(self.graph().ty(*ty), Type::Any | Type::Map(_))) {
                    self.ordered(&entry.value, &types, name);
                }
            }
        }
    }

    /// The anchor of a key and the types of the field; nothing when there is no such field, or it is not known which.
    pub(super) fn key(
        &mut self,
        entry: &Entry,
        types: &[TypeId],
        with_wildcards: bool,
    ) -> Option<(Option<AnchorKind>, Vec<TypeId>)> {
        let raw = entry.key.as_str();
        self.key = Some((entry.key.span(), entry.value.span));
        let (kind, name) = anchor::parse(raw).map_or((None, raw), |(kind, name)| (Some(kind), name));
        if self.is_variable(&entry.key) || with_wildcards && is_wildcard(name) {
            // What a map holds does not depend on the key.
            let graph = self.graph();
            let value = |ty: &TypeId| match graph.ty(*ty) {
                Type::Map(value) => Some(*value),
                _ => None,
            };
            let values = types.iter().map(value).collect::<Option<Vec<_>>>()?;
            return Some((kind, values));
        }
        match lookup::field(self.graph(), types, name) {
            Some(found) => {
                let start = raw.find(name).unwrap_or_default();
                let span = entry.key.span_of(start..start + name.len());
                self.key_of_map(name, span, types, with_wildcards);
                if matches!(kind, None | Some(AnchorKind::Existence | AnchorKind::AddIfAbsent)) {
                    let subject = Rc::clone(&self.subject);
                    self.findings.lacked_by_some(self.schemas.graph(), types, name, span, &subject);
                }
                Some((kind, found))
            }
            None => {
                let root = Rc::clone(&self.subject);
                let missing = self.findings.missing(self.graph(), types, name, &root);
                let start = raw.find(name).unwrap_or_default();
                let span = entry.key.span_of(start..start + name.len());
                self.findings.report(UnknownKey { span, name: name.to_owned(), missing });
                None
            }
        }
    }

    /// Whether an object can be of these types; tells when not.
    pub(super) fn takes_object(&mut self, node: &Node, types: &[TypeId], field: &str) -> bool {
        let graph = self.graph();
        if types.iter().any(|ty| matches!(graph.ty(*ty), Type::Any | Type::Object(_) | Type::Map(_))) {
            return true;
        }
        let is_list = types.iter().any(|ty| matches!(graph.ty(*ty), Type::List { .. }));
        let help = is_list.then(|| "begin each item with `- `".to_owned());
        self.wrong_structure(node, types, field, "an object", help);
        false
    }

    /// The types of the items where a list can be of these types; tells when not.
    pub(super) fn takes_list(&mut self, node: &Node, types: &[TypeId], field: &str) -> Option<Vec<TypeId>> {
        let found = lookup::items(self.graph(), types);
        if found.is_none() {
            let help = node.as_list().map(|_| "write it without the `- `".to_owned());
            self.wrong_structure(node, types, field, if help.is_some() { "a list" } else { "one" }, help);
        }
        found
    }

    pub(super) fn wrong_structure(
        &mut self,
        node: &Node,
        types: &[TypeId],
        field: &str,
        found: &'static str,
        help: Option<String>,
    ) {
        let expected = types.first().map_or("nothing", |ty| self.graph().words(*ty)).to_owned();
        // The whole of an object or a list would underline too much.
        let head = |node: &Node| match &node.value {
            NodeValue::Map(entries) => entries.first().map_or(node.span, |entry| entry.key.span()),
            _ => node.span,
        };
        let span = match (&node.value, self.key) {
            // It may begin on a line below; what is wrong there is the field.
            (NodeValue::List(_) | NodeValue::Map(_), Some((key, value))) if value == node.span => key,
            (NodeValue::List(items), _) => items.first().map_or(node.span, head),
            _ => head(node),
        };
        self.findings.report(WrongStructure { span, field: field.to_owned(), expected, found, help });
    }

    fn match_scalar(&mut self, node: &Node, types: &[TypeId], field: &str) {
        // The lint of patterns tells of regular expressions.
        if node.as_text().is_some_and(|text| self.is_variable(text) || is_regex(text.as_str())) {
            return;
        }
        // A list is satisfied when its items are.
        let graph = self.graph();
        let items: Vec<TypeId> =
            types.iter().flat_map(|ty| lookup::items(graph, &[*ty]).unwrap_or(vec![*ty])).collect();
        if let Some(text) = node.as_text().filter(|text| text.as_str().contains(['|', '&', '!']))
            && self.match_parts(text, &items, field)
        {
            return;
        }
        let value = Value::from(node);
        if let Some(expected) = never(graph, &items, &value) {
            let written = match node.as_str() {
                Some(text) => format!("`{text}`"),
                None => format!("the {} `{}`", node.type_name(), super::scalar::written(&value)),
            };
            let help = super::scalar::help_for(graph, &items, &value);
            self.findings.report(ImpossibleValue { span: node.span, field: field.to_owned(), expected, written, help });
            return;
        }
        self.quoted(node, &items, field);
        if let Some(text) = node.as_text() {
            self.digits(text, &items, field);
        }
    }

    /// Tells of parts of a text that no value fits, or that exclude nothing. Gives whether there is one.
    fn match_parts(&mut self, text: &Text, types: &[TypeId], field: &str) -> bool {
        let graph = self.graph();
        let is_closed =
            |ty: &TypeId| matches!(graph.ty(*ty), Type::Bool | Type::Enum(_) | Type::Integer(_) | Type::Number);
        let whole = text.as_str();
        let (mut end, mut is_told) = (0, false);
        for part in whole.split(['|', '&']) {
            let start = end + (part.len() - part.trim_start().len());
            end += part.len() + 1;
            let part = part.trim();
            let (operand, start) = match part.strip_prefix('!') {
                Some(excluded) if types.iter().all(is_closed) => (excluded, start + 1),
                Some(_) => continue,
                None => (part, start),
            };
            if operand.is_empty() {
                continue;
            }
            if operand == "null" {
                continue;
            }
            let value = Value::text(operand);
            if let Some(expected) = never(graph, types, &value) {
                let span = text.span_of(start..start + operand.len());
                let (written, help) = (format!("`{operand}`"), super::scalar::help_for(graph, types, &value));
                self.findings.report(ImpossibleValue { span, field: field.to_owned(), expected, written, help });
                is_told = true;
            }
        }
        is_told
    }

    /// Tells of a key that no label and no annotation has.
    pub(super) fn key_of_map(&mut self, name: &str, span: Span, types: &[TypeId], in_pattern: bool) {
        let graph = self.graph();
        let mut what = "annotation";
        let refuses = |ty: &TypeId| match graph.ty(*ty) {
            Type::Map(value) => match graph.ty(*value) {
                Type::Text(format) => {
                    if *format == Format::Label {
                        what = "label";
                    }
                    !format.takes_key(name)
                }
                _ => false,
            },
            _ => false,
        };
        if types.iter().all(refuses) {
            let name = name.to_owned();
            match in_pattern {
                true => self.findings.report(ImpossibleKey { span, what, name }),
                false => self.findings.report(WrongKey { span, what, name }),
            }
        }
    }

    /// Tells of a pattern that an absent field satisfies: it is read as the number 0 beside numbers, sizes and durations.
    /// What excludes a value says nothing of absent ones, and at most so many of something may as well be none of it.
    fn absent(&mut self, node: &Node, types: &[TypeId], field: &str) {
        let Some(text) = node.as_text().filter(|text| !self.is_variable(text)) else { return };
        let graph = self.graph();
        let is_count = |ty: &TypeId| matches!(graph.ty(*ty), Type::Integer(bounds) if bounds.least >= 0);
        let only_excludes = || super::scalar::only_excludes(text.as_str(), types.iter().all(is_count));
        if ScalarPattern::new(&Value::text(text.as_str())).matches(&Value::Null) && !only_excludes() {
            let (pattern, field) = (text.as_str().to_owned(), field.to_owned());
            self.findings.report(AbsentSatisfies { span: node.span, pattern, field });
        }
    }

    /// Tells of a wildcard that stands for digits.
    fn digits(&mut self, text: &Text, types: &[TypeId], field: &str) {
        let is_number = |ty: &TypeId| matches!(self.graph().ty(*ty), Type::Integer(_) | Type::Number);
        if types.iter().all(is_number) && super::scalar::has_wildcard_for_digits(text.as_str()) {
            let (pattern, field) = (text.as_str().to_owned(), field.to_owned());
            self.findings.report(WildcardOnNumber { span: text.span(), field, pattern });
        }
    }

    /// Tells of an order that is asked of plain text.
    fn ordered(&mut self, node: &Node, types: &[TypeId], field: &str) {
        let graph = self.graph();
        let is_text = |ty: &TypeId| match graph.ty(*ty) {
            Type::Text(format) => *format == Format::Plain || !format.has_order(),
            other => matches!(other, Type::Enum(_)),
        };
        let Some(text) = node.as_text().filter(|text| !self.is_variable(text)) else { return };
        if asks_order(text.as_str()) && types.iter().all(is_text) {
            let (expected, written) = ("text".to_owned(), format!("`{text}`"));
            let help = Some("only numbers, quantities and durations have an order".to_owned());
            self.findings.report(ImpossibleValue { span: node.span, field: field.to_owned(), expected, written, help });
        }
    }

    /// Tells of a truth value or a number in quotes where the field is never text.
    fn quoted(&mut self, node: &Node, types: &[TypeId], field: &str) {
        let graph = self.graph();
        let Some(written) = self.requoted(node, types).filter(|_| node.as_text().is_some()) else { return };
        let expected = types.first().map_or("", |ty| graph.words(*ty)).to_owned();
        self.findings.report(QuotedValue { span: node.span, field: field.to_owned(), expected, written });
    }

    /// Whether a text holds something that is only known at run time.
    pub(super) fn is_variable(&self, text: &Text) -> bool {
        if let Some(covered) = &self.covered {
            return covered.is_variable(text.span());
        }
        text.as_str().contains("{{") || text.as_str().contains("$(")
    }
}

/// What values of these types are, when a pattern fits none of them.
fn never(graph: &Graph, types: &[TypeId], pattern: &Value) -> Option<String> {
    let mut expected = None;
    for ty in types {
        match fit_of_pattern(graph, *ty, pattern) {
            Fit::Fits => return None,
            Fit::Never { expected: words } => expected = Some(words),
        }
    }
    expected
}
