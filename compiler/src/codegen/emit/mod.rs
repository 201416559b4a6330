//! Writing Cranelift code for a plan.
//!
//! One function for the rules that are always asked, one for each group of others. Every function here that takes target blocks leaves no open block behind; one that gives a value leaves the block open in which the value is
//! known.
//!
//! In an [`Operand`] the tag `Tag::Absent` means null: whether a member is missing was decided before.

mod call;
mod cell;
mod decision;
mod helper_call;
mod pattern;
mod question;
mod reachable;
mod rule;
mod stream;
mod test;
mod text;
mod unit;
mod value;

use std::collections::HashMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::entities::Inst;
use cranelift_codegen::ir::{Block, Endianness, FuncRef, InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::{FunctionBuilder, Variable};

use super::clif::Comments;
use super::helper::Helper;
use super::plan::{Numbers, RowId, ValueId};
use super::pool::Pool;
use crate::ir::NameId;
use crate::layout::Layout;

use helper_call::Helpers;
pub(super) use question::emit_question;
pub(super) use unit::{Listing, UnitWriter, emit_unit};

/// Writes one function.
struct Emitter<'a, 'f> {
    builder: FunctionBuilder<'f>,
    layout: &'a Layout,
    pool: &'a mut Pool,
    helpers: &'a Helpers,
    /// Those that this function calls.
    called: HashMap<Helper, FuncRef>,
    comments: &'a mut Comments,
    /// The running request.
    request: Value,
    /// Its first cell.
    cells: Value,
    /// Byte offsets of the rows at which loops stand.
    rows: HashMap<RowId, Value>,
    /// Items at which loops over computed lists stand.
    items: HashMap<ValueId, Operand>,
    /// Values of the patterns with variables.
    variables: Vec<Operand>,
    exits: Exits,
    /// The node that decided.
    at: Variable,
    /// What is known of the anchors of the pattern that is matched.
    anchors: Anchors,
}

/// Anchors whose keys count when a pattern is not satisfied.
#[derive(Default)]
struct Anchors {
    /// For each text of an anchor: whether it was visited, and whether its key was met.
    keys: Vec<(NameId, Variable, Variable)>,
    /// Why the pattern was not satisfied last, see [`pattern::Cause`].
    cause: Option<Variable>,
}

/// Where code goes that cannot go on.
#[derive(Clone, Copy)]
struct Exits {
    /// An error of the policy on this request.
    error: Block,
    /// More than native code handles.
    interpret: Block,
}

/// Where a truth value leads.
#[derive(Clone, Copy)]
struct Targets {
    yes: Block,
    no: Block,
}

/// A value: its cell, and its tag as far as known.
#[derive(Clone, Copy)]
struct Operand {
    at: CellAt,
    tag: Value,
    numbers: Numbers,
}

/// A cell, by its byte offset from the first one.
#[derive(Clone, Copy)]
struct CellAt {
    /// The part that is computed; none in the root block.
    row: Option<Value>,
    /// The known part.
    offset: u32,
    /// Whether helpers write to it.
    temporary: bool,
}

impl Emitter<'_, '_> {
    fn block(&mut self) -> Block {
        self.builder.create_block()
    }

    /// A block for what seldom happens.
    fn cold_block(&mut self) -> Block {
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        block
    }

    /// A block for what comes next; it is as cold as what went before.
    fn next_block(&mut self) -> Block {
        let current = self.builder.current_block();
        let is_cold = current.is_some_and(|current| self.builder.func.layout.is_cold(current));
        if is_cold { self.cold_block() } else { self.block() }
    }

    fn start(&mut self, block: Block) {
        self.builder.switch_to_block(block);
    }

    fn goto(&mut self, block: Block) {
        self.builder.ins().jump(block, &[]);
    }

    fn branch(&mut self, condition: Value, to: Targets) {
        self.builder.ins().brif(condition, to.yes, &[], to.no, &[]);
    }

    /// Goes on in a new block if the condition holds.
    fn require(&mut self, condition: Value, otherwise: Block) {
        let yes = self.next_block();
        self.branch(condition, Targets { yes, no: otherwise });
        self.start(yes);
    }

    fn known(&mut self, truth: bool, to: Targets) {
        self.goto(if truth { to.yes } else { to.no });
    }

    fn number(&mut self, number: i64) -> Value {
        self.builder.ins().iconst(types::I64, number)
    }

    fn equals(&mut self, value: Value, constant: i64) -> Value {
        self.builder.ins().icmp_imm_u(IntCC::Equal, value, constant)
    }

    /// A comment on the next instruction.
    fn note(&mut self, comment: impl FnOnce() -> String) {
        let next = Inst::from_u32(u32::try_from(self.builder.func.dfg.num_insts()).unwrap_or(u32::MAX));
        self.comments.add(next, comment);
    }
}

/// Loads of cells that nothing changes while the unit runs.
fn unchanging() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly()
}

/// Loads of text, at any address and in the same order of bytes on all machines.
fn unaligned() -> MemFlagsData {
    MemFlagsData::new().with_notrap().with_endianness(Endianness::Little)
}
