//! Code that gives a value.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, Block, BlockArg, InstBuilder, types};
use dikast_stdlib::Value;

use super::stream::Ends;
use super::{CellAt, Emitter, Operand, Targets, unchanging};
use crate::codegen::helper::{Helper, SHAPES};
use crate::codegen::plan::{No, Numbers, Path, RowId, Source, Stream};
use crate::ir::Shape;
use crate::layout::{CELL_SIZE, Surface, Tag};

impl Emitter<'_, '_> {
    /// The value of a source. Code leaves for `missing` when a member is.
    pub(super) fn value(&mut self, source: &Source, missing: Block) -> Operand {
        match source {
            Source::Known(value) => self.constant(value),
            Source::Path(path) => self.path(path, missing),
            Source::OrNull { of, errors } => match &**of {
                Source::Path(path) => self.path_or_null(path),
                of => self.or_null(of, *errors),
            },
            Source::At { list, position, row, then } => self.at_position(list, *position, *row, then, missing),
            Source::Below { of, then } => {
                self.value(of, missing);
                self.value(then, missing)
            }
            Source::IfNotNull(subject, body) => {
                let merged = self.merge_block();
                let null = self.cold_block();
                let subject = self.value(subject, missing);
                self.require_value(subject, null);
                let body = self.value(body, missing);
                self.leave_for(merged, body);
                self.null_for(null, merged);
                self.merged(merged, body.numbers)
            }
            Source::Required(inner) => self.value(inner, self.exits.error),
            Source::Expanded(inner) => self.expanded(inner, missing),
            Source::Or(left, right) => self.either(left, right, true, missing),
            Source::And(left, right) => self.either(left, right, false, missing),
            Source::Test(test) => {
                let (yes, no) = (self.block(), self.block());
                let merged = self.merge_block();
                self.test(test, Targets { yes, no });
                self.truth_for(Targets { yes, no }, merged);
                self.merged(merged, Numbers::AsWritten)
            }
            Source::Stream(stream) => self.collect(stream),
            Source::Call { function, arguments } => {
                self.take_arguments(arguments, missing);
                self.call_function(*function, arguments.len())
            }
            Source::Length(function, of) => self.length_of(*function, of, missing),
            Source::Arithmetic { arithmetic, function, operands } => {
                self.arithmetic(*arithmetic, *function, operands, missing)
            }
            Source::Keyed { function, list, item, key, expression_first } => {
                let list = self.value(list, missing);
                self.keyed(*function, list, (*item, key), *expression_first)
            }
            Source::Let { id, value, body } => {
                let operand = self.value(value, missing);
                self.items.insert(*id, operand);
                let body = self.value(body, missing);
                self.items.remove(id);
                body
            }
            Source::Lacking => self.never(missing),
            Source::Fails => self.never(self.exits.error),
            Source::Choice(test, yes, no) => {
                let merged = self.merge_block();
                let (held, failed) = (self.block(), self.block());
                self.test(test, Targets { yes: held, no: failed });
                self.start(held);
                let first = self.value(yes, missing);
                let end = self.block();
                self.goto(end);
                self.start(failed);
                let second = self.value(no, missing);
                let numbers = self.join(merged, (end, yes, first), (no, second));
                self.merged(merged, numbers)
            }
            Source::Apply { helper, operands, number, no } => {
                self.take_arguments(operands, missing);
                let number = self.argument_number(*number);
                let no = match no {
                    No::Missing => missing,
                    No::Error => self.exits.error,
                };
                self.result_or(*helper, &[number], no)
            }
            Source::Bound(id) => match self.items.get(id) {
                Some(&operand) => operand,
                None => self.constant(&Value::Null),
            },
            Source::Filled(path) => {
                let operand = self.path(path, missing);
                let (sized, there) = (self.block(), self.block());
                let interpret = self.exits.interpret;
                self.switch_tag(operand.tag, |tag| match tag {
                    Tag::Absent | Tag::Null => interpret,
                    Tag::False | Tag::True | Tag::Int | Tag::Float => there,
                    Tag::Text | Tag::List | Tag::Object => sized,
                });
                self.start(sized);
                let length = self.length(operand.at);
                self.branch(length, Targets { yes: there, no: interpret });
                self.start(there);
                operand
            }
            Source::Ordered { ordering, left, right } => {
                let merged = self.merge_block();
                let (yes, no, null) = (self.block(), self.block(), self.cold_block());
                let left = self.value(left, missing);
                let right = self.value(right, missing);
                self.order(*ordering, left, right, Targets { yes, no }, null);
                self.truth_for(Targets { yes, no }, merged);
                self.null_for(null, merged);
                self.merged(merged, Numbers::AsWritten)
            }
            Source::Default(of, otherwise) => {
                let operand = self.value(of, missing);
                let Some(otherwise) = otherwise else {
                    self.require_value(operand, self.exits.error);
                    return operand;
                };
                let merged = self.merge_block();
                let null = self.block();
                self.require_value(operand, null);
                let there = self.block();
                self.goto(there);
                self.start(null);
                let second = self.value(otherwise, missing);
                let numbers = self.join(merged, (there, of, operand), (otherwise, second));
                self.merged(merged, numbers)
            }
            Source::After(before, then) => {
                for source in before {
                    self.value(source, self.exits.error);
                }
                self.value(then, missing)
            }
            Source::Shaped { guards, then } => {
                let exits = self.exits;
                self.exits.error = exits.interpret;
                for (guard, shape) in guards {
                    let operand = self.value(guard, exits.interpret);
                    self.require_shape(operand, *shape);
                }
                let operand = self.value(then, exits.interpret);
                self.exits = exits;
                operand
            }
        }
    }

