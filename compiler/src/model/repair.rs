//! Documents with faults in their fields, as they were probably meant.
//!
//! Such a document is not used. What is independent of its faults is checked all the same, so that an author sees every
//! mistake at once: a misspelt field is read as the one that it resembles, what has no meaning is left out.

use std::collections::{HashMap, HashSet};

use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};

use super::node::Fields;
use crate::diagnostic::{Code, Diagnostic, code};

/// What is done about a fault.
#[derive(Clone, Debug)]
pub(super) enum Repair {
    /// A key is read as another one.
    Rename(&'static str),
    /// A value is read as the only item of a list.
    Wrap,
    /// A value is read as a text.
    AsText(String),
    /// A field or value is left out.
    Drop,
    /// Something that is not there: there is nothing to change.
    Missed,
}

/// Repairs by the place of the key or value that they speak of.
#[derive(Clone, Debug, Default)]
pub(super) struct Repairs(HashMap<Span, Repair>);

/// A document that is not used, in a form in which it can be checked.
#[derive(Clone, Debug)]
pub(crate) struct Damaged {
    /// The document with its repairs.
    pub(super) node: Node,
    /// Places of which something was left out or is missing.
    lost: Vec<Span>,
    /// All places of which something was said already.
    told: HashSet<Span>,
}

impl Repairs {
    /// Notes a repair.
    pub(super) fn note(&mut self, place: Span, repair: Repair) {
        self.0.insert(place, repair);
    }

    /// Repairs a document.
    pub(super) fn repaired(self, document: &Node) -> Damaged {
        let is_loss = |repair: &Repair| matches!(repair, Repair::Drop | Repair::Missed | Repair::Wrap);
        let lost = self.0.iter().filter(|(_, repair)| is_loss(repair)).map(|(place, _)| *place).collect();
        let told = self.0.keys().copied().collect();
        let mut node = document.clone();
        self.apply(&mut node);
        name_what_has_no_name(&mut node);
        Damaged { node, lost, told }
    }

    /// Parsing bounds how deeply documents nest.
    fn apply(&self, node: &mut Node) {
        match &mut node.value {
            NodeValue::Map(entries) => entries.retain_mut(|entry| self.keep(entry)),
            NodeValue::List(items) => items.retain_mut(|item| self.keep_value(item)),
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {}
        }
    }

    fn keep(&self, entry: &mut Entry) -> bool {
        match self.0.get(&entry.key.span()) {
            Some(Repair::Rename(name)) => entry.key = Text::standing_for(*name, entry.key.span()),
            Some(Repair::Drop) => return false,
            Some(Repair::Wrap | Repair::AsText(_) | Repair::Missed) | None => {}
        }
        self.keep_value(&mut entry.value)
    }

    fn keep_value(&self, node: &mut Node) -> bool {
        self.apply(node);
        match self.0.get(&node.span) {
            Some(Repair::Drop) => return false,
            Some(Repair::AsText(text)) => {
                node.value = NodeValue::Text(Text::standing_for(text.as_str(), node.span));
            }
            Some(Repair::Wrap) if node.as_list().is_none() => node.value = NodeValue::List(vec![node.clone()]),
            Some(Repair::Wrap | Repair::Rename(_) | Repair::Missed) | None => {}
        }
        true
    }
}

/// A policy or rule is known by its name; without one it would not be read at all.
fn name_what_has_no_name(document: &mut Node) {
    let head = document.span;
    let NodeValue::Map(entries) = &mut document.value else { return };
    if !entries.iter().any(|entry| entry.key == *"metadata" && entry.value.as_map().is_some()) {
        entries.retain(|entry| entry.key != *"metadata");
        let metadata = Node { value: NodeValue::Map(Vec::new()), span: head };
        entries.push(Entry { key: Text::standing_for("metadata", head), value: metadata });
    }
    for entry in entries {
        if entry.key == *"metadata" {
            ensure_name(&mut entry.value);
        } else if entry.key == *"spec"
            && let NodeValue::Map(spec) = &mut entry.value.value
            && let Some(rules) = spec.iter_mut().find(|entry| entry.key == *"rules")
            && let NodeValue::List(rules) = &mut rules.value.value
        {
            rules.iter_mut().for_each(ensure_name);
        }
    }
}

fn ensure_name(node: &mut Node) {
    let (span, is_named) = (node.span, node.text("name").is_some());
    if let (NodeValue::Map(entries), false) = (&mut node.value, is_named) {
        entries.retain(|entry| entry.key != *"name");
        let value = Node { value: NodeValue::Text(Text::standing_for("", span)), span };
        entries.push(Entry { key: Text::standing_for("name", span), value });
    }
}

impl Damaged {
    /// Whether a finding in the repaired document is one in the written document too: not a consequence of what was
    /// left out.
    pub(crate) fn vouches_for(&self, found: &Diagnostic) -> bool {
        if self.told.contains(&found.span) {
            return false;
        }
        if !speaks_of_absence(found.code) {
            return true;
        }
        let rules = self.node.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
        let rule = rules.iter().find(|rule| rule.span.contains(found.span));
        let Some(rule) = rule else { return self.lost.is_empty() };
        let is_outside = |lost: &Span| rules.iter().all(|rule| !rule.span.contains(*lost));
        match found.code {
            code::UNDEFINED_VARIABLE => !self.lost.iter().any(|lost| stands_in_context(rule, *lost)),
            _ => !self.lost.iter().any(|lost| rule.span.contains(*lost) || is_outside(lost)),
        }
    }
}

/// Whether a code says that something is not there, or follows from that.
fn speaks_of_absence(code: Code) -> bool {
    matches!(
        code,
        code::MISSING_FIELD
            | code::EMPTY_FIELD
            | code::UNDEFINED_VARIABLE
            | code::UNUSED_ENTRY
            | code::NOTHING_ASKED
            | code::NO_CHANGE
            | code::CLONE_WITHOUT_NAMESPACE
            | code::NEVER_MATCHES
            | code::PREEMPTED_RULE
            | code::NO_EFFECT
            | code::NOT_DESCRIBED
            | code::MISSING_PART
    )
}

/// Whether a place is in one of the contexts of a rule.
fn stands_in_context(node: &Node, place: Span) -> bool {
    if !node.span.contains(place) {
        return false;
    }
    let in_entry = |entry: &Entry| {
        (entry.key == *"context" && entry.value.span.contains(place)) || stands_in_context(&entry.value, place)
    };
    node.entries().iter().any(in_entry) || node.items().iter().any(|item| stands_in_context(item, place))
}
