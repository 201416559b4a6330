//! Code for one rule: preconditions, then what it asks, then one store of the verdict.

use std::mem::offset_of;

use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, types};

use super::pattern::PatternEnds;
use super::stream::Ends;
use super::{Emitter, Targets};
use crate::codegen::abi::{Status, Verdict};
use crate::codegen::plan::{BodyPlan, LoopPlan, RulePlan, Source};
use crate::layout::Tag;

/// Where the body of a rule or of a loop's turn leads.
#[derive(Clone, Copy)]
struct BodyEnds {
    pass: Block,
    skip: Block,
    fail: Block,
    /// It gives no answer.
    nothing: Block,
    fires: Block,
}

impl Emitter<'_, '_> {
    /// The whole function of a rule that is known to match.
    pub(super) fn rule(&mut self, rule: &RulePlan, verdict: Value) {
        let ends = BodyEnds {
            pass: self.block(),
            skip: self.block(),
            fail: self.cold_block(),
            nothing: self.block(),
            fires: self.block(),
        };
        if let Some(preconditions) = &rule.preconditions {
            self.note(|| "preconditions".into());
            let yes = self.block();
            self.test(preconditions, Targets { yes, no: ends.skip });
            self.start(yes);
        }
        self.body(&rule.body, rule.errs, ends);
        let exits = [
            (ends.pass, Status::Pass),
            (ends.skip, Status::Skip),
            (ends.fail, if rule.fails { Status::Fail } else { Status::Interpret }),
            (ends.nothing, Status::Silent),
            (ends.fires, Status::Fires),
            (self.exits.error, if rule.errs { Status::Error } else { Status::Interpret }),
            (self.exits.interpret, Status::Interpret),
        ];
        for (block, status) in exits {
            self.start(block);
            self.note(|| format!("status {status:?}"));
            let number = self.builder.ins().iconst(types::I8, status as i64);
            let flags = MemFlagsData::trusted();
            self.builder.ins().store(flags, number, verdict, offset_of!(Verdict, status) as i32);
            if status == Status::Fail {
                let at = self.builder.use_var(self.at);
                self.builder.ins().store(flags, at, verdict, offset_of!(Verdict, at) as i32);
            }
            self.builder.ins().return_(&[]);
        }
    }

    fn body(&mut self, body: &BodyPlan, errs: bool, ends: BodyEnds) {
        match body {
            BodyPlan::Interpret => self.goto(self.exits.interpret),
            BodyPlan::Nothing => self.goto(ends.nothing),
            BodyPlan::Fires => self.goto(ends.fires),
            BodyPlan::WithVariables { variables, body } => {
                // One that cannot be found is an error of the rule; a list or object is a pattern of another form.
                self.variables = variables.iter().map(|source| self.value(source, self.exits.error)).collect();
                for position in 0..self.variables.len() {
                    let tag = self.variables[position].tag;
                    let is_container = self.tag_between(tag, Tag::List, Tag::Object);
                    let scalar = self.block();
                    self.branch(is_container, Targets { yes: self.exits.interpret, no: scalar });
                    self.start(scalar);
                }
                self.body(body, errs, ends);
            }
            BodyPlan::Pattern { pattern, failure_is_certain } => {
                let fail = if *failure_is_certain { ends.fail } else { self.exits.interpret };
                self.pattern(pattern, PatternEnds { ok: ends.pass, fail, skip: ends.skip, skip_whole: ends.skip });
            }
            BodyPlan::AnyPattern(patterns) => {
                let failed = self.flag();
                for pattern in patterns {
                    let (fail, next) = (self.block(), self.block());
                    self.pattern(pattern, PatternEnds { ok: ends.pass, fail, skip: next, skip_whole: next });
                    self.start(fail);
                    self.raise(failed);
                    self.goto(next);
                    self.start(next);
                }
                let failed = self.builder.use_var(failed);
                self.branch(failed, Targets { yes: ends.fail, no: ends.skip });
            }
            BodyPlan::Deny(conditions) => {
                self.note(|| "deny conditions".into());
                self.test(conditions, Targets { yes: ends.fail, no: ends.pass });
            }
            BodyPlan::Foreach(loops) => self.foreach(loops, errs, ends),
        }
    }

    /// Loops one after the other. What skips or gives no answer does not count; without any element that counts the
    /// rule gives no answer.
    fn foreach(&mut self, loops: &[LoopPlan], errs: bool, ends: BodyEnds) {
        let applied = self.flag();
        for plan in loops {
            let following = self.block();
            self.note(|| "loop over elements".into());
            self.walk(&plan.list, Ends { null: following, done: following }, |emitter, _, next| {
                if let Some(preconditions) = &plan.preconditions {
                    // An error in the preconditions of a turn counts as no, if it is one.
                    let exits = emitter.exits;
                    emitter.exits.error = if errs { next } else { exits.interpret };
                    let yes = emitter.block();
                    emitter.test(preconditions, Targets { yes, no: next });
                    emitter.exits = exits;
                    emitter.start(yes);
                }
                if plan.body.asks_patterns() {
                    let element = emitter.value(&Source::Path(plan.element.clone()), next);
                    let is_object = emitter.tag_is(element.tag, Tag::Object);
                    emitter.require(is_object, emitter.exits.interpret);
                }
                let pass = emitter.block();
                emitter.body(&plan.body, errs, BodyEnds { pass, skip: next, nothing: next, ..ends });
                emitter.start(pass);
                emitter.raise(applied);
                emitter.goto(next);
            });
            self.start(following);
        }
        let applied = self.builder.use_var(applied);
        self.branch(applied, Targets { yes: ends.pass, no: ends.nothing });
    }
}