    pub(super) fn constant(&mut self, value: &Value) -> Operand {
        let offset = self.pool.constant(value);
        self.operand_at(offset, false)
    }

    /// A value, or null where a member is missing or, with `errors`, where there is an error.
    fn or_null(&mut self, of: &Source, errors: bool) -> Operand {
        let merged = self.merge_block();
        let missing = self.cold_block();
        let exits = self.exits;
        // An error may leave arguments behind that were taken for the items of a list.
        let mark = (errors && of.can_fail()).then(|| self.mark());
        let failed = mark.map(|_| self.cold_block());
        self.exits.error = failed.unwrap_or(exits.error);
        let operand = self.value(of, missing);
        self.exits = exits;
        self.leave_for(merged, operand);
        if let (Some(failed), Some(mark)) = (failed, mark) {
            self.start(failed);
            self.discard(mark);
            self.goto(missing);
        }
        self.null_for(missing, merged);
        self.merged(merged, operand.numbers)
    }

    /// Fills a block that leaves for another with null.
    pub(super) fn null_for(&mut self, block: Block, merged: Block) {
        self.start(block);
        let null = self.constant(&Value::Null);
        self.leave_for(merged, null);
    }

    /// A value below one item of a list; null when there is no such item.
    fn at_position(&mut self, list: &Path, position: i64, row: RowId, then: &Source, missing: Block) -> Operand {
        let merged = self.merge_block();
        let null = self.cold_block();
        let at = self.cell(list);
        let tag = self.tag(at);
        let is_list = self.tag_is(tag, Tag::List);
        self.require(is_list, null);
        let length = self.length(at);
        let length = self.builder.ins().uextend(types::I64, length);
        let position = match u64::try_from(position) {
            Ok(_) => self.number(position),
            Err(_) => self.builder.ins().iadd_imm_s(length, position),
        };
        let inside = self.builder.ins().icmp(IntCC::UnsignedLessThan, position, length);
        self.require(inside, null);
        let first = self.payload(at);
        let size = self.item_size(list);
        let before = self.builder.ins().imul_imm_u(position, i64::from(size));
        let start = self.builder.ins().iadd(first, before);
        self.rows.insert(row, start);
        let operand = self.value(then, missing);
        self.rows.remove(&row);
        self.leave_for(merged, operand);
        self.null_for(null, merged);
        self.merged(merged, operand.numbers)
    }

    /// Where the row of an item begins whose list is known to have it.
    pub(super) fn row_of_item(&mut self, list: &Path, position: usize) -> ir::Value {
        let at = self.cell(list);
        let first = self.payload(at);
        let before = i64::from(self.item_size(list)) * i64::try_from(position).unwrap_or(i64::MAX);
        self.builder.ins().iadd_imm_u(first, before)
    }

    /// Bytes of one row of a list.
    fn item_size(&self, list: &Path) -> u32 {
        let item = self.layout.place(list.place()).items;
        item.map_or(0, |item| self.layout.block(self.layout.node(item).block).stride * CELL_SIZE)
    }

