//! Loops over the rows of lists.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, JumpTableData, Value, types};
use cranelift_frontend::Variable;

use super::{CellAt, Emitter, Operand, Targets};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Level, NoList, Path, RowId, Stream, ValueId};
use crate::layout::{CELL_SIZE, PlaceId, Tag};

/// Where a walk over a stream leads.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    /// The stream is null.
    pub(super) null: Block,
    /// All of it was walked.
    pub(super) done: Block,
}

/// A loop over rows.
pub(super) struct Loop<'p> {
    pub(super) lists: &'p [Path],
    pub(super) row: RowId,
    pub(super) item: PlaceId,
    pub(super) otherwise: NoList,
}

/// What is emitted inside all loops.
type Body<'s, E> = Box<dyn FnOnce(&mut E, Block) + 's>;

impl Emitter<'_, '_> {
    /// Walks a stream. `sink` is emitted once, for each value that is not null; it ends in a jump to the block it is
    /// given, which goes on, or elsewhere.
    pub(super) fn walk(&mut self, stream: &Stream, ends: Ends, sink: impl FnOnce(&mut Self, Operand, Block)) {
        let yields = &stream.yields;
        self.walk_levels(&stream.levels, ends, |emitter, next| {
            let operand = emitter.value(yields, next);
            emitter.require_value(operand, next);
            sink(emitter, operand, next);
        });
    }

    /// Walks the loops of a stream; `body` is emitted once, for the innermost.
    pub(super) fn walk_levels(&mut self, levels: &[Level], ends: Ends, body: impl FnOnce(&mut Self, Block)) {
        // Boxed, because each level wraps the closure of the one outside it.
        self.walk_from(levels, ends, Box::new(body));
    }

