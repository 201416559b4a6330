//! Validation patterns.
//!
//! A pattern with fixed keys becomes a tree of predicates whose leaves are parsed here. Variables in leaves become
//! leaves that are evaluated before matching begins. Where a variable could change the shape of the pattern (in a key,
//! at the head of a list) the pattern or the list stays one document.

use std::borrow::Cow;

use dikast_grammar::anchor::{self, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue};
use dikast_stdlib::Value;
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::wildcard;

use super::expression::reference::{self, Numbers};
use super::{Lowering, Scope};
use crate::diagnostic::Diagnostics;
use crate::ir::{Anchor, Builder, ExprId, Field, MapPattern, Pattern, PatternId, Program};

/// A pattern in which nothing is left to substitute, as a program of its own.
pub fn lower_pattern(node: &Node) -> (Program, PatternId) {
    let mut builder = Builder::new();
    let mut diagnostics = Diagnostics::default();
    let mut lowering = Lowering { builder: &mut builder, diagnostics: &mut diagnostics };
    let pattern = lowering.pattern(node, &Scope::default(), "");
    (builder.finish(), pattern)
}

impl Lowering<'_> {
    /// A whole pattern, which is substituted as one document.
    pub(super) fn whole_pattern(&mut self, node: &Node, scope: &Scope) -> PatternId {
        match self.without_references(node) {
            Ok(node) => self.pattern_at(&node, scope, ""),
            Err(failure) => self.builder.pattern(Pattern::Dynamic(failure), Some(node.span)),
        }
    }

    /// The patterns of `anyPattern`, which are substituted as one list.
    pub(super) fn any_pattern(&mut self, patterns: &[Node], scope: &Scope) -> Vec<PatternId> {
        let Some(first) = patterns.first() else { return Vec::new() };
        let list = Node { value: NodeValue::List(patterns.to_vec()), span: first.span };
        let list = match self.without_references(&list) {
            Ok(list) => list,
            Err(failure) => return vec![self.builder.pattern(Pattern::Dynamic(failure), Some(list.span))],
        };
        let lower = |(index, node): (usize, &Node)| self.pattern_at(node, scope, &format!("/{index}"));
        list.items().iter().enumerate().map(lower).collect()
    }

    /// The document with its references replaced, or the error that it is when it is substituted.
    fn without_references<'n>(&mut self, node: &'n Node) -> Result<Cow<'n, Node>, ExprId> {
        match reference::resolve(node, Numbers::AsWritten) {
            Ok(resolved) => Ok(resolved.map_or(Cow::Borrowed(node), Cow::Owned)),
            Err(fault) => {
                let failure = self.builder.fail(&fault.message, Some(fault.span));
                self.diagnostics.report(fault);
                Err(failure)
            }
        }
    }

    /// A pattern whose references are replaced already. With variables in its keys it stays one document: they could
    /// make anchors, or the same key twice.
    fn pattern_at(&mut self, node: &Node, scope: &Scope, path: &str) -> PatternId {
        if has_fixed_shape(node) { self.pattern(node, scope, path) } else { self.dynamic_pattern(node, scope, path) }
    }

    fn dynamic_pattern(&mut self, node: &Node, scope: &Scope, path: &str) -> PatternId {
        let document = self.variables(node, scope, path);
        self.builder.pattern(Pattern::Dynamic(document), Some(node.span))
    }

    /// Parsing bounds how deeply patterns nest.
    fn pattern(&mut self, node: &Node, scope: &Scope, path: &str) -> PatternId {
        let pattern = match &node.value {
            NodeValue::Map(entries) => self.map_pattern(entries, scope, path),
            NodeValue::List(items) => match self.list_pattern(items, scope, path) {
                Some(pattern) => pattern,
                None => return self.dynamic_pattern(node, scope, path),
            },
            NodeValue::Text(text) if has_braces(text.as_str()) => {
                let leaf = self.template(text, scope, path);
                match self.builder.as_constant(leaf).cloned() {
                    Some(value) => self.scalar_pattern(&value),
                    None => Pattern::Dynamic(leaf),
                }
            }
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {
                self.scalar_pattern(&super::constant::value_of(node))
            }
        };
        self.builder.pattern(pattern, Some(node.span))
    }

    fn scalar_pattern(&mut self, value: &Value) -> Pattern {
        Pattern::Scalar(self.builder.scalar(ScalarPattern::new(value)))
    }

    /// Only the first item counts, unless it is a list (Kyverno `pkg/engine/validate/validate.go`, `validateArray`).
    /// Nothing when variables leave open what kind of item it is, when an item that does not count must still be
    /// substituted, or when only such an item has anchors, as these move the list ahead of its neighbours.
    fn list_pattern(&mut self, items: &[Node], scope: &Scope, path: &str) -> Option<Pattern> {
        let Some((first, rest)) = items.split_first() else { return Some(Pattern::EmptyList) };
        if first.as_list().is_some() {
            return Some(Pattern::Positional(self.all_patterns(items, scope, path)));
        }
        let anchors_behind = || rest.iter().any(has_anchors) && !has_anchors(first);
        if first.as_str().is_some_and(has_braces) || rest.iter().any(has_template) || anchors_behind() {
            return None;
        }
        let pattern = self.pattern(first, scope, &format!("{path}/0"));
        Some(if first.as_map().is_some() { Pattern::EachMap(pattern) } else { Pattern::EachScalar(pattern) })
    }

    fn all_patterns(&mut self, items: &[Node], scope: &Scope, path: &str) -> Vec<PatternId> {
        items.iter().enumerate().map(|(index, item)| self.pattern(item, scope, &format!("{path}/{index}"))).collect()
    }

    fn map_pattern(&mut self, entries: &[Entry], scope: &Scope, path: &str) -> Pattern {
        let mut sorted: Vec<&Entry> = entries.iter().collect();
        sorted.sort_by(|left, right| left.key.as_str().cmp(right.key.as_str()));
        let mut anchored = Vec::new();
        let mut ahead = Vec::new();
        let mut plain = Vec::new();
        for entry in sorted {
            let field = self.field(entry, scope, path);
            match field.anchor {
                Anchor::Conditional | Anchor::Equality | Anchor::Existence | Anchor::Negation => anchored.push(field),
                Anchor::Global => ahead.push(field),
                Anchor::None | Anchor::AddIfAbsent if has_anchors(&entry.value) => ahead.push(field),
                Anchor::None | Anchor::AddIfAbsent => plain.push(field),
            }
        }
        // Kyverno pushes each of these to the front of its list, one after the other.
        let fields = ahead.into_iter().rev().chain(plain).collect();
        Pattern::Map(MapPattern { anchored, fields, expand_metadata: expands_metadata(entries) })
    }

    fn field(&mut self, entry: &Entry, scope: &Scope, path: &str) -> Field {
        let raw = entry.key.as_str();
        let (anchor, name) = match anchor::parse(raw) {
            Some((AnchorKind::Conditional, name)) => (Anchor::Conditional, name),
            Some((AnchorKind::Global, name)) => (Anchor::Global, name),
            Some((AnchorKind::Equality, name)) => (Anchor::Equality, name),
            Some((AnchorKind::Existence, name)) => (Anchor::Existence, name),
            Some((AnchorKind::Negation, name)) => (Anchor::Negation, name),
            // Validation does not know it: the field is looked up under the whole text.
            Some((AnchorKind::AddIfAbsent, _)) | None => (Anchor::None, raw),
        };
        let path = format!("{path}/{}", raw.replace('/', "\\/"));
        let pattern = match entry.value.as_list() {
            // Here each item of the list needs a witness, so none may be dropped.
            Some(items) if anchor == Anchor::Existence => {
                let items = self.all_patterns(items, scope, &path);
                self.builder.pattern(Pattern::Positional(items), Some(entry.value.span))
            }
            _ => self.pattern(&entry.value, scope, &path),
        };
        Field {
            anchor,
            name: self.builder.name(name),
            raw: self.builder.name(raw),
            pattern,
            any_value: anchor == Anchor::None && entry.value.as_str() == Some("*"),
        }
    }
}