    /// Takes arguments, once all have been found: one that is missing leaves none behind.
    fn take_arguments(&mut self, arguments: &[Source], missing: Block) {
        let operands: Vec<Operand> = arguments.iter().map(|argument| self.value(argument, missing)).collect();
        for operand in operands {
            self.take_argument(operand);
        }
    }

    pub(super) fn take_argument(&mut self, operand: Operand) {
        let offset = self.offset(operand.at);
        let numbers = self.argument_number(operand.numbers as u32);
        self.must(Helper::Argument, &[offset, numbers]);
    }

    /// Fills two blocks that leave for another with true and false.
    fn truth_for(&mut self, of: Targets, merged: Block) {
        for (block, truth) in [(of.yes, true), (of.no, false)] {
            self.start(block);
            let operand = self.constant(&Value::Bool(truth));
            self.leave_for(merged, operand);
        }
    }

    /// Goes elsewhere. What would follow is never reached.
    fn never(&mut self, to: Block) -> Operand {
        self.goto(to);
        let unreached = self.block();
        self.start(unreached);
        self.constant(&Value::Null)
    }

    /// A value with the variables in it substituted, which are none.
    fn expanded(&mut self, of: &Source, missing: Block) -> Operand {
        let operand = self.value(of, missing);
        let (container, other) = (self.cold_block(), self.block());
        let is_container = self.tag_between(operand.tag, Tag::List, Tag::Object);
        self.branch(is_container, Targets { yes: container, no: other });
        self.start(container);
        if of.is_at_hand() {
            self.require_no_variables();
        } else {
            // What is computed may hold text that stands nowhere in the request.
            let offset = self.offset(operand.at);
            let numbers = self.argument_number(operand.numbers as u32);
            self.must(Helper::Plain, &[offset, numbers]);
        }
        self.goto(other);
        self.start(other);
        operand
    }

    /// Brings two values together, the second known here and the first at the beginning of a block. Gives how the numbers
    /// of the one or the other are read: as both are, or else as they are written.
    fn join(&mut self, merged: Block, first: (Block, &Source, Operand), second: (&Source, Operand)) -> Numbers {
        let (block, source, first) = first;
        let read = |source: &Source, operand: Operand| (!has_no_numbers(source)).then_some(operand.numbers);
        let (of_first, of_second) = (read(source, first), read(second.0, second.1));
        let numbers = match (of_first, of_second) {
            (None, None) => Numbers::AsWritten,
            (Some(numbers), None) | (None, Some(numbers)) => numbers,
            (Some(left), Some(right)) if left == right => left,
            (Some(_), Some(_)) => Numbers::AsWritten,
        };
        let exact = |emitter: &mut Self, operand: Operand, read: Option<Numbers>| match read {
            Some(read) if read != numbers => emitter.exact(operand),
            _ => operand,
        };
        let second = exact(self, second.1, of_second);
        self.leave_for(merged, second);
        self.start(block);
        let first = exact(self, first, of_first);
        self.leave_for(merged, first);
        numbers
    }

    /// A value whose numbers are written down as they are read.
    fn exact(&mut self, operand: Operand) -> Operand {
        let merged = self.merge_block();
        let (numbers, others) = (self.cold_block(), self.block());
        self.switch_tag(operand.tag, |tag| match tag {
            Tag::Int | Tag::List | Tag::Object => numbers,
            Tag::Absent | Tag::Null | Tag::False | Tag::True | Tag::Float | Tag::Text => others,
        });
        self.start(others);
        self.leave_for(merged, operand);
        self.start(numbers);
        self.take_argument(operand);
        let none = self.argument_number(0);
        let read = self.result_of(Helper::Keep, &[none]);
        self.leave_for(merged, read);
        self.merged(merged, Numbers::AsWritten)
    }

    fn require_shape(&mut self, operand: Operand, shape: Shape) {
        let position = SHAPES.iter().position(|known| *known == shape).unwrap_or_default();
        let offset = self.offset(operand.at);
        let shape = self.argument_number(position as u32);
        let numbers = self.argument_number(operand.numbers as u32);
        self.must(Helper::Shape, &[offset, shape, numbers]);
    }