    fn walk_from<'s>(&mut self, levels: &[Level], ends: Ends, body: Body<'s, Self>) {
        let Some((level, rest)) = levels.split_first() else { return body(self, ends.done) };
        let inner = |next| Ends { null: next, done: next };
        match level {
            Level::Guard(test) => {
                let yes = self.block();
                self.test(test, Targets { yes, no: ends.null });
                self.start(yes);
                self.walk_from(rest, ends, body);
            }
            Level::Let(id, value) => {
                let operand = self.value(value, ends.null);
                self.items.insert(*id, operand);
                self.walk_from(rest, ends, body);
                self.items.remove(id);
            }
            Level::NoList(path) => {
                let operand = self.path_or_null(path);
                let is_list = self.tag_is(operand.tag, Tag::List);
                let no = self.block();
                self.branch(is_list, Targets { yes: self.exits.interpret, no });
                self.start(no);
                self.walk_from(rest, ends, body);
            }
            Level::Rows { lists, row, item, otherwise } => {
                let rows = Loop { lists, row: *row, item: *item, otherwise: *otherwise };
                self.each_row(&rows, ends, |emitter, next| emitter.walk_from(rest, inner(next), body));
            }
            Level::Computed { of, item } => {
                let list = self.value(of, self.exits.error);
                self.each_item(list, *item, ends, |emitter, next| emitter.walk_from(rest, inner(next), body));
            }
            Level::Entries { of, row, key, otherwise } => {
                let no_object = match otherwise {
                    NoList::Nothing => ends.null,
                    NoList::Interpret => self.exits.interpret,
                    NoList::Fails => self.exits.error,
                };
                let ends_of_entries = Ends { null: no_object, done: ends.done };
                self.each_entry(of, *row, *key, ends_of_entries, |emitter, next| {
                    emitter.walk_from(rest, inner(next), body);
                });
            }
        }
    }

    /// Walks the items of lists whose rows have the same layout. `body` is emitted once and serves all lists.
    pub(super) fn each_row(&mut self, rows: &Loop<'_>, ends: Ends, body: impl FnOnce(&mut Self, Block)) {
        let sources: Vec<Block> = rows.lists.iter().map(|_| self.block()).collect();
        let [row, end] = [types::I64; 2].map(|ty| self.builder.declare_var(ty));
        let source = self.builder.declare_var(types::I32);
        let header = self.block();
        let after = |position: usize| sources.get(position + 1).copied().unwrap_or(ends.done);
        self.goto(sources.first().copied().unwrap_or(ends.done));
        for (position, list) in rows.lists.iter().enumerate() {
            self.start(sources[position]);
            let at = self.cell(list);
            let tag = self.tag(at);
            let is_list = self.block();
            let nothing = if rows.lists.len() == 1 { ends.null } else { after(position) };
            let otherwise = match rows.otherwise {
                NoList::Nothing => nothing,
                NoList::Interpret => self.exits.interpret,
                NoList::Fails => self.exits.error,
            };
            self.switch_tag(tag, |tag| match tag {
                Tag::List => is_list,
                Tag::Absent | Tag::Null => nothing,
                Tag::False | Tag::True | Tag::Int | Tag::Float | Tag::Text | Tag::Object => otherwise,
            });
            self.start(is_list);
            self.enter_rows(at, rows.item, row, end);
            let number = self.builder.ins().iconst(types::I32, position as i64);
            self.builder.def_var(source, number);
            self.goto(header);
        }
        self.start(header);
        let exhausted = if rows.lists.len() <= 1 { ends.done } else { self.cold_block() };
        self.loop_over(rows.row, rows.item, row, end, header, exhausted, body);
        if exhausted != ends.done {
            self.start(exhausted);
            let source = self.builder.use_var(source);
            let targets: Vec<_> = (0..rows.lists.len()).map(after).collect();
            let calls: Vec<_> = targets.iter().map(|&target| self.builder.func.dfg.block_call(target, &[])).collect();
            let default = self.builder.func.dfg.block_call(ends.done, &[]);
            let table = self.builder.create_jump_table(JumpTableData::new(default, &calls));
            self.builder.ins().br_table(source, table);
        }
    }

    /// Walks the members of an object as rows.
    pub(super) fn each_entry(
        &mut self,
        of: &Path,
        row: RowId,
        key: PlaceId,
        ends: Ends,
        body: impl FnOnce(&mut Self, Block),
    ) {
        let at = self.cell(of);
        let tag = self.tag(at);
        let is_object = self.tag_is(tag, Tag::Object);
        self.require(is_object, ends.null);
        let [start, end] = [types::I64; 2].map(|ty| self.builder.declare_var(ty));
        let header = self.block();
        self.enter_rows(at, key, start, end);
        self.goto(header);
        self.start(header);
        self.loop_over(row, key, start, end, header, ends.done, body);
    }

    /// Walks the items of a list that was computed, or is a constant.
    pub(super) fn each_item(&mut self, list: Operand, id: ValueId, ends: Ends, body: impl FnOnce(&mut Self, Block)) {
        let is_list = self.tag_is(list.tag, Tag::List);
        self.require(is_list, ends.null);
        self.take_argument(list);
        let none = self.argument_number(0);
        let kept = self.result_of(Helper::Keep, &[none]);
        let count = self.length(kept.at);
        let position = self.builder.declare_var(types::I32);
        let first = self.argument_number(0);
        self.builder.def_var(position, first);
        let (header, inside, next) = (self.block(), self.block(), self.block());
        self.goto(header);
        self.start(header);
        let at = self.builder.use_var(position);
        let more = self.builder.ins().icmp(IntCC::UnsignedLessThan, at, count);
        self.branch(more, Targets { yes: inside, no: ends.done });
        self.start(inside);
        let offset = self.offset(kept.at);
        let item = self.result_of(Helper::ItemAt, &[offset, at]);
        self.items.insert(id, item);
        body(self, next);
        self.items.remove(&id);
        self.start(next);
        let following = self.builder.ins().iadd_imm_u(at, 1);
        self.builder.def_var(position, following);
        self.goto(header);
    }

    /// Sets the variables to the first row of a list or object and the end of its rows.
    fn enter_rows(&mut self, at: CellAt, item: PlaceId, row: Variable, end: Variable) {
        let first = self.payload(at);
        let count = self.length(at);
        let count = self.builder.ins().uextend(types::I64, count);
        let size = i64::from(self.row_size(item));
        let bytes = self.builder.ins().imul_imm_u(count, size);
        let behind = self.builder.ins().iadd(first, bytes);
        self.builder.def_var(row, first);
        self.builder.def_var(end, behind);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one loop, which have no meaning apart")]
    fn loop_over(
        &mut self,
        id: RowId,
        item: PlaceId,
        row: Variable,
        end: Variable,
        header: Block,
        exhausted: Block,
        body: impl FnOnce(&mut Self, Block),
    ) {
        let (inside, next) = (self.block(), self.block());
        let position = self.builder.use_var(row);
        let behind = self.builder.use_var(end);
        let more = self.builder.ins().icmp(IntCC::NotEqual, position, behind);
        self.branch(more, Targets { yes: inside, no: exhausted });
        self.start(inside);
        self.rows.insert(id, position);
        body(self, next);
        self.rows.remove(&id);
        self.start(next);
        let size = i64::from(self.row_size(item));
        let following = self.builder.ins().iadd_imm_u(position, size);
        self.builder.def_var(row, following);
        self.goto(header);
    }

    fn row_size(&self, item: PlaceId) -> u32 {
        self.layout.block(self.layout.place(item).block).stride * CELL_SIZE
    }

    /// Jumps with one argument.
    pub(super) fn goto_with(&mut self, block: Block, argument: Value) {
        self.builder.ins().jump(block, &[BlockArg::Value(argument)]);
    }
}