/// Whether a text holds a variable, or an escaped one.
pub(super) fn has_braces(text: &str) -> bool {
    text.contains("{{")
}

/// Whether no key holds a variable.
fn has_fixed_shape(node: &Node) -> bool {
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => true,
        NodeValue::List(items) => items.iter().all(has_fixed_shape),
        NodeValue::Map(entries) => {
            entries.iter().all(|entry| !has_braces(entry.key.as_str()) && has_fixed_shape(&entry.value))
        }
    }
}

/// Whether a variable stands anywhere in a document, keys included.
pub(super) fn has_template(node: &Node) -> bool {
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => false,
        NodeValue::Text(text) => has_braces(text.as_str()),
        NodeValue::List(items) => items.iter().any(has_template),
        NodeValue::Map(entries) => {
            entries.iter().any(|entry| has_braces(entry.key.as_str()) || has_template(&entry.value))
        }
    }
}

/// Whether a key of the pattern has an anchor that validation knows, at any depth.
fn has_anchors(node: &Node) -> bool {
    let known = |key: &str| anchor::parse(key).is_some_and(|(kind, _)| kind != AnchorKind::AddIfAbsent);
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => false,
        NodeValue::List(items) => items.iter().any(has_anchors),
        NodeValue::Map(entries) => entries.iter().any(|entry| known(entry.key.as_str()) || has_anchors(&entry.value)),
    }
}

/// Whether the labels or annotations below change when Kyverno looks up wildcards in their keys
/// (`pkg/engine/wildcards/wildcards.go`, `ExpandInMetadata`): a wildcard is replaced by a key of the resource, and
/// values that are not text are dropped.
fn expands_metadata(entries: &[Entry]) -> bool {
    let Some(metadata) = undecorated(entries, "metadata").map(Node::entries) else { return false };
    ["labels", "annotations"].into_iter().any(|name| {
        let members = undecorated(metadata, name).map(Node::entries).unwrap_or_default();
        members.iter().any(|entry| {
            let is_text = entry.value.as_str().is_some_and(|text| !has_braces(text));
            wildcard::is_wildcard(entry.key.as_str()) || !is_text
        })
    })
}

/// The value of a key, decorated with an anchor or not.
fn undecorated<'n>(entries: &'n [Entry], name: &str) -> Option<&'n Node> {
    let is_name = |key: &str| key == name || anchor::parse(key).is_some_and(|(_, inner)| inner == name);
    entries.iter().find(|entry| is_name(entry.key.as_str())).map(|entry| &entry.value)
}
