//! Code for truth values.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, types};

use super::stream::{Ends, Loop};
use super::{Emitter, Operand, Targets, unchanging};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Items, NoList, Numbers, Part, Source, Stream, Test};
use crate::ir::Ordering;
use crate::layout::{Surface, Tag};

impl Emitter<'_, '_> {
    pub(super) fn test(&mut self, test: &Test, to: Targets) {
        match test {
            Test::Known(truth) => self.known(*truth, to),
            Test::Fails => self.goto(self.exits.error),
            Test::Not(inner) => self.test(inner, Targets { yes: to.no, no: to.yes }),
            Test::All(tests) => {
                for test in tests {
                    let yes = self.block();
                    self.test(test, Targets { yes, no: to.no });
                    self.start(yes);
                }
                self.goto(to.yes);
            }
            Test::Any(tests) => {
                for test in tests {
                    let no = self.block();
                    self.test(test, Targets { yes: to.yes, no });
                    self.start(no);
                }
                self.goto(to.no);
            }
            Test::Both(first, second) => {
                let (held, failed) = (self.block(), self.cold_block());
                self.test(first, Targets { yes: held, no: failed });
                self.start(held);
                self.test(second, to);
                self.start(failed);
                // The second may still be an error.
                self.test(second, Targets { yes: to.no, no: to.no });
            }
            Test::Decide { value, decision } => {
                let operand = self.value(value, self.exits.error);
                self.decide(operand, decision, to);
            }
            Test::Items(items) => self.items(items, to),
            Test::Exists { levels, test } => {
                let ends = Ends { null: to.no, done: to.no };
                self.walk_levels(levels, ends, |emitter, next| emitter.test(test, Targets { yes: to.yes, no: next }));
            }
            Test::Truthy(source) => {
                let operand = self.value(source, self.exits.error);
                self.truthy(operand, to);
            }
            Test::NotNull(source) => {
                let operand = self.value(source, self.exits.error);
                let is_null = self.tag_between(operand.tag, Tag::Absent, Tag::Null);
                self.branch(is_null, Targets { yes: to.no, no: to.yes });
            }
            Test::Order { ordering, left, right } => {
                let left = self.value(left, self.exits.error);
                let right = self.value(right, self.exits.error);
                self.order(*ordering, left, right, to, to.no);
            }
            Test::Operator { key, operator, value } => {
                let key = self.value(key, self.exits.error);
                let value = self.value(value, self.exits.error);
                let operator = self.argument_number(*operator);
                self.ask_pair(Helper::Operator, key, value, Some(operator), to);
            }
            Test::Equal(left, right) => {
                let left = self.value(left, self.exits.error);
                let right = self.value(right, self.exits.error);
                self.ask_pair(Helper::Equal, left, right, None, to);
            }
            Test::Text { value, wanted, function, known } => {
                let operand = self.value(value, self.exits.error);
                let (text, other) = (self.block(), self.cold_block());
                let is_text = self.tag_is(operand.tag, Tag::Text);
                self.branch(is_text, Targets { yes: text, no: other });
                self.start(other);
                self.take_argument(operand);
                let known = self.constant(known);
                self.take_argument(known);
                let result = self.call_function(*function, 2);
                self.truthy(result, to);
                self.start(text);
                self.text_match(operand.at, wanted, to);
            }
            Test::Ask { helper, argument } => {
                let argument = self.builder.ins().iconst(types::I32, i64::from(*argument));
                self.ask(*helper, &[argument], to);
            }
        }
    }

    fn ask_pair(&mut self, helper: Helper, left: Operand, right: Operand, operator: Option<Value>, to: Targets) {
        let mut arguments = vec![self.offset(left.at), self.offset(right.at)];
        arguments.extend(operator);
        arguments.extend([left, right].map(|side| self.argument_number(side.numbers as u32)));
        self.ask(helper, &arguments, to);
    }

    /// Decides a list item by item, or the first value of an `||` chain that is not empty.
    fn items(&mut self, items: &Items, to: Targets) {
        let outcome = |truth: bool| if truth { to.yes } else { to.no };
        let ends = ItemEnds { to, some: items.some, walked: outcome(!items.some), empty: outcome(items.empty) };
        for (position, part) in items.parts.iter().enumerate() {
            let last = position + 1 == items.parts.len();
            let other = self.block();
            match part {
                Part::Known(truth) => self.known(*truth, to),
                Part::Stream { stream, expands } => {
                    if *expands {
                        self.require_no_variables();
                    }
                    let null = if last { outcome(items.single.null) } else { other };
                    let empty = if last { ends.empty } else { other };
                    self.stream_items(stream, items, ends, Ends { null, done: empty });
                }
                Part::Path { path, required, expands, row, item } => {
                    let operand = if *required {
                        self.value(&Source::Path(path.clone()), self.exits.error)
                    } else {
                        self.path_or_null(path)
                    };
                    if !last {
                        let yes = self.block();
                        self.truthy(operand, Targets { yes, no: other });
                        self.start(yes);
                    }
                    let (list, scalar) = (self.block(), self.block());
                    let is_list = self.tag_is(operand.tag, Tag::List);
                    self.branch(is_list, Targets { yes: list, no: scalar });
                    self.start(scalar);
                    self.decide(operand, &items.single, to);
                    self.start(list);
                    if *expands {
                        self.require_no_variables();
                    }
                    let there = self.block();
                    let length = self.length(operand.at);
                    self.branch(length, Targets { yes: there, no: ends.empty });
                    self.start(there);
                    let lists = [path.clone()];
                    let rows = Loop { lists: &lists, row: *row, item: item.place(), otherwise: NoList::Nothing };
                    self.each_row(&rows, Ends { null: ends.walked, done: ends.walked }, |emitter, next| {
                        let operand = emitter.path_or_null(item);
                        emitter.decide(operand, &items.item, ends.item(next));
                    });
                }
            }
            self.start(other);
        }
        // Only reached when there are no parts.
        self.goto(ends.empty);
    }

