//! How much an evaluation may cost. Whatever a request or a policy says, it ends.

use std::cell::Cell;

use super::Fault;

/// How deep expressions may nest while they run.
const DEPTH_MAX: u32 = 400;
/// How many operators one rule may run.
const STEPS_MAX: u64 = 20_000_000;

/// What is left of the bounds of one rule.
#[derive(Debug)]
pub struct Budget {
    depth: Cell<u32>,
    steps: Cell<u64>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { depth: Cell::new(DEPTH_MAX), steps: Cell::new(STEPS_MAX) }
    }
}

impl Budget {
    /// Spends one step, one level below the caller; the level is given back when the result is dropped.
    pub(super) fn enter(&self) -> Result<Level<'_>, Fault> {
        let (depth, steps) = (self.depth.get(), self.steps.get());
        if depth == 0 {
            return Err(Fault::error(format!("expressions nest deeper than {DEPTH_MAX} levels")));
        }
        if steps == 0 {
            return Err(Fault::error(format!("the rule takes more than {STEPS_MAX} steps")));
        }
        self.depth.set(depth - 1);
        self.steps.set(steps - 1);
        Ok(Level(self))
    }
}

/// One level of nesting.
pub(super) struct Level<'a>(&'a Budget);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get() + 1);
    }
}