    /// Calls a helper that computes a value. Its answer no is an error.
    pub(super) fn result_of(&mut self, helper: Helper, arguments: &[ir::Value]) -> Operand {
        self.result_or(helper, arguments, self.exits.error)
    }

    fn result_or(&mut self, helper: Helper, arguments: &[ir::Value], no: Block) -> Operand {
        let result = self.pool.temporary();
        let mut arguments = arguments.to_vec();
        arguments.push(self.number(i64::from(result)));
        let done = self.next_block();
        self.ask(helper, &arguments, Targets { yes: done, no });
        self.start(done);
        self.operand_at(result, true)
    }

    pub(super) fn must(&mut self, helper: Helper, arguments: &[ir::Value]) {
        let done = self.next_block();
        self.ask(helper, arguments, Targets { yes: done, no: self.exits.interpret });
        self.start(done);
    }

    /// The list that a stream yields, or null.
    fn collect(&mut self, stream: &Stream) -> Operand {
        let merged = self.merge_block();
        let (null, done) = (self.cold_block(), self.block());
        let mark = self.mark();
        self.walk(stream, Ends { null, done }, |emitter, operand, next| {
            emitter.take_argument(operand);
            emitter.goto(next);
        });
        self.start(done);
        let list = self.collected(mark);
        self.leave_for(merged, list);
        self.null_for(null, merged);
        self.merged(merged, Numbers::AsWritten)
    }

    pub(super) fn argument_number(&mut self, number: u32) -> ir::Value {
        self.builder.ins().iconst(types::I32, i64::from(number))
    }

    /// Leaves for the interpreter when a text of the request may hold a variable.
    pub(super) fn require_no_variables(&mut self) {
        self.pool.asks_variables = true;
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
        let before = path.steps.len() - 1;
        for (position, &step) in path.steps[..before].iter().enumerate().rev() {
            let at = self.cell_of(path, step);
            let tag = self.tag(at);
            let next = self.block();
            // The step after this one is what the object lacks.
            let lacking = if position + 1 < path.null_steps { there } else { missing };
            self.switch_tag(tag, |tag| match tag {
                Tag::Object => lacking,
                Tag::Absent => next,
                Tag::Null | Tag::False | Tag::True | Tag::Int | Tag::Float | Tag::Text | Tag::List => there,
            });
            self.start(next);
        }
        self.goto(if path.null_steps > 0 { there } else { missing });
        self.start(there);
        operand
    }

    /// `left || right`, or `left && right`.
    fn either(&mut self, left: &Source, right: &Source, or: bool, missing: Block) -> Operand {
        let merged = self.merge_block();
        let (keep, other) = (self.block(), self.block());
        let first = self.value(left, missing);
        self.truthy(first, if or { Targets { yes: keep, no: other } } else { Targets { yes: other, no: keep } });
        self.start(other);
        let second = self.value(right, missing);
        let numbers = self.join(merged, (keep, left, first), (right, second));
        self.merged(merged, numbers)
    }

    /// A block in which values from several sides meet.
    pub(super) fn merge_block(&mut self) -> Block {
        let block = self.block();
        self.builder.append_block_param(block, types::I64);
        self.builder.append_block_param(block, types::I8);
        block
    }

    pub(super) fn leave_for(&mut self, merged: Block, operand: Operand) {
        let offset = self.offset(operand.at);
        self.builder.ins().jump(merged, &[BlockArg::Value(offset), BlockArg::Value(operand.tag)]);
    }

    pub(super) fn merged(&mut self, merged: Block, numbers: Numbers) -> Operand {
        self.start(merged);
        let parameters: Vec<ir::Value> = self.builder.block_params(merged).to_vec();
        // A side may have been an intermediate value.
        let at = CellAt { row: Some(parameters[0]), offset: 0, temporary: true };
        Operand { at, tag: parameters[1], numbers }
    }
}

/// Whether a value has no number of which it matters how it is read.
fn has_no_numbers(source: &Source) -> bool {
    fn known(value: &Value) -> bool {
        match value {
            Value::Int(_) => false,
            Value::List(items) => items.iter().all(known),
            Value::Object(members) => members.values().all(known),
            Value::Null | Value::Bool(_) | Value::Float(_) | Value::Text(_) => true,
        }
    }
    match source {
        Source::Known(value) => known(value),
        Source::Test(_) | Source::Ordered { .. } | Source::Lacking | Source::Fails => true,
        _ => false,
    }
}
