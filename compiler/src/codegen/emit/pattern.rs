//! Code for patterns (Kyverno `pkg/engine/validate/validate.go` and `pkg/engine/anchor`).

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, types};
use cranelift_frontend::Variable;

use super::stream::{Ends, Loop};
use super::{Emitter, Operand, Targets};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Decision, FieldAsks, FieldPlan, MemberPlan, NoList, Path, PatternKind, PatternPlan, RowId};
use crate::ir::Anchor;
use crate::layout::Tag;

/// Where a pattern leads.
#[derive(Clone, Copy)]
pub(super) struct PatternEnds {
    /// It is satisfied.
    pub(super) ok: Block,
    /// It is not.
    pub(super) fail: Block,
    /// An anchor says that what it stands in does not apply.
    pub(super) skip: Block,
    /// A map or list as a whole does not apply, because of anchors in it.
    pub(super) skip_whole: Block,
}

/// Why a pattern is not satisfied, as far as it matters to what becomes of the rule.
#[repr(u8)]
#[derive(Clone, Copy)]
pub(super) enum Cause {
    /// A mismatch at some place.
    Mismatch,
    /// What a negation forbids is there.
    Forbidden,
    /// A mismatch without a place.
    Nowhere,
}

impl PatternEnds {
    /// Everything but success leads to one place.
    fn or(ok: Block, otherwise: Block) -> Self {
        Self { ok, fail: otherwise, skip: otherwise, skip_whole: otherwise }
    }
}

impl Emitter<'_, '_> {
    pub(super) fn pattern(&mut self, pattern: &PatternPlan, ends: PatternEnds) {
        let (at, fail) = (pattern.at.0, self.block());
        match &pattern.kind {
            PatternKind::Never => self.goto(fail),
            PatternKind::Scalar { decision, row, item, list_only } => {
                self.scalar(&pattern.path, decision, (*row, item), *list_only, Targets { yes: ends.ok, no: fail });
            }
            PatternKind::Variable { position, row, item, fractions } => {
                let to = Targets { yes: ends.ok, no: fail };
                self.variable_pattern(&pattern.path, *position, (*row, item), *fractions, to);
            }
            PatternKind::EachMap { row, item } => self.each_map(&pattern.path, *row, item, fail, ends),
            PatternKind::Positional { row, items } => self.positional(pattern, *row, items, fail, ends),
            PatternKind::Map { anchored, fields } => {
                let cell = self.cell(&pattern.path);
                let tag = self.tag(cell);
                let is_object = self.tag_is(tag, Tag::Object);
                self.require(is_object, fail);
                self.visit_anchors(anchored.iter().chain(fields));
                self.anchored_fields(anchored, fail, ends);
                for field in fields {
                    let ok = self.block();
                    let inner = PatternEnds { ok, fail: ends.fail, skip: ends.skip, skip_whole: ends.skip_whole };
                    self.field(field, fail, inner);
                    self.start(ok);
                }
                self.goto(ends.ok);
            }
        }
        self.start(fail);
        self.fails_at(at, Cause::Mismatch, ends);
    }

    /// Goes where a pattern that is not satisfied leads.
    fn fails_at(&mut self, at: u32, cause: Cause, ends: PatternEnds) {
        let at = self.builder.ins().iconst(types::I32, i64::from(at));
        self.builder.def_var(self.at, at);
        if let Some(variable) = self.anchors.cause {
            let cause = self.builder.ins().iconst(types::I8, cause as i64);
            self.builder.def_var(variable, cause);
        }
        self.goto(ends.fail);
    }

