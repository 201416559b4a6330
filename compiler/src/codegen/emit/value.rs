//! Code that gives a value.

use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};

use super::{CellAt, Emitter, Operand, Targets};
use crate::codegen::plan::{Numbers, Path, Source};
use crate::layout::Tag;

impl Emitter<'_, '_> {
    /// The value of a source. Code leaves for `missing` when a member is.
    pub(super) fn value(&mut self, source: &Source, missing: Block) -> Operand {
        match source {
            Source::Known(value) => {
                let offset = self.pool.constant(value);
                self.operand_at(offset, false)
            }
            Source::Path(path) => self.path(path, missing),
            Source::OrNull(inner) => match &**inner {
                Source::Path(path) => self.path_or_null(path),
                inner => {
                    let merged = self.merge_block();
                    let missing = self.cold_block();
                    let operand = self.value(inner, missing);
                    self.leave_for(merged, operand);
                    self.start(missing);
                    let null = self.value(&Source::Known(dikast_stdlib::Value::Null), missing);
                    self.leave_for(merged, null);
                    self.merged(merged, operand.numbers)
                }
            },
            Source::Required(inner) => self.value(inner, self.exits.error),
            Source::Or(left, right) => self.either(left, right, true, missing),
            Source::And(left, right) => self.either(left, right, false, missing),
            Source::Test(test) => {
                let (yes, no) = (self.block(), self.block());
                let merged = self.merge_block();
                self.test(test, Targets { yes, no });
                for (block, truth) in [(yes, true), (no, false)] {
                    self.start(block);
                    let operand = self.value(&Source::Known(dikast_stdlib::Value::Bool(truth)), missing);
                    self.leave_for(merged, operand);
                }
                self.merged(merged, Numbers::AsWritten)
            }
        }
    }

    /// A path's value. Where its cell is absent the steps before say whether a member is missing or the value is null.
    fn path(&mut self, path: &Path, missing: Block) -> Operand {
        let operand = self.path_or_null(path);
        let item_of_row = path.row.is_some() && path.steps.len() == 1;
        if item_of_row {
            return operand;
        }
        let (absent, there) = (self.cold_block(), self.block());
        let is_absent = self.tag_is(operand.tag, Tag::Absent);
        self.branch(is_absent, Targets { yes: absent, no: there });
        self.start(absent);
        let (_, before) = path.steps.split_last().unwrap_or((&path.steps[0], &[]));
        for &step in before.iter().rev() {
            let at = self.cell_of(path, step);
            let tag = self.tag(at);
            let next = self.block();
            self.switch_tag(tag, |tag| match tag {
                Tag::Object => missing,
                Tag::Absent => next,
                Tag::Null | Tag::False | Tag::True | Tag::Int | Tag::Float | Tag::Text | Tag::List => there,
            });
            self.start(next);
        }
        self.goto(missing);
        self.start(there);
        operand
    }

    /// `left || right`, or `left && right`.
    fn either(&mut self, left: &Source, right: &Source, or: bool, missing: Block) -> Operand {
        let merged = self.merge_block();
        let (keep, other) = (self.block(), self.block());
        let left = self.value(left, missing);
        self.truthy(left, if or { Targets { yes: keep, no: other } } else { Targets { yes: other, no: keep } });
        self.start(keep);
        self.leave_for(merged, left);
        self.start(other);
        let right = self.value(right, missing);
        self.leave_for(merged, right);
        let numbers = if left.numbers == Numbers::AsWritten { right.numbers } else { left.numbers };
        self.merged(merged, numbers)
    }

    /// A block in which values from several sides meet.
    fn merge_block(&mut self) -> Block {
        let block = self.block();
        self.builder.append_block_param(block, types::I64);
        self.builder.append_block_param(block, types::I8);
        block
    }

    fn leave_for(&mut self, merged: Block, operand: Operand) {
        let offset = self.offset(operand.at);
        self.builder.ins().jump(merged, &[BlockArg::Value(offset), BlockArg::Value(operand.tag)]);
    }

    fn merged(&mut self, merged: Block, numbers: Numbers) -> Operand {
        self.start(merged);
        let parameters: Vec<Value> = self.builder.block_params(merged).to_vec();
        // A side may have been an intermediate value.
        let at = CellAt { row: Some(parameters[0]), offset: 0, temporary: true };
        Operand { at, tag: parameters[1], numbers }
    }
}
