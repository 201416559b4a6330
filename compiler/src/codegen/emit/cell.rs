//! Loads from cells.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Type, Value, types};

use super::{CellAt, Emitter, Operand, Targets, unchanging};
use crate::codegen::plan::{Numbers, Path};
use crate::layout::{BlockId, Cell, PlaceId, Tag};

/// All tags by their number.
pub(super) const TAGS: [Tag; 9] =
    [Tag::Absent, Tag::Null, Tag::False, Tag::True, Tag::Int, Tag::Float, Tag::Text, Tag::List, Tag::Object];

impl Emitter<'_, '_> {
    /// The cell of one step of a path.
    pub(super) fn cell_of(&mut self, path: &Path, place: PlaceId) -> CellAt {
        let node = self.layout.place(place);
        let row = match path.row {
            Some(row) if node.block != BlockId::ROOT => self.rows.get(&row).copied(),
            _ => None,
        };
        CellAt { row, offset: node.offset(), temporary: false }
    }

    /// The cell of a path's value.
    pub(super) fn cell(&mut self, path: &Path) -> CellAt {
        self.cell_of(path, path.place())
    }

    /// A path's value where a missing member counts as null.
    pub(super) fn path_or_null(&mut self, path: &Path) -> Operand {
        let at = self.cell(path);
        let tag = self.tag(at);
        Operand { at, tag, numbers: path.numbers }
    }

    /// A constant or intermediate value by its byte offset.
    pub(super) fn operand_at(&mut self, offset: u32, temporary: bool) -> Operand {
        let at = CellAt { row: None, offset, temporary };
        let tag = self.tag(at);
        Operand { at, tag, numbers: Numbers::AsWritten }
    }

    /// The byte offset of a cell, as helpers take it.
    pub(super) fn offset(&mut self, at: CellAt) -> Value {
        match at.row {
            None => self.number(i64::from(at.offset)),
            Some(row) if at.offset == 0 => row,
            Some(row) => self.builder.ins().iadd_imm_u(row, i64::from(at.offset)),
        }
    }

    fn load(&mut self, ty: Type, at: CellAt, member: usize) -> Value {
        let address = match at.row {
            None => self.cells,
            Some(row) => self.builder.ins().iadd(self.cells, row),
        };
        let flags = if at.temporary { MemFlagsData::trusted() } else { unchanging() };
        let offset = i32::try_from(at.offset as usize + member).unwrap_or(i32::MAX);
        self.builder.ins().load(ty, flags, address, offset)
    }

    pub(super) fn tag(&mut self, at: CellAt) -> Value {
        self.load(types::I8, at, offset_of!(Cell, tag))
    }

    pub(super) fn origin(&mut self, at: CellAt) -> Value {
        self.load(types::I8, at, offset_of!(Cell, origin))
    }

    pub(super) fn length(&mut self, at: CellAt) -> Value {
        self.load(types::I32, at, offset_of!(Cell, length))
    }

    pub(super) fn payload(&mut self, at: CellAt) -> Value {
        self.load(types::I64, at, offset_of!(Cell, payload))
    }

    pub(super) fn tag_is(&mut self, tag: Value, wanted: Tag) -> Value {
        self.equals(tag, wanted as i64)
    }

    /// Whether a tag is one of consecutive ones.
    pub(super) fn tag_between(&mut self, tag: Value, first: Tag, last: Tag) -> Value {
        if first == last {
            return self.tag_is(tag, first);
        }
        let shifted =
            if first == Tag::Absent { tag } else { self.builder.ins().iadd_imm_s(tag, -i64::from(first as u8)) };
        let span = i64::from(last as u8 - first as u8);
        self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, shifted, span)
    }

    /// Goes where the tag leads. Runs of tags with the same target cost one compare; the commonest target costs none.
    pub(super) fn switch_tag(&mut self, tag: Value, target: impl Fn(Tag) -> Block) {
        let mut runs: Vec<(Tag, Tag, Block)> = Vec::new();
        for tag in TAGS {
            match runs.last_mut() {
                Some((_, last, block)) if *block == target(tag) => *last = tag,
                _ => runs.push((tag, tag, target(tag))),
            }
        }
        let weight = |block: Block| runs.iter().filter(|run| run.2 == block).count();
        let Some(default) = runs.iter().map(|run| run.2).max_by_key(|&block| weight(block)) else { return };
        // Text is what most cells hold.
        runs.sort_by_key(|&(first, last, _)| !(first..=last).contains(&Tag::Text));
        for (first, last, block) in runs.into_iter().filter(|run| run.2 != default) {
            let hit = self.tag_between(tag, first, last);
            let no = self.block();
            self.branch(hit, Targets { yes: block, no });
            self.start(no);
        }
        self.goto(default);
    }

    /// Whether a value is true in JMESPath's sense: null, false and what is empty are not.
    pub(super) fn truthy(&mut self, operand: Operand, to: Targets) {
        let sized = self.cold_block();
        self.switch_tag(operand.tag, |tag| match tag {
            Tag::Absent | Tag::Null | Tag::False => to.no,
            Tag::True | Tag::Int | Tag::Float => to.yes,
            Tag::Text | Tag::List | Tag::Object => sized,
        });
        self.start(sized);
        let length = self.length(operand.at);
        self.branch(length, to);
    }
}
