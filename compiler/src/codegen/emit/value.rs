//! Code that gives a value.

use std::mem::offset_of;

use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};

use super::stream::Ends;
use super::{CellAt, Emitter, Operand, Targets, unchanging};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Numbers, Path, Source, Stream};
use crate::layout::{Surface, Tag};

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
            Source::Expanded(inner) => {
                let operand = self.value(inner, missing);
                let (container, other) = (self.cold_block(), self.block());
                let is_container = self.tag_between(operand.tag, Tag::List, Tag::Object);
                self.branch(is_container, Targets { yes: container, no: other });
                self.start(container);
                self.require_no_variables();
                self.goto(other);
                self.start(other);
                operand
            }
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
            Source::Stream(stream) => self.collect(stream),
            Source::Call { function, arguments } => {
                self.take_arguments(arguments, missing);
                let function = self.argument_number(u32::from(function.0));
                let count = self.argument_number(arguments.len() as u32);
                self.result_of(Helper::Call, &[function, count])
            }
            Source::Text(parts) => {
                self.take_arguments(parts, missing);
                let count = self.argument_number(parts.len() as u32);
                self.result_of(Helper::Concat, &[count])
            }
        }
    }

    fn take_arguments(&mut self, arguments: &[Source], missing: Block) {
        for argument in arguments {
            let operand = self.value(argument, missing);
            self.take_argument(operand);
        }
    }

    fn take_argument(&mut self, operand: Operand) {
        let offset = self.operand_offset(operand);
        let numbers = self.argument_number(operand.numbers as u32);
        self.must(Helper::Argument, &[offset, numbers]);
    }

    /// The offset of a cell that has the operand's value. What an operand takes for null may stand in an absent cell,
    /// which helpers take for null as well.
    fn operand_offset(&mut self, operand: Operand) -> Value {
        self.offset(operand.at)
    }

    /// Calls a helper that computes a value. Its answer no is an error.
    fn result_of(&mut self, helper: Helper, arguments: &[Value]) -> Operand {
        let result = self.pool.temporary();
        let mut arguments = arguments.to_vec();
        arguments.push(self.number(i64::from(result)));
        let done = self.block();
        self.ask(helper, &arguments, Targets { yes: done, no: self.exits.error });
        self.start(done);
        self.operand_at(result, true)
    }

    fn must(&mut self, helper: Helper, arguments: &[Value]) {
        let done = self.block();
        self.ask(helper, arguments, Targets { yes: done, no: self.exits.interpret });
        self.start(done);
    }

    /// The list that a stream yields, or null.
    fn collect(&mut self, stream: &Stream) -> Operand {
        let merged = self.merge_block();
        let (null, done) = (self.cold_block(), self.block());
        self.must(Helper::Begin, &[]);
        self.walk(stream, Ends { null, done }, |emitter, operand, next| {
            emitter.take_argument(operand);
            emitter.goto(next);
        });
        self.start(done);
        let list = self.result_of(Helper::Collect, &[]);
        self.leave_for(merged, list);
        self.start(null);
        // The list begun is ended all the same.
        self.result_of(Helper::Collect, &[]);
        let nothing = self.pool.constant(&dikast_stdlib::Value::Null);
        let nothing = self.operand_at(nothing, false);
        self.leave_for(merged, nothing);
        self.merged(merged, Numbers::AsWritten)
    }

    pub(super) fn argument_number(&mut self, number: u32) -> Value {
        self.builder.ins().iconst(types::I32, i64::from(number))
    }

    /// Leaves for the interpreter when a text of the request may hold a variable.
    pub(super) fn require_no_variables(&mut self) {
        let offset = offset_of!(Surface, variables) as i32;
        let variables = self.builder.ins().load(types::I8, unchanging(), self.request, offset);
        let none = self.block();
        self.branch(variables, Targets { yes: self.exits.interpret, no: none });
        self.start(none);
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
