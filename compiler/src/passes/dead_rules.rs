//! Drops rules that can match nothing.
//!
//! ```text
//! match: {}                                    no filter
//! match: any of [filter, ...]                  every filter asks the impossible, or nothing at all
//! match: all of [filter, ...]                  one of them does
//! exclude: any of [.., the only match filter]  everything that matches is excluded
//! ```
//!
//! A rule that does not match gives no response at all, so dropping it changes no answer. A rule whose preconditions
//! never hold is another matter: it answers `skip`, and stays.

use std::sync::Arc;

use dikast_grammar::Span;

use crate::ir::{Filter, LabelSelector, MatchBlock, PolicyId, Program, Quantifier, RuleId, SubjectKind};

/// A rule that was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRule {
    /// Its policy.
    pub policy: Arc<str>,
    /// Its name.
    pub rule: Arc<str>,
    /// Why it can match nothing.
    pub reason: Reason,
    /// Where it stands.
    pub span: Option<Span>,
}

/// Why a rule can match nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its match block holds for no request.
    MatchesNothing,
    /// Its exclude block holds for all that its match block lets in.
    ExcludesEverything,
}

/// Runs the pass; rule ids are new afterwards.
pub fn remove_dead_rules(mut program: Program) -> (Program, Vec<DeadRule>) {
    let mut dead = Vec::new();
    let mut kept = Vec::with_capacity(program.rules.len());
    let rules = std::mem::take(&mut program.rules);
    let mut starts = vec![0; program.policies.len() + 1];
    let mut counts = vec![0; program.policies.len()];
    for rule in rules {
        let reason = match &rule.exclude {
            _ if !can_match(&rule.matching) => Some(Reason::MatchesNothing),
            Some(exclude) if excludes_all(&rule.matching, exclude) => Some(Reason::ExcludesEverything),
            _ => None,
        };
        match reason {
            Some(reason) => {
                let policy = Arc::clone(program.name(program.policy(rule.policy).name));
                dead.push(DeadRule { policy, rule: Arc::clone(program.name(rule.name)), reason, span: rule.span });
            }
            None => {
                counts[rule.policy.index()] += 1;
                kept.push(rule);
            }
        }
    }
    for at in 0..program.policies.len() {
        starts[at + 1] = starts[at] + counts[at];
        program.policies[at].rules = (starts[at], starts[at + 1]);
    }
    debug_assert!((0u32..).zip(&kept).all(|(at, rule)| {
        let RuleId(id) = RuleId(at);
        let PolicyId(policy) = rule.policy;
        (starts[policy as usize]..starts[policy as usize + 1]).contains(&id)
    }));
    program.rules = kept;
    (program, dead)
}

fn can_match(block: &MatchBlock) -> bool {
    let mut filters = block.filters.iter().map(|filter| !asks_the_impossible(filter));
    match block.quantifier {
        Quantifier::Any => filters.any(|possible| possible),
        Quantifier::All => !block.filters.is_empty() && filters.all(|possible| possible),
    }
}

/// An empty filter matches nothing; so does one that names only subjects of unknown kinds or a broken selector.
fn asks_the_impossible(filter: &Filter) -> bool {
    let broken = |selector: &Option<LabelSelector>| selector.as_ref().is_some_and(|selector| selector.invalid);
    let nobody =
        !filter.subjects.is_empty() && filter.subjects.iter().all(|subject| subject.kind == SubjectKind::Unknown);
    *filter == Filter::default() || nobody || broken(&filter.selector) || broken(&filter.namespace_selector)
}

/// Whether each way into the rule is also a way out of it, word for word.
fn excludes_all(matching: &MatchBlock, exclude: &MatchBlock) -> bool {
    matching.quantifier == Quantifier::Any
        && (exclude.quantifier == Quantifier::Any || exclude.filters.len() == 1)
        && matching.filters.iter().all(|filter| exclude.filters.contains(filter) && !asks_the_impossible(filter))
}
