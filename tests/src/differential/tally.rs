//! What cases came to.

use std::collections::BTreeMap;
use std::fmt;

/// Counts of cases. A case is one rule or question with one document.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Cases by what the interpreter said.
    pub outcomes: BTreeMap<String, u64>,
    /// Cases that native code decided.
    pub native: u64,
    /// Cases that it left to the interpreter, by reason.
    pub left: BTreeMap<String, u64>,
}

impl Tally {
    /// All cases.
    pub fn cases(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// How many cases came to an outcome.
    pub fn of(&self, outcome: &str) -> u64 {
        self.outcomes.get(outcome).copied().unwrap_or_default()
    }

    pub(super) fn count(&mut self, outcome: impl Into<String>) {
        *self.outcomes.entry(outcome.into()).or_default() += 1;
    }

    pub(super) fn leave(&mut self, reason: &str) {
        *self.left.entry(reason.to_owned()).or_default() += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.cases().max(1) as f64;
        let share = |count: u64| 100.0 * count as f64 / all;
        writeln!(out, "{} cases, {} ({:.2} %) decided by native code", self.cases(), self.native, share(self.native))?;
        for (outcome, count) in &self.outcomes {
            writeln!(out, "  {count:>9} {:>6.2} %  {outcome}", share(*count))?;
        }
        for (reason, count) in &self.left {
            writeln!(out, "  {count:>9} {:>6.2} %  left: {reason}", share(*count))?;
        }
        Ok(())
    }
}