    /// Notes which anchors of an object are there, where that matters.
    fn visit_anchors<'p>(&mut self, fields: impl Iterator<Item = &'p FieldPlan>) {
        if self.anchors.keys.is_empty() {
            return;
        }
        for field in fields {
            let known = self.anchors.keys.iter().find(|(key, ..)| *key == field.raw).copied();
            let (Some((_, visited, met)), MemberPlan::At(path)) = (known, &field.member) else { continue };
            if !matches!(field.anchor, Anchor::Conditional | Anchor::Existence) {
                continue;
            }
            self.raise(visited);
            let operand = self.path_or_null(path);
            let there = self.builder.ins().icmp_imm_u(IntCC::NotEqual, operand.tag, Tag::Absent as i64);
            let before = self.builder.use_var(met);
            let now = self.builder.ins().bor(before, there);
            self.builder.def_var(met, now);
        }
    }

    /// A scalar pattern; a list satisfies it when each item does.
    fn scalar(&mut self, path: &Path, decision: &Decision, (row, item): (RowId, &Path), list_only: bool, to: Targets) {
        let operand = self.path_or_null(path);
        let (list, single) = (self.cold_block(), self.block());
        let is_list = self.tag_is(operand.tag, Tag::List);
        self.branch(is_list, Targets { yes: list, no: single });
        self.start(single);
        if list_only {
            self.goto(to.no);
        } else {
            self.decide(operand, decision, to);
        }
        self.start(list);
        let lists = [path.clone()];
        let rows = Loop { lists: &lists, row, item: item.place(), otherwise: NoList::Nothing };
        self.each_row(&rows, Ends { null: to.yes, done: to.yes }, |emitter, next| {
            let operand = emitter.path_or_null(item);
            emitter.decide(operand, decision, Targets { yes: next, no: to.no });
        });
    }

    /// A scalar pattern that is only known now.
    fn variable_pattern(
        &mut self,
        path: &Path,
        position: usize,
        (row, item): (RowId, &Path),
        fractions: bool,
        to: Targets,
    ) {
        let Some(pattern) = self.variables.get(position).copied() else { return self.goto(self.exits.interpret) };
        let operand = self.path_or_null(path);
        let (list, single) = (self.cold_block(), self.block());
        let is_list = self.tag_is(operand.tag, Tag::List);
        self.branch(is_list, Targets { yes: list, no: single });
        self.start(single);
        self.ask_pattern(operand, pattern, fractions, to);
        self.start(list);
        let lists = [path.clone()];
        let rows = Loop { lists: &lists, row, item: item.place(), otherwise: NoList::Nothing };
        self.each_row(&rows, Ends { null: to.yes, done: to.yes }, |emitter, next| {
            let operand = emitter.path_or_null(item);
            emitter.ask_pattern(operand, pattern, fractions, Targets { yes: next, no: to.no });
        });
    }

    fn ask_pattern(&mut self, operand: Operand, pattern: Operand, fractions: bool, to: Targets) {
        let arguments = [
            self.offset(operand.at),
            self.offset(pattern.at),
            self.argument_number(u32::from(fractions)),
            self.argument_number(operand.numbers as u32),
            self.argument_number(pattern.numbers as u32),
        ];
        self.ask(Helper::PatternOf, &arguments, to);
    }

    /// Each item satisfies the pattern or is skipped; when all are skipped, so is the list.
    fn each_map(&mut self, path: &Path, row: RowId, item: &PatternPlan, no_list: Block, ends: PatternEnds) {
        let cell = self.cell(path);
        let tag = self.tag(cell);
        let is_list = self.tag_is(tag, Tag::List);
        self.require(is_list, no_list);
        let lists = [path.clone()];
        let rows = Loop { lists: &lists, row, item: item.path.place(), otherwise: NoList::Nothing };
        if !can_skip(item) {
            self.each_row(&rows, Ends { null: ends.ok, done: ends.ok }, |emitter, next| {
                emitter.pattern(item, PatternEnds { ok: next, fail: ends.fail, skip: next, skip_whole: next });
            });
            return;
        }
        let (applied, skipped) = (self.flag(), self.flag());
        let (done, all_skipped) = (self.block(), self.block());
        self.each_row(&rows, Ends { null: ends.ok, done }, |emitter, next| {
            let (ok, skip) = (emitter.block(), emitter.block());
            emitter.pattern(item, PatternEnds { ok, fail: ends.fail, skip, skip_whole: skip });
            for (block, flag) in [(ok, applied), (skip, skipped)] {
                emitter.start(block);
                emitter.raise(flag);
                emitter.goto(next);
            }
        });
        self.start(done);
        let applied = self.builder.use_var(applied);
        self.branch(applied, Targets { yes: ends.ok, no: all_skipped });
        self.start(all_skipped);
        let skipped = self.builder.use_var(skipped);
        self.branch(skipped, Targets { yes: ends.skip_whole, no: ends.ok });
    }

    /// The first items of a list, each against its pattern; skipped as lists are in [`Self::each_map`].
    fn positional(
        &mut self,
        pattern: &PatternPlan,
        row: RowId,
        items: &[PatternPlan],
        no_list: Block,
        ends: PatternEnds,
    ) {
        let cell = self.cell(&pattern.path);
        let tag = self.tag(cell);
        let is_list = self.tag_is(tag, Tag::List);
        self.require(is_list, no_list);
        let length = self.length(cell);
        let (enough, short) = (self.block(), self.cold_block());
        let condition = IntCC::UnsignedGreaterThanOrEqual;
        let fits = self.builder.ins().icmp_imm_u(condition, length, items.len() as i64);
        self.branch(fits, Targets { yes: enough, no: short });
        self.start(short);
        self.fails_at(pattern.at.0, Cause::Nowhere, ends);
        self.start(enough);
        let (applied, skipped) = (self.flag(), self.flag());
        for (position, item) in items.iter().enumerate() {
            let start = self.row_of_item(&pattern.path, position);
            let (ok, skip, next) = (self.block(), self.block(), self.block());
            self.rows.insert(row, start);
            self.pattern(item, PatternEnds { ok, fail: ends.fail, skip, skip_whole: skip });
            self.rows.remove(&row);
            for (block, flag) in [(ok, applied), (skip, skipped)] {
                self.start(block);
                self.raise(flag);
                self.goto(next);
            }
            self.start(next);
        }
        let applied = self.builder.use_var(applied);
        let all_skipped = self.block();
        self.branch(applied, Targets { yes: ends.ok, no: all_skipped });
        self.start(all_skipped);
        let skipped = self.builder.use_var(skipped);
        self.branch(skipped, Targets { yes: ends.skip_whole, no: ends.ok });
    }

    /// The anchored keys of a map. A condition of this map that does not hold skips the map at once: what its other
    /// anchors would say is not heard. A map or list below that does not apply counts only when nothing else applied.
    fn anchored_fields(&mut self, anchored: &[FieldPlan], fail: Block, ends: PatternEnds) {
        let parts_may_skip = anchored.iter().any(|field| match &field.asks {
            FieldAsks::Pattern(pattern) => field.anchor != Anchor::Conditional && can_skip(pattern),
            FieldAsks::Something | FieldAsks::Nothing | FieldAsks::Witnesses { .. } => false,
        });
        if !parts_may_skip {
            for field in anchored {
                let ok = self.block();
                self.field(field, fail, PatternEnds { ok, skip: ends.skip_whole, ..ends });
                self.start(ok);
            }
            return;
        }
        let (applied, skipped) = (self.flag(), self.flag());
        for field in anchored {
            let (ok, skip_whole, next) = (self.block(), self.block(), self.block());
            self.field(field, fail, PatternEnds { ok, skip: ends.skip_whole, skip_whole, ..ends });
            for (block, flag) in [(ok, applied), (skip_whole, skipped)] {
                self.start(block);
                self.raise(flag);
                self.goto(next);
            }
            self.start(next);
        }
        let (some_skipped, go_on) = (self.block(), self.block());
        let skipped = self.builder.use_var(skipped);
        self.branch(skipped, Targets { yes: some_skipped, no: go_on });
        self.start(some_skipped);
        let applied = self.builder.use_var(applied);
        self.branch(applied, Targets { yes: go_on, no: ends.skip_whole });
        self.start(go_on);
    }

    fn field(&mut self, field: &FieldPlan, fail: Block, ends: PatternEnds) {
        match &field.member {
            MemberPlan::At(path) => {
                let operand = self.path_or_null(path);
                self.field_of(field, operand, path, fail, ends);
            }
            MemberPlan::Matching { of, row, key, value, name } => {
                let (found, done) = (self.builder.declare_var(types::I64), self.block());
                let none = self.number(0);
                self.builder.def_var(found, none);
                self.each_entry(of, *row, key.place(), Ends { null: done, done }, |emitter, next| {
                    let (hit, first) = (emitter.block(), emitter.block());
                    let member = emitter.path_or_null(value);
                    let is_text = emitter.tag_is(member.tag, Tag::Text);
                    emitter.require(is_text, next);
                    let name_cell = emitter.cell(key);
                    emitter.text_match(name_cell, name, Targets { yes: hit, no: next });
                    emitter.start(hit);
                    let before = emitter.builder.use_var(found);
                    emitter.branch(before, Targets { yes: emitter.exits.interpret, no: first });
                    emitter.start(first);
                    let position = emitter.rows.get(row).copied();
                    let position = position.unwrap_or(before);
                    emitter.builder.def_var(found, position);
                    emitter.goto(next);
                });
                self.start(done);
                let position = self.builder.use_var(found);
                let (there, absent) = (self.block(), self.block());
                self.branch(position, Targets { yes: there, no: absent });
                self.start(absent);
                self.absent_field(field, fail, ends);
                self.start(there);
                self.rows.insert(*row, position);
                let operand = self.path_or_null(value);
                self.present_field(field, operand, value, fail, ends);
                self.rows.remove(row);
            }
        }
    }

    fn field_of(&mut self, field: &FieldPlan, operand: Operand, path: &Path, fail: Block, ends: PatternEnds) {
        let (absent, there) = (self.block(), self.block());
        let is_absent = self.tag_is(operand.tag, Tag::Absent);
        self.branch(is_absent, Targets { yes: absent, no: there });
        self.start(absent);
        if matches!(field.anchor, Anchor::None | Anchor::AddIfAbsent) {
            // A plain key takes absence for null and looks at it like at any value.
            self.goto(there);
        } else {
            self.absent_field(field, fail, ends);
        }
        self.start(there);
        self.present_field(field, operand, path, fail, ends);
    }

    fn absent_field(&mut self, field: &FieldPlan, fail: Block, ends: PatternEnds) {
        match field.anchor {
            Anchor::Conditional => self.goto(ends.skip),
            Anchor::Equality | Anchor::Existence | Anchor::Negation | Anchor::Global => self.goto(ends.ok),
            // Absence is null here.
            Anchor::None | Anchor::AddIfAbsent => match &field.asks {
                FieldAsks::Pattern(PatternPlan {
                    kind: PatternKind::Scalar { decision, list_only: false, .. },
                    ..
                }) => {
                    self.known(decision.null, Targets { yes: ends.ok, no: fail });
                }
                FieldAsks::Pattern(_) | FieldAsks::Something | FieldAsks::Nothing | FieldAsks::Witnesses { .. } => {
                    self.goto(fail);
                }
            },
        }
    }

    fn present_field(&mut self, field: &FieldPlan, operand: Operand, path: &Path, fail: Block, ends: PatternEnds) {
        match &field.asks {
            // What is forbidden is there.
            FieldAsks::Nothing => self.fails_at(field.at.0, Cause::Forbidden, ends),
            FieldAsks::Something => {
                self.require_value(operand, fail);
                self.goto(ends.ok);
            }
            FieldAsks::Pattern(pattern) => {
                let inner = match field.anchor {
                    Anchor::Conditional | Anchor::Global => PatternEnds::or(ends.ok, ends.skip),
                    Anchor::None | Anchor::AddIfAbsent | Anchor::Equality | Anchor::Existence | Anchor::Negation => {
                        ends
                    }
                };
                self.pattern(pattern, inner);
            }
            FieldAsks::Witnesses { row, patterns, refused } => {
                let is_list = self.tag_is(operand.tag, Tag::List);
                self.require(is_list, fail);
                let lists = [path.clone()];
                for pattern in patterns {
                    let found = self.block();
                    let rows =
                        Loop { lists: &lists, row: *row, item: pattern.path.place(), otherwise: NoList::Nothing };
                    self.each_row(&rows, Ends { null: fail, done: fail }, |emitter, next| {
                        emitter.pattern(pattern, PatternEnds::or(found, next));
                    });
                    self.start(found);
                }
                self.goto(if *refused { fail } else { ends.ok });
            }
        }
    }

    pub(super) fn flag(&mut self) -> Variable {
        let flag = self.builder.declare_var(types::I8);
        let down = self.builder.ins().iconst(types::I8, 0);
        self.builder.def_var(flag, down);
        flag
    }

    pub(super) fn raise(&mut self, flag: Variable) {
        let up = self.builder.ins().iconst(types::I8, 1);
        self.builder.def_var(flag, up);
    }
}

/// Whether an anchor at or below a pattern can skip it.
fn can_skip(pattern: &PatternPlan) -> bool {
    match &pattern.kind {
        PatternKind::Map { anchored, fields } => anchored.iter().chain(fields).any(|field| {
            matches!(field.anchor, Anchor::Conditional | Anchor::Global)
                || matches!(&field.asks, FieldAsks::Pattern(pattern) if can_skip(pattern))
        }),
        PatternKind::EachMap { item, .. } => can_skip(item),
        PatternKind::Positional { items, .. } => items.iter().any(can_skip),
        PatternKind::Scalar { .. } | PatternKind::Variable { .. } | PatternKind::Never => false,
    }
}
