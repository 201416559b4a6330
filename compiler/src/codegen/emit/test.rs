//! Code for truth values.

use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

use super::stream::{Ends, Loop};
use super::{Emitter, Operand, Targets};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Items, NoList, Numbers, Part, Source, Stream, Test};
use crate::layout::Tag;

impl Emitter<'_, '_> {
    pub(super) fn test(&mut self, test: &Test, to: Targets) {
        match test {
            Test::Known(truth) => self.known(*truth, to),
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
            Test::Ask { helper, argument } => {
                let argument = self.builder.ins().iconst(types::I32, i64::from(*argument));
                self.ask(*helper, &[argument], to);
            }
        }
    }

    fn ask_pair(&mut self, helper: Helper, left: Operand, right: Operand, operator: Option<Value>, to: Targets) {
        let mut arguments = vec![self.offset(left.at), self.offset(right.at)];
        arguments.extend(operator);
        let numbers = if left.numbers == Numbers::AsWritten { right.numbers } else { left.numbers };
        arguments.push(self.argument_number(numbers as u32));
        self.ask(helper, &arguments, to);
    }

    /// Decides a list item by item, or the first value of an `||` chain that is not empty.
    fn items(&mut self, items: &Items, to: Targets) {
        let outcome = |truth: bool| if truth { to.yes } else { to.no };
        let ends = ItemEnds {
            to,
            some: items.some,
            walked: outcome(!items.some),
            empty: outcome(items.empty),
        };
        for (position, part) in items.parts.iter().enumerate() {
            let last = position + 1 == items.parts.len();
            let other = self.block();
            match part {
                Part::Known(truth) => self.known(*truth, to),
                Part::NoVariables => {
                    self.require_no_variables();
                    self.goto(other);
                }
                Part::Stream(stream) => {
                    let null = if last { outcome(items.single.null) } else { other };
                    let empty = if last { ends.empty } else { other };
                    self.stream_items(stream, items, ends, Ends { null, done: empty });
                }
                Part::Path { path, required, row, item } => {
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

    fn stream_items(&mut self, stream: &Stream, items: &Items, ends: ItemEnds, nothing: Ends) {
        let seen = self.flag();
        let done = self.block();
        self.walk(stream, Ends { null: nothing.null, done }, |emitter, operand, next| {
            emitter.raise(seen);
            emitter.decide(operand, &items.item, ends.item(next));
        });
        self.start(done);
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
