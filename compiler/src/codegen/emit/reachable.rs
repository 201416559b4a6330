//! Blocks that nothing leads to.
//!
//! Cranelift removes them too, but looks through all predecessors of a block for each of them: in a function with thousands of
//! expressions that never give a value, all of which leave for one exit, that takes most of the time.

use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::ir::Function;

/// Removes the blocks of a function that its entry does not lead to, with their instructions.
pub(super) fn remove_unreachable_blocks(function: &mut Function) {
    let mut reached = EntitySet::with_capacity(function.dfg.num_blocks());
    let mut left: Vec<_> = function.layout.entry_block().into_iter().collect();
    while let Some(block) = left.pop() {
        if reached.insert(block) {
            left.extend(function.block_successors(block));
        }
    }
    let blocks: Vec<_> = function.layout.blocks().filter(|block| !reached.contains(*block)).collect();
    for block in blocks {
        while let Some(inst) = function.layout.first_inst(block) {
            function.layout.remove_inst(inst);
        }
        function.layout.remove_block(block);
    }
}
