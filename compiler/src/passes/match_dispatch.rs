//! Decides kinds and operations once for all requests of a unit.
//!
//! ```text
//! rule that cannot match v1/Pod CREATE            =>  (gone)
//! any of [kinds Pod, kinds Service]               =>  any of [kinds Pod]
//! exclude any of [kinds Deployment]               =>  (no exclude)
//! ```
//!
//! A filter whose kinds or operations do not fit the unit can never hold there: in an `any` block it is dropped, and an
//! `all` block that has one drops the rule or its exclusion. What is left asks only for what differs from request to request,
//! beside the kinds and operations that are known to fit. Names, namespaces, selectors and users are left to the engines.

use crate::ir::{MatchBlock, Program, Quantifier, Rule, RuleId};
use crate::unit::Unit;

/// The program for one unit, and for each of its rules the rule that it is in the whole program. Policies keep their ids.
pub fn dispatch_match(program: &Program, unit: &Unit) -> (Program, Vec<RuleId>) {
    let origins = unit.rules(program);
    let mut dispatched = Program { rules: Vec::with_capacity(origins.len()), ..program.clone() };
    let mut starts: Vec<Option<u32>> = vec![None; program.policies.len()];
    let mut ends = vec![0; program.policies.len()];
    for (at, &origin) in (0u32..).zip(&origins) {
        let rule = program.rule(origin);
        starts[rule.policy.index()].get_or_insert(at);
        ends[rule.policy.index()] = at + 1;
        dispatched.rules.push(Rule {
            matching: fitting(program, unit, &rule.matching),
            exclude: rule.exclude.as_ref().and_then(|exclude| excluding(program, unit, exclude)),
            ..rule.clone()
        });
    }
    for (policy, (start, end)) in dispatched.policies.iter_mut().zip(starts.into_iter().zip(ends)) {
        policy.rules = start.map_or((0, 0), |start| (start, end));
    }
    (dispatched, origins)
}

/// A match block without the filters that cannot hold. The unit's rules can match, so an `all` block is as it was.
fn fitting(program: &Program, unit: &Unit, block: &MatchBlock) -> MatchBlock {
    let mut block = block.clone();
    if block.quantifier == Quantifier::Any {
        block.filters.retain(|filter| unit.filter_can_match(program, filter));
    }
    block
}

/// An exclude block without the filters that cannot hold; nothing when it can exclude nothing.
fn excluding(program: &Program, unit: &Unit, block: &MatchBlock) -> Option<MatchBlock> {
    let fits = |filter: &_| unit.filter_can_match(program, filter);
    let possible = match block.quantifier {
        Quantifier::Any => block.filters.iter().any(fits),
        Quantifier::All => block.filters.iter().all(fits),
    };
    possible.then(|| fitting(program, unit, block))
}
