//! What the rules answered, by policy and rule. The counts of rules that are loaded again go on.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use dikast_compiler::ir::{Program, RuleId};

use super::counters::{Counters, Local};
use super::metrics::escape;
use crate::engine::Status;

/// All statuses in the order of their counters.
const STATUSES: [Status; 5] = [Status::Pass, Status::Fail, Status::Warn, Status::Error, Status::Skip];

/// The names of a policy and of a rule of it.
type RuleName = (Arc<str>, Arc<str>);

/// The counts of all rules that serve or did.
#[derive(Debug, Default)]
pub(super) struct RuleTotals(Mutex<Totals>);

#[derive(Debug, Default)]
struct Totals {
    /// What programs counted that no longer serve.
    ended: BTreeMap<RuleName, [u64; STATUSES.len()]>,
    live: Vec<Arc<Board>>,
}

/// The counters of one program's rules.
#[derive(Debug)]
struct Board {
    rules: Vec<RuleName>,
    counters: Counters,
}

/// Counts for the rules of one program.
#[derive(Debug)]
pub(super) struct RuleCounters {
    board: Arc<Board>,
    totals: Arc<RuleTotals>,
}

/// The counters of the present thread.
#[derive(Clone, Copy)]
pub(super) struct LocalRules<'a>(Local<'a>);

impl LocalRules<'_> {
    /// Counts an answer of a rule.
    pub(super) fn count(self, rule: RuleId, status: Status) {
        let at = match status {
            Status::Pass => 0,
            Status::Fail => 1,
            Status::Warn => 2,
            Status::Error => 3,
            Status::Skip => 4,
        };
        let _ = self.0.count(rule.index() * STATUSES.len() + at);
    }
}

impl RuleCounters {
    /// Counters for the rules of a program.
    pub(super) fn new(program: &Program, totals: &Arc<RuleTotals>) -> Self {
        let name = |id| Arc::clone(program.name(id));
        let rules: Vec<RuleName> =
            program.rules.iter().map(|rule| (name(program.policy(rule.policy).name), name(rule.name))).collect();
        let counters = Counters::new(rules.len() * STATUSES.len());
        let board = Arc::new(Board { rules, counters });
        totals.lock().live.push(Arc::clone(&board));
        Self { board, totals: Arc::clone(totals) }
    }

    /// The counters of this thread.
    pub(super) fn local(&self) -> LocalRules<'_> {
        LocalRules(self.board.counters.local())
    }
}

impl Drop for RuleCounters {
    fn drop(&mut self) {
        let mut totals = self.totals.lock();
        totals.live.retain(|board| !Arc::ptr_eq(board, &self.board));
        self.board.add_to(&mut totals.ended);
    }
}

impl Board {
    fn add_to(&self, sums: &mut BTreeMap<RuleName, [u64; STATUSES.len()]>) {
        for (at, name) in self.rules.iter().enumerate() {
            let counts: [u64; STATUSES.len()] =
                std::array::from_fn(|status| self.counters.read(at * STATUSES.len() + status));
            if counts.iter().any(|count| *count > 0) {
                let sums = sums.entry(name.clone()).or_default();
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
    }
}

impl RuleTotals {
    fn lock(&self) -> std::sync::MutexGuard<'_, Totals> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines of the page; rules and statuses without an answer have none.
    pub(super) fn print(&self, page: &mut String) {
        let totals = self.lock();
        let mut sums = totals.ended.clone();
        totals.live.iter().for_each(|board| board.add_to(&mut sums));
        drop(totals);
        for ((policy, rule), counts) in &sums {
            let (policy, rule) = (escape(policy), escape(rule));
            for (status, count) in STATUSES.iter().zip(counts).filter(|(_, count)| **count > 0) {
                let _ = writeln!(
                    page,
                    "dikast_rule_results_total{{policy=\"{policy}\",rule=\"{rule}\",status=\"{}\"}} {count}",
                    status.as_str()
                );
            }
        }
    }
}
