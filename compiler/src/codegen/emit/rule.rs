//! Code for one rule that matches: preconditions, then what it asks, then one store of the verdict.

use std::mem::offset_of;

use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::Variable;

use super::pattern::{Cause, PatternEnds};
use super::stream::Ends;
use super::{Anchors, Emitter, Targets};
use crate::codegen::abi::{Status, Verdict};
use crate::codegen::plan::{BodyPlan, LoopPlan, Mismatch, RulePlan, Source};
use crate::ir::NameId;
use crate::layout::Tag;

/// Where the body of a rule or of a loop's turn leads.
#[derive(Clone, Copy)]
pub(super) struct BodyEnds {
    pub(super) pass: Block,
    skip: Block,
    pub(super) fail: Block,
    /// It gives no answer.
    nothing: Block,
    fires: Block,
}

/// Where a verdict is written.
#[derive(Clone, Copy)]
pub(super) struct VerdictAt {
    /// The first of all verdicts.
    pub(super) verdicts: Value,
    /// From there, in bytes.
    pub(super) offset: i32,
}

impl BodyEnds {
    /// New blocks.
    pub(super) fn new(emitter: &mut Emitter<'_, '_>) -> Self {
        Self {
            pass: emitter.block(),
            skip: emitter.block(),
            fail: emitter.cold_block(),
            nothing: emitter.block(),
            fires: emitter.block(),
        }
    }
}

impl Emitter<'_, '_> {
    /// All of a rule that is known to match. Leads to `done`.
    pub(super) fn rule(&mut self, rule: &RulePlan, verdict: VerdictAt, done: Block) {
        let ends = BodyEnds::new(self);
        self.begin_verdict();
        if let Some(preconditions) = &rule.preconditions {
            self.note(|| "preconditions".into());
            let yes = self.block();
            self.test(preconditions, Targets { yes, no: ends.skip });
            self.start(yes);
        }
        self.body(&rule.body, ends);
        let fail = if rule.fails { Status::Fail } else { Status::Interpret };
        self.finish(ends, [fail, Status::Error], Some(self.at), verdict, done);
        self.variables.clear();
        self.anchors = Anchors::default();
    }

    /// Forgets what decided before.
    pub(super) fn begin_verdict(&mut self) {
        let nowhere = self.builder.ins().iconst(types::I32, i64::from(Verdict::NOWHERE));
        self.builder.def_var(self.at, nowhere);
    }

    /// Fills the blocks in which a rule or question ends: each writes its status and goes on to `done`. The statuses of
    /// failures and errors are given. A failure also says which node decided, where that is known by then.
    pub(super) fn finish(
        &mut self,
        ends: BodyEnds,
        given: [Status; 2],
        at: Option<Variable>,
        verdict: VerdictAt,
        done: Block,
    ) {
        let [fail, error] = given;
        let exits = [
            (ends.pass, Status::Pass),
            (ends.skip, Status::Skip),
            (ends.fail, fail),
            (ends.nothing, Status::Silent),
            (ends.fires, Status::Fires),
            (self.exits.error, error),
            (self.exits.interpret, Status::Interpret),
        ];
        for (block, status) in exits {
            self.start(block);
            self.note(|| format!("status {status:?}"));
            self.store_status(verdict, status);
            if let (Status::Fail, Some(at)) = (status, at) {
                let at = self.builder.use_var(at);
                self.store_at(verdict, at);
            }
            self.goto(done);
        }
    }

    pub(super) fn store_status(&mut self, verdict: VerdictAt, status: Status) {
        let status = self.builder.ins().iconst(types::I8, status as i64);
        let offset = verdict.offset + offset_of!(Verdict, status) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), status, verdict.verdicts, offset);
    }

    /// Writes what decided.
    pub(super) fn store_at(&mut self, verdict: VerdictAt, at: Value) {
        let offset = verdict.offset + offset_of!(Verdict, at) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), at, verdict.verdicts, offset);
    }

    pub(super) fn body(&mut self, body: &BodyPlan, ends: BodyEnds) {
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
                self.body(body, ends);
            }
            BodyPlan::Pattern { pattern, mismatch } => {
                let fail = match mismatch {
                    Mismatch::Fails => ends.fail,
                    Mismatch::Interpret => self.exits.interpret,
                    Mismatch::Keys(keys) => self.follow_anchors(keys),
                };
                self.pattern(pattern, PatternEnds { ok: ends.pass, fail, skip: ends.skip, skip_whole: ends.skip });
                if let Mismatch::Keys(_) = mismatch {
                    self.start(fail);
                    self.mismatch(ends.fail);
                }
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
            BodyPlan::Foreach(loops) => self.foreach(loops, ends),
        }
    }

    /// Begins to follow anchors. Gives the block for a mismatch.
    fn follow_anchors(&mut self, keys: &[NameId]) -> Block {
        let keys = keys.iter().map(|&key| (key, self.flag(), self.flag())).collect();
        self.anchors = Anchors { keys, cause: Some(self.flag()) };
        self.block()
    }

    /// A mismatch is an error when the key of an anchor that was visited was met nowhere, but not what a negation says.
    fn mismatch(&mut self, fail: Block) {
        let anchors = std::mem::take(&mut self.anchors);
        if let Some(cause) = anchors.cause {
            let cause = self.builder.use_var(cause);
            for (known, target) in [(Cause::Forbidden, fail), (Cause::Nowhere, self.exits.error)] {
                let is_known = self.equals(cause, known as i64);
                let other = self.block();
                self.branch(is_known, Targets { yes: target, no: other });
                self.start(other);
            }
        }
        for (_, visited, met) in anchors.keys {
            let [visited, met] = [visited, met].map(|flag| self.builder.use_var(flag));
            let missing = self.builder.ins().band_not(visited, met);
            let next = self.block();
            self.branch(missing, Targets { yes: self.exits.error, no: next });
            self.start(next);
        }
        self.goto(fail);
    }

    /// Loops one after the other. What skips or gives no answer does not count; without any element that counts the
    /// rule gives no answer.
    fn foreach(&mut self, loops: &[LoopPlan], ends: BodyEnds) {
        let applied = self.flag();
        for plan in loops {
            let following = self.block();
            self.note(|| "loop over elements".into());
            self.walk(&plan.list, Ends { null: following, done: following }, |emitter, _, next| {
                if let Some(preconditions) = &plan.preconditions {
                    // An error in the preconditions of a turn counts as no.
                    let exits = emitter.exits;
                    emitter.exits.error = next;
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
                emitter.body(&plan.body, BodyEnds { pass, skip: next, nothing: next, ..ends });
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
