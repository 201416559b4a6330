//! Frames: the cells of one request, and the text that its bytes do not hold literally.

use dikast_compiler::layout::{BlockId, CELL_SIZE, Cell, Layout, NodeId, Origin};

use super::reader::Reader;
use super::{DocumentError, text_of};

/// The cells of one request.
#[derive(Debug, Default)]
pub struct Frame {
    /// The root block with what the program appends to it, then rows.
    pub(super) cells: Vec<Cell>,
    /// Rows of lists that are still being read.
    pub(super) stack: Vec<Cell>,
    /// Text that had escapes.
    pub(super) arena: String,
    /// Whether escapes anywhere in the text stand for braces.
    pub(super) hidden_braces: bool,
}

impl Frame {
    /// Reads the review `body` by `layout`. `appended` are cells of the program that follow the root block, such as
    /// constants and room for intermediate values.
    ///
    /// # Errors
    ///
    /// When the bytes are not one valid JSON document; what the frame holds then means nothing.
    pub fn read<'b>(&mut self, layout: &Layout, appended: &[Cell], body: &'b [u8]) -> Result<&'b str, DocumentError> {
        let body = text_of(body)?;
        self.cells.clear();
        self.stack.clear();
        self.arena.clear();
        self.cells.resize(layout.block(BlockId::ROOT).stride as usize, Cell::ABSENT);
        self.cells.extend_from_slice(appended);
        self.hidden_braces = Reader::new(self, layout, body).read()?;
        Ok(body)
    }

    /// The cell at a byte offset, as rows name their place; absent when there is none.
    pub fn cell(&self, offset: u64) -> Cell {
        let index = usize::try_from(offset / u64::from(CELL_SIZE)).unwrap_or(usize::MAX);
        self.cells.get(index).copied().unwrap_or_default()
    }

    /// Replaces the cell at a byte offset, if there is one.
    pub fn set_cell(&mut self, offset: u64, cell: Cell) {
        let index = usize::try_from(offset / u64::from(CELL_SIZE)).unwrap_or(usize::MAX);
        if let Some(place) = self.cells.get_mut(index) {
            *place = cell;
        }
    }

    /// The cell of a node of the root block.
    pub fn at(&self, layout: &Layout, node: NodeId) -> Cell {
        self.cell(u64::from(layout.node(node).offset()))
    }

    /// The text of a text cell; `body` are the bytes that this frame was read from.
    #[inline]
    pub fn text<'t>(&'t self, cell: Cell, body: &'t str, constants: &'t str) -> &'t str {
        match cell.origin {
            Origin::Constant => part(cell, constants),
            Origin::Body | Origin::Arena | Origin::Handle => text_in(cell, body, &self.arena),
        }
    }

    /// Keeps text for the rest of the request.
    pub fn keep_text(&mut self, text: &str) -> Cell {
        let offset = self.arena.len() as u64;
        self.arena.push_str(text);
        Cell::text(Origin::Arena, offset, text.len() as u32)
    }

    /// Whether a text of the request may hold `{{`; `body` are the bytes that this frame was read from, where all text
    /// without escapes stands as it is.
    pub fn may_hold_variables(&self, body: &str) -> bool {
        let found = |text: &str| memchr::memmem::find(text.as_bytes(), b"{{").is_some();
        self.hidden_braces || found(body) || found(&self.arena)
    }

    /// Bytes of text that had escapes or was kept.
    pub(crate) fn kept_text(&self) -> usize {
        self.arena.len()
    }

    /// Forgets the text that was kept beyond so many bytes.
    pub(crate) fn forget_text_after(&mut self, bytes: usize) {
        self.arena.truncate(bytes);
    }

    /// The cells and the arena, for native code.
    pub(crate) fn regions(&mut self) -> (*mut Cell, *const u8) {
        (self.cells.as_mut_ptr(), self.arena.as_ptr())
    }
}

/// The text of a text cell that was read.
pub(super) fn text_in<'t>(cell: Cell, body: &'t str, arena: &'t str) -> &'t str {
    match cell.origin {
        Origin::Body => part(cell, body),
        Origin::Arena => part(cell, arena),
        Origin::Constant | Origin::Handle => "",
    }
}

fn part(cell: Cell, region: &str) -> &str {
    let start = cell.payload as usize;
    region.get(start..start.saturating_add(cell.length as usize)).unwrap_or_default()
}
