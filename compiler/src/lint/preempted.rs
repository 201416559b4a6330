//! Rules that say what an earlier rule of the policy has said.

use dikast_grammar::yaml::{Node, NodeValue};

use super::fault::{PreemptedRule, RepeatedRule};
use crate::diagnostic::Diagnostics;
use crate::match_sets::MatchSet;
use crate::model::{Fields, MatchBlock, Policy, rule_name_text};

/// Compares each rule with those before it.
pub(super) fn check(policy: &Policy<'_>, diagnostics: &mut Diagnostics) {
    let rules: Vec<Place<'_>> = policy.rules.iter().filter_map(Place::read).collect();
    for (at, rule) in rules.iter().enumerate() {
        let Some(name) = rule_name_text(rule.node) else { continue };
        let wider = || rules.iter().take(at).filter(|earlier| earlier.takes_all_of(rule));
        let earlier = |first: &Place<'_>| {
            rule_name_text(first.node).map(|name| (name.as_str().to_owned(), name.span())).unwrap_or_default()
        };
        let (span, name) = (name.span(), name.as_str().to_owned());
        if let Some((earlier, first_span)) = wider().find(|first| first.says_all_of(rule)).map(earlier) {
            diagnostics.report(RepeatedRule { span, name, earlier, first_span });
        } else if policy.apply_one
            && let Some((earlier, first_span)) = wider().find(|first| first.always_applies()).map(earlier)
        {
            diagnostics.report(PreemptedRule { span, name, earlier, first_span });
        }
    }
}

/// A rule and what it lets in.
struct Place<'n> {
    node: &'n Node,
    matched: MatchSet<'n>,
    excluded: Option<MatchSet<'n>>,
}

impl<'n> Place<'n> {
    fn read(node: &'n Node) -> Option<Self> {
        let matched = MatchSet::of(&MatchBlock::read(node.get("match")?));
        let excluded = node.given("exclude").map(|exclude| MatchSet::of(&MatchBlock::read(exclude)));
        (!matched.is_empty()).then_some(Self { node, matched, excluded })
    }

    /// Whether all requests of a later rule come to this one.
    fn takes_all_of(&self, later: &Self) -> bool {
        let exclusion = match (&self.excluded, &later.excluded) {
            (None, _) => true,
            (Some(mine), Some(theirs)) => theirs.covers(mine),
            (Some(_), None) => false,
        };
        exclusion && self.matched.covers(&later.matched)
    }

    /// Whether it asks and does the same, under no more conditions.
    fn says_all_of(&self, later: &Self) -> bool {
        const SAID: [&str; 4] = ["mutate", "generate", "verifyImages", "imageExtractors"];
        let same = |name: &str| alike(self.node.given(name), later.node.given(name));
        let conditions = self.node.given("preconditions").is_none() || same("preconditions");
        let checked = match (self.node.given("validate"), later.node.given("validate")) {
            (Some(mine), Some(theirs)) => alike_but(mine, theirs, &["message"]),
            (mine, theirs) => mine.is_none() && theirs.is_none(),
        };
        let has_same_names =
            self.node.given("context").is_none() && later.node.given("context").is_none() || same("context");
        conditions && checked && has_same_names && SAID.iter().all(|name| same(name))
    }

    /// Whether it applies to all that it matches.
    fn always_applies(&self) -> bool {
        self.node.given("preconditions").is_none() && self.node.given("validate").is_some()
    }
}

fn alike(left: Option<&Node>, right: Option<&Node>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => alike_but(left, right, &[]),
        (left, right) => left.is_none() && right.is_none(),
    }
}

/// Whether two documents are the same but for some members of theirs. Parsing bounds how deeply they nest.
fn alike_but(left: &Node, right: &Node, passed_over: &[&str]) -> bool {
    match (&left.value, &right.value) {
        (NodeValue::Map(left), NodeValue::Map(right)) => {
            let counted = |entries: &[dikast_grammar::yaml::Entry]| {
                entries.iter().filter(|entry| !passed_over.contains(&entry.key.as_str())).count()
            };
            counted(left) == counted(right)
                && left.iter().filter(|entry| !passed_over.contains(&entry.key.as_str())).all(|entry| {
                    let other = right.iter().find(|other| other.key == entry.key);
                    other.is_some_and(|other| alike_but(&entry.value, &other.value, &[]))
                })
        }
        (NodeValue::List(left), NodeValue::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike_but(left, right, &[]))
        }
        (NodeValue::Text(left), NodeValue::Text(right)) => left == right,
        (NodeValue::Bool(left), NodeValue::Bool(right)) => left == right,
        (NodeValue::Int(left), NodeValue::Int(right)) => left == right,
        (NodeValue::Float(left), NodeValue::Float(right)) => left == right,
        (NodeValue::Null, NodeValue::Null) => true,
        _ => false,
    }
}
