//! The frame of passes that replace expressions.

use crate::ir::{Builder, ExprId, ExprNode, Program};

/// Builds the arena of expressions anew. `replace` gets each node in order, its operands already replaced, and adds
/// what takes its place; rules, entries and patterns then follow.
pub(super) fn rewrite_exprs(
    mut program: Program,
    mut replace: impl FnMut(&mut Builder, ExprNode) -> ExprId,
) -> Program {
    let old = std::mem::take(&mut program.exprs).into_vec();
    let mut builder = Builder::extend(program);
    let mut places: Vec<ExprId> = Vec::with_capacity(old.len());
    for mut node in old {
        for operand in node.expr.operands_mut() {
            *operand = places[operand.index()];
        }
        let place = replace(&mut builder, node);
        places.push(place);
    }
    let mut program = builder.finish();
    program.visit_roots(&mut |root| *root = places[root.index()]);
    program
}