    /// Whether two numbers stand in an order. Only fractions have one.
    pub(super) fn order(&mut self, ordering: Ordering, left: Operand, right: Operand, to: Targets, none: Block) {
        let condition = match ordering {
            Ordering::Less => FloatCC::LessThan,
            Ordering::LessOrEqual => FloatCC::LessThanOrEqual,
            Ordering::Greater => FloatCC::GreaterThan,
            Ordering::GreaterOrEqual => FloatCC::GreaterThanOrEqual,
        };
        let left = self.fraction(left, none);
        let right = self.fraction(right, none);
        let holds = self.builder.ins().fcmp(condition, left, right);
        self.branch(holds, to);
    }

    /// A number as the fraction that expressions see. A whole number read as such is none.
    pub(super) fn fraction(&mut self, operand: Operand, none: Block) -> Value {
        let read = self.block();
        self.builder.append_block_param(read, types::F64);
        let (whole, fraction) = (self.block(), self.block());
        self.switch_tag(operand.tag, |tag| match tag {
            Tag::Int => whole,
            Tag::Float => fraction,
            Tag::Absent | Tag::Null | Tag::False | Tag::True | Tag::Text | Tag::List | Tag::Object => none,
        });
        self.start(whole);
        match operand.numbers {
            Numbers::Fractions => {}
            Numbers::AsWritten => {
                let never = self.equals(operand.tag, Tag::Float as i64);
                self.require(never, none);
            }
            Numbers::Object => {
                let fresh = self.block();
                let ran = self.rule_ran();
                self.branch(ran, Targets { yes: none, no: fresh });
                self.start(fresh);
            }
        }
        let number = self.payload(operand.at);
        let number = self.builder.ins().fcvt_from_sint(types::F64, number);
        self.goto_with(read, number);
        self.start(fraction);
        let bits = self.payload(operand.at);
        let number = self.builder.ins().bitcast(types::F64, MemFlagsData::new(), bits);
        self.goto_with(read, number);
        self.start(read);
        self.builder.block_params(read)[0]
    }

    fn rule_ran(&mut self) -> Value {
        let offset = offset_of!(Surface, rule_ran) as i32;
        self.builder.ins().load(types::I8, unchanging(), self.request, offset)
    }

    fn stream_items(&mut self, stream: &Stream, items: &Items, ends: ItemEnds, nothing: Ends) {
        let seen = self.flag();
        // An error of a later item counts even when an earlier one has decided.
        let decided = stream.can_fail().then(|| self.flag());
        let done = self.block();
        self.walk(stream, Ends { null: nothing.null, done }, |emitter, operand, next| {
            emitter.raise(seen);
            let Some(decided) = decided else { return emitter.decide(operand, &items.item, ends.item(next)) };
            let deciding = emitter.block();
            let targets =
                if ends.some { Targets { yes: deciding, no: next } } else { Targets { yes: next, no: deciding } };
            emitter.decide(operand, &items.item, targets);
            emitter.start(deciding);
            emitter.raise(decided);
            emitter.goto(next);
        });
        self.start(done);
        if let Some(decided) = decided {
            let undecided = self.block();
            let decided = self.builder.use_var(decided);
            let outcome = if ends.some { ends.to.yes } else { ends.to.no };
            self.branch(decided, Targets { yes: outcome, no: undecided });
            self.start(undecided);
        }
        let seen = self.builder.use_var(seen);
        self.branch(seen, Targets { yes: ends.walked, no: nothing.done });
    }
}

/// Where the decisions on items lead.
#[derive(Clone, Copy)]
struct ItemEnds {
    to: Targets,
    some: bool,
    /// Every item was decided and none ended the test.
    walked: Block,
    empty: Block,
}

impl ItemEnds {
    fn item(self, next: Block) -> Targets {
        if self.some { Targets { yes: self.to.yes, no: next } } else { Targets { yes: next, no: self.to.no } }
    }
}
