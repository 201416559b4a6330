//! Code for truth values.

use cranelift_codegen::ir::{InstBuilder, types};

use super::stream::{Ends, Loop};
use super::{Emitter, Targets};
use crate::codegen::plan::{Decision, NoList, Part, Test};
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
            Test::Items { parts, some, item, single } => self.items(parts, *some, item, single, to),
            Test::Exists { levels, test } => {
                let ends = Ends { null: to.no, done: to.no };
                self.walk_levels(levels, ends, |emitter, next| emitter.test(test, Targets { yes: to.yes, no: next }));
            }
            Test::Truthy(source) => {
                let operand = self.value(source, self.exits.error);
                self.truthy(operand, to);
            }
            Test::Ask { helper, argument } => {
                let argument = self.builder.ins().iconst(types::I32, i64::from(*argument));
                self.ask(*helper, &[argument], to);
            }
        }
    }

    /// Decides a list item by item, or the first value of an `||` chain that is not empty.
    fn items(&mut self, parts: &[Part], some: bool, item: &Decision, single: &Decision, to: Targets) {
        let all_walked = if some { to.no } else { to.yes };
        for (position, part) in parts.iter().enumerate() {
            let last = position + 1 == parts.len();
            let other = self.block();
            match part {
                Part::Known(truth) => self.known(*truth, to),
                Part::Stream(stream) => {
                    let seen = self.builder.declare_var(types::I8);
                    let (null, done) = (self.block(), self.block());
                    let nothing = self.builder.ins().iconst(types::I8, 0);
                    self.builder.def_var(seen, nothing);
                    self.walk(stream, Ends { null, done }, |emitter, operand, next| {
                        let one = emitter.builder.ins().iconst(types::I8, 1);
                        emitter.builder.def_var(seen, one);
                        let targets =
                            if some { Targets { yes: to.yes, no: next } } else { Targets { yes: next, no: to.no } };
                        emitter.decide(operand, item, targets);
                    });
                    self.start(done);
                    let seen = self.builder.use_var(seen);
                    self.branch(seen, Targets { yes: all_walked, no: if last { all_walked } else { other } });
                    self.start(null);
                    if last {
                        self.known(single.null, to);
                    } else {
                        self.goto(other);
                    }
                }
                Part::Path { path, required, row, item: place } => {
                    let operand = if *required {
                        self.value(&crate::codegen::plan::Source::Path(path.clone()), self.exits.error)
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
                    self.decide(operand, single, to);
                    self.start(list);
                    let lists = [path.clone()];
                    let rows = Loop { lists: &lists, row: *row, item: place.place(), otherwise: NoList::Nothing };
                    self.each_row(&rows, Ends { null: all_walked, done: all_walked }, |emitter, next| {
                        let operand = emitter.path_or_null(place);
                        let targets =
                            if some { Targets { yes: to.yes, no: next } } else { Targets { yes: next, no: to.no } };
                        emitter.decide(operand, item, targets);
                    });
                }
            }
            self.start(other);
        }
        // Only reached when there are no parts, or from the block behind the last, which nothing leads to.
        self.goto(all_walked);
    }
}
