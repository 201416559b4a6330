//! The places at which a rule can go two ways: conditions, alternatives of `anyPattern`, turns of loops.

use dikast_grammar::SourceFile;
use dikast_grammar::yaml::{Entry, Node};
use serde::Serialize;

/// What can go two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Sort {
    /// A condition holds, or does not.
    Condition,
    /// An object fits an alternative of `anyPattern`, or does not.
    Alternative,
    /// An element passes the turn of a loop, or does not.
    Loop,
}

impl Sort {
    /// What is never seen of it.
    pub(super) fn never(self, held: bool) -> &'static str {
        match (self, held) {
            (Self::Condition, true) => "the condition never holds",
            (Self::Condition, false) => "the condition always holds",
            (Self::Alternative, true) => "no object fits the alternative",
            (Self::Alternative, false) => "every object fits the alternative",
            (Self::Loop, true) => "no element passes",
            (Self::Loop, false) => "no element fails",
        }
    }
}

/// A place, and how many rows saw it go which way.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    /// Its first line.
    pub(super) line: u32,
    /// Its first byte.
    pub(super) start: u32,
    pub(super) sort: Sort,
    /// How often it held.
    pub(super) held: usize,
    /// How often it did not.
    pub(super) failed: usize,
}

impl Branch {
    /// Whether nobody came here.
    pub(super) fn is_unreached(&self) -> bool {
        self.held + self.failed == 0
    }
}

/// The places in a rule, in order.
pub(super) fn of_rule(rule: &Node, source: &SourceFile) -> Vec<Branch> {
    let mut found = Vec::new();
    rule.entries().iter().for_each(|entry| look(entry, source, &mut found));
    found.sort_by_key(|branch| branch.start);
    found
}

/// Parsing bounds how deeply rules nest.
fn look(entry: &Entry, source: &SourceFile, found: &mut Vec<Branch>) {
    let mut add = |sort, node: &Node| {
        let start = node.span.start;
        found.push(Branch { line: source.position(start).line, start, sort, held: 0, failed: 0 });
    };
    match entry.key.as_str() {
        "anyPattern" => entry.value.items().iter().for_each(|node| add(Sort::Alternative, node)),
        "preconditions" | "conditions" => {
            let of = |name| entry.value.get(name).map(Node::items).unwrap_or_default();
            let blocks = entry.value.items().iter().chain(of("any")).chain(of("all"));
            blocks.filter(|node| node.get("key").is_some()).for_each(|node| add(Sort::Condition, node));
        }
        "foreach" => {
            let validates =
                |turn: &Node| ["pattern", "anyPattern", "deny", "foreach"].iter().any(|name| turn.get(name).is_some());
            for turn in entry.value.items() {
                if validates(turn) {
                    add(Sort::Loop, turn);
                }
            }
            let inner = entry.value.items().iter().flat_map(Node::entries);
            inner.for_each(|entry| look(entry, source, found));
        }
        "validate" | "mutate" | "deny" => entry.value.entries().iter().for_each(|entry| look(entry, source, found)),
        _ => {}
    }
}
