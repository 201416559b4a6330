//! Code for calls of library functions.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use dikast_stdlib::Value;
use dikast_stdlib::functions::FunctionId;

use super::stream::Ends;
use super::{Emitter, Operand, Targets};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Arithmetic, Numbers, Source, ValueId};
use crate::layout::{Cell, Tag};

impl Emitter<'_, '_> {
    /// Calls a function with the last arguments that were taken.
    pub(super) fn call_function(&mut self, function: FunctionId, arguments: usize) -> Operand {
        let function = self.argument_number(u32::from(function.0));
        let count = self.argument_number(u32::try_from(arguments).unwrap_or(u32::MAX));
        self.result_of(Helper::Call, &[function, count])
    }

    /// The length of a list or object stands in its cell; the characters of a text are counted by the function.
    pub(super) fn length_of(&mut self, function: FunctionId, of: &Source, missing: ir::Block) -> Operand {
        let operand = self.value(of, missing);
        let merged = self.merge_block();
        let (counted, other) = (self.block(), self.cold_block());
        let is_container = self.tag_between(operand.tag, Tag::List, Tag::Object);
        self.branch(is_container, Targets { yes: counted, no: other });
        self.start(other);
        self.take_argument(operand);
        let result = self.call_function(function, 1);
        self.leave_for(merged, result);
        self.start(counted);
        let length = self.length(operand.at);
        let length = self.builder.ins().fcvt_from_uint(types::F64, length);
        let result = self.fraction_made(length);
        self.leave_for(merged, result);
        self.merged(merged, Numbers::AsWritten)
    }

    /// One instruction on two fractions; anything else is for the function.
    pub(super) fn arithmetic(
        &mut self,
        arithmetic: Arithmetic,
        function: FunctionId,
        operands: &[Source; 2],
        missing: ir::Block,
    ) -> Operand {
        let [left, right] = operands;
        let left = self.value(left, missing);
        let right = self.value(right, missing);
        let merged = self.merge_block();
        let other = self.cold_block();
        let (left_number, right_number) = (self.fraction(left, other), self.fraction(right, other));
        let result = match arithmetic {
            Arithmetic::Add => self.builder.ins().fadd(left_number, right_number),
            Arithmetic::Subtract => self.builder.ins().fsub(left_number, right_number),
            Arithmetic::Multiply => self.builder.ins().fmul(left_number, right_number),
            Arithmetic::Divide => {
                let zero = self.builder.ins().f64const(0.0);
                let is_zero = self.builder.ins().fcmp(FloatCC::Equal, right_number, zero);
                let divides = self.block();
                self.branch(is_zero, Targets { yes: other, no: divides });
                self.start(divides);
                self.builder.ins().fdiv(left_number, right_number)
            }
        };
        let result = self.fraction_made(result);
        self.leave_for(merged, result);
        self.start(other);
        self.take_argument(left);
        self.take_argument(right);
        let result = self.call_function(function, 2);
        self.leave_for(merged, result);
        self.merged(merged, Numbers::AsWritten)
    }

    /// A function of a list and of what an expression gives for each of its items.
    pub(super) fn keyed(
        &mut self,
        function: FunctionId,
        list: Operand,
        (item, key): (ValueId, &Source),
        expression_first: bool,
    ) -> Operand {
        let mark = self.mark();
        let done = self.block();
        // A value that is no list is refused, whatever the expression.
        let ends = Ends { null: self.exits.error, done };
        self.each_item(list, item, ends, |emitter, next| {
            let [lacking, failed] = [emitter.cold_block(), emitter.cold_block()];
            let within = emitter.mark();
            let exits = emitter.exits;
            emitter.exits.error = failed;
            let operand = emitter.value(key, lacking);
            emitter.exits = exits;
            emitter.take_argument(operand);
            emitter.must(Helper::Wrap, &[]);
            emitter.goto(next);
            for (block, outcome) in [(lacking, Value::Null), (failed, Value::Bool(false))] {
                emitter.start(block);
                emitter.discard(within);
                let outcome = emitter.constant(&outcome);
                emitter.take_argument(outcome);
                emitter.goto(next);
            }
        });
        self.start(done);
        let keys = self.collected(mark);
        self.take_argument(list);
        self.take_argument(keys);
        let function = self.argument_number(u32::from(function.0));
        let first = self.argument_number(u32::from(expression_first));
        self.result_of(Helper::Keyed, &[function, first])
    }

    /// Remembers how many arguments are taken.
    pub(super) fn mark(&mut self) -> Operand {
        self.result_of(Helper::Mark, &[])
    }

    /// Forgets the arguments taken since a mark.
    pub(super) fn discard(&mut self, mark: Operand) {
        let mark = self.offset(mark.at);
        self.must(Helper::Discard, &[mark]);
    }

    /// The arguments taken since a mark as a list.
    pub(super) fn collected(&mut self, mark: Operand) -> Operand {
        let mark = self.offset(mark.at);
        self.result_of(Helper::Collect, &[mark])
    }

    /// A fraction that was computed, in a cell of its own.
    fn fraction_made(&mut self, number: ir::Value) -> Operand {
        let offset = self.pool.temporary();
        let flags = MemFlagsData::trusted();
        let tag = self.builder.ins().iconst(types::I8, Tag::Float as i64);
        let at = |member: usize| i32::try_from(offset as usize + member).unwrap_or(i32::MAX);
        self.builder.ins().store(flags, tag, self.cells, at(offset_of!(Cell, tag)));
        self.builder.ins().store(flags, number, self.cells, at(offset_of!(Cell, payload)));
        self.operand_at(offset, true)
    }
}
