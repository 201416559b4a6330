//! Drops expressions that no rule, entry or pattern reaches any more. What stays keeps its order.

use crate::ir::{ExprId, Program};

/// Runs the pass.
pub fn sweep(mut program: Program) -> Program {
    let mut reached = vec![false; program.exprs.len()];
    program.visit_roots(&mut |root| reached[root.index()] = true);
    // Operands come before their users, so one walk backwards marks everything.
    for at in (0..program.exprs.len()).rev() {
        if reached[at] {
            for operand in program.exprs[at].expr.operands() {
                reached[operand.index()] = true;
            }
        }
    }
    let mut places = vec![ExprId(0); program.exprs.len()];
    let mut kept = Vec::with_capacity(program.exprs.len());
    for (at, mut node) in std::mem::take(&mut program.exprs).into_vec().into_iter().enumerate() {
        if reached[at] {
            for operand in node.expr.operands_mut() {
                *operand = places[operand.index()];
            }
            places[at] = ExprId(u32::try_from(kept.len()).unwrap_or(u32::MAX));
            kept.push(node);
        }
    }
    program.exprs = kept.into();
    program.visit_roots(&mut |root| *root = places[root.index()]);
    program
}
