//! Context entries that nobody asks for, or that another one hides.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, NodeValue, Text};

use super::fault::{ShadowedEntry, UnusedEntry};
use crate::diagnostic::Diagnostics;
use crate::lower::names_entry;

/// How many bytes are read in search of the names of a list. Each name is looked for in all of the rule, so longer lists of
/// larger rules than anyone writes are not looked at.
const MOST_READ: usize = 20_000_000;

/// Looks at the entries of a rule and of the loops and targets in it.
pub(super) fn check(rule: &Node, diagnostics: &mut Diagnostics) {
    Looker { diagnostics, visible: Vec::new() }.node(rule);
}

struct Looker<'d, 'n> {
    diagnostics: &'d mut Diagnostics,
    /// Entries of the lists around the place.
    visible: Vec<&'n Text>,
}

impl<'n> Looker<'_, 'n> {
    /// Looks for lists of entries, outer ones first. Parsing bounds how deeply documents nest.
    fn node(&mut self, node: &'n Node) {
        let outer = self.visible.len();
        if let Some(entries) = node.get("context").and_then(Node::as_list) {
            self.list(node, entries);
        }
        for entry in node.entries() {
            // Free-form documents have no entries of their own.
            let is_plain = matches!(entry.key.as_str(), "validate" | "mutate" | "generate" | "foreach" | "targets");
            if is_plain {
                self.node(&entry.value);
            }
        }
        node.items().iter().for_each(|item| self.node(item));
        self.visible.truncate(outer);
    }

    /// `owner` is the rule, loop or target in which the entries are known.
    fn list(&mut self, owner: &'n Node, entries: &'n [Node]) {
        let named: Vec<(&Text, &Node)> =
            entries.iter().filter_map(|entry| Some((entry.get("name")?.as_text()?, entry))).collect();
        let length = (owner.span.end - owner.span.start) as usize;
        let looked_at = if named.len().saturating_mul(length) <= MOST_READ { named.as_slice() } else { &[] };
        for (at, &(name, _)) in looked_at.iter().enumerate() {
            let text = name.as_str();
            let later: Vec<_> = named.iter().skip(at + 1).collect();
            let again = later.iter().position(|(other, _)| *other == name);
            let asked_before =
                |until: usize| later.iter().take(until).any(|(_, entry)| asks(entry, text, Asked::Document));
            if let Some(again) = again {
                if !asked_before(again + 1)
                    && let Some((hiding, _)) = later.get(again)
                {
                    self.report_shadow(hiding.span(), name);
                }
            } else if !asked_before(later.len()) && !asks(owner, text, Asked::Owner) {
                self.diagnostics.report(UnusedEntry { span: name.span(), name: text.to_owned() });
            }
            let outer = self.visible.iter().find(|outer| **outer == name).copied();
            if let Some(outer) =
                outer.filter(|_| !named.iter().take(at + 1).any(|(_, entry)| asks(entry, text, Asked::Document)))
            {
                self.report_shadow(name.span(), outer);
            }
        }
        self.visible.extend(named.iter().map(|(name, _)| *name));
    }

    fn report_shadow(&mut self, span: Span, hidden: &Text) {
        self.diagnostics.report(ShadowedEntry { span, name: hidden.as_str().to_owned(), hidden: hidden.span() });
    }
}

/// What a node is to the question whether it asks for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// The rule, loop or target whose entries are looked at; these themselves do not count.
    Owner,
    /// A document with variables in its texts.
    Document,
    /// An expression.
    Query,
}

/// Whether some text in a document asks for an entry. Names of entries are passed over.
fn asks(node: &Node, name: &str, asked: Asked) -> bool {
    match &node.value {
        NodeValue::Text(text) if asked == Asked::Query => names_entry(text.as_str(), name),
        NodeValue::Text(text) => variables_ask(text.as_str(), name),
        NodeValue::List(items) => items.iter().any(|item| asks(item, name, Asked::Document)),
        NodeValue::Map(entries) => {
            let is_entry = ["variable", "configMap", "apiCall", "imageRegistry", "globalReference"]
                .iter()
                .any(|source| node.get(source).is_some());
            entries.iter().any(|entry| match entry.key.as_str() {
                "context" if asked == Asked::Owner => false,
                "name" if is_entry => false,
                "jmesPath" | "list" => asks(&entry.value, name, Asked::Query),
                key => variables_ask(key, name) || asks(&entry.value, name, Asked::Document),
            })
        }
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => false,
    }
}

/// Whether a text asks for an entry between its first and its last braces.
fn variables_ask(text: &str, name: &str) -> bool {
    let variables = text.find("{{").and_then(|start| text.get(start..));
    variables.is_some_and(|variables| {
        names_entry(variables.rfind("}}").and_then(|end| variables.get(..end)).unwrap_or(variables), name)
    })
}
