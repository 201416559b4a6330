//! The walk over a review's text that fills a frame.

use dikast_compiler::layout::{Cell, EntryNodes, Layout, Node, NodeId, Origin, Tag};

use super::Frame;
use super::fault::{Fault, SyntaxError};
use super::frame::text_in;
use super::scanner::{Number, Scanned, Scanner, StringToken};

/// Up to this many members of an object are sorted in place, row by row.
const IN_PLACE_MAX: usize = 16;

/// Fills a frame.
pub(super) struct Reader<'f, 'l, 'b> {
    frame: &'f mut Frame,
    layout: &'l Layout,
    body: &'b str,
    scanner: Scanner<'b>,
}

/// Where the cells of a block begin.
#[derive(Clone, Copy)]
enum Base {
    /// The root block.
    Root,
    /// A row of a list that is still being read, by its position on the stack.
    Row(usize),
}

impl<'f, 'l, 'b> Reader<'f, 'l, 'b> {
    pub(super) fn new(frame: &'f mut Frame, layout: &'l Layout, body: &'b str) -> Self {
        Self { frame, layout, body, scanner: Scanner::new(body) }
    }

    /// Reads the whole text. Tells whether escapes hide braces.
    pub(super) fn read(mut self) -> Result<bool, SyntaxError> {
        match self.value(NodeId::ROOT, Base::Root).and_then(|()| self.scanner.end()) {
            Ok(()) => Ok(self.scanner.hidden_braces()),
            Err(_) => Err(self.scanner.error()),
        }
    }

    fn cell(&mut self, base: Base, slot: u32) -> Option<&mut Cell> {
        match base {
            Base::Root => self.frame.cells.get_mut(slot as usize),
            Base::Row(start) => self.frame.stack.get_mut(start + slot as usize),
        }
    }

    fn set(&mut self, base: Base, slot: u32, cell: Cell) {
        if let Some(place) = self.cell(base, slot) {
            *place = cell;
        }
    }

    fn is_set(&mut self, base: Base, slot: u32) -> bool {
        self.cell(base, slot).is_some_and(|cell| cell.tag != Tag::Absent)
    }

    /// Reads one value into the cells of its node and of the nodes below.
    fn value(&mut self, node: NodeId, base: Base) -> Scanned<()> {
        let layout = self.layout;
        let node = layout.node(node);
        let cell = match self.scanner.token() {
            b'{' => {
                let start = self.scanner.at();
                let cell = self.object(node, base)?;
                self.keep_text_of(node, base, cell, start)
            }
            b'[' => {
                let start = self.scanner.at();
                let cell = self.list(node)?;
                self.keep_text_of(node, base, cell, start)
            }
            b'"' => {
                let text = self.scanner.string()?;
                self.text(text)?
            }
            b't' => self.scanner.literal("true").map(|()| Cell::bool(true))?,
            b'f' => self.scanner.literal("false").map(|()| Cell::bool(false))?,
            b'n' => self.scanner.literal("null").map(|()| Cell::plain(Tag::Null))?,
            b'-' | b'0'..=b'9' => match self.scanner.number()? {
                Number::Int(number) => Cell::int(number),
                Number::Float(number) => Cell::float(number),
            },
            _ => return self.scanner.fault(Fault::Value),
        };
        self.set(base, node.slot, cell);
        Ok(())
    }

    /// Puts the text of a list or object into the next slot, when the layout asks for it.
    fn keep_text_of(&mut self, node: &Node, base: Base, cell: Cell, start: usize) -> Cell {
        if !node.whole {
            return cell;
        }
        let length = self.scanner.since(start).len();
        self.set(base, node.slot + 1, Cell::text(Origin::Body, start as u64, length as u32));
        Cell { whole: true, ..cell }
    }

    fn text(&mut self, text: StringToken) -> Scanned<Cell> {
        if !text.escaped {
            return Ok(Cell::text(Origin::Body, text.start(), text.length()));
        }
        let start = self.frame.arena.len();
        self.scanner.unescape(text, &mut self.frame.arena)?;
        Ok(Cell::text(Origin::Arena, start as u64, (self.frame.arena.len() - start) as u32))
    }

    fn list(&mut self, node: &Node) -> Scanned<Cell> {
        self.scanner.open()?;
        let mut count = 0;
        let Some(item) = node.items else {
            while self.scanner.another(count == 0, b']')? {
                self.scanner.skip()?;
                count += 1;
            }
            return Ok(Cell::block(Tag::List, count, 0));
        };
        let stride = self.layout.block(self.layout.node(item).block).stride;
        let start = self.frame.stack.len();
        while self.scanner.another(count == 0, b']')? {
            let row = self.push_row(stride);
            self.value(item, Base::Row(row))?;
            count += 1;
        }
        let offset = self.settle_rows(start);
        Ok(Cell::block(Tag::List, count, offset))
    }

    fn object(&mut self, node: &Node, base: Base) -> Scanned<Cell> {
        self.scanner.open()?;
        if let Some(entries) = node.entries {
            return self.entries(node, base, entries);
        }
        let mut count = 0;
        while self.scanner.another(count == 0, b'}')? {
            count += 1;
            let key = self.scanner.key()?;
            match self.member(node, key)? {
                Some(member) => self.named_member(member, base)?,
                None => self.scanner.skip()?,
            }
        }
        Ok(Cell::block(Tag::Object, count, 0))
    }

    fn named_member(&mut self, member: NodeId, base: Base) -> Scanned<()> {
        if self.is_set(base, self.layout.node(member).slot) {
            return self.scanner.fault(Fault::Twice);
        }
        self.value(member, base)
    }

    /// The node of a key.
    fn member(&mut self, node: &Node, key: StringToken) -> Scanned<Option<NodeId>> {
        if !key.escaped {
            return Ok(node.member_at(self.body.as_bytes(), key.start() as usize, key.length()));
        }
        let start = self.frame.arena.len();
        self.scanner.unescape(key, &mut self.frame.arena)?;
        let member = node.member(self.frame.arena.get(start..).unwrap_or_default());
        self.frame.arena.truncate(start);
        Ok(member)
    }

    /// Every member becomes a row; those that are also asked for by name are read once more.
    fn entries(&mut self, node: &Node, base: Base, entries: EntryNodes) -> Scanned<Cell> {
        let layout = self.layout;
        let (key_node, stride) = (layout.node(entries.key), layout.block(layout.node(entries.key).block).stride);
        let start = self.frame.stack.len();
        let mut count = 0;
        while self.scanner.another(count == 0, b'}')? {
            count += 1;
            let row = self.push_row(stride);
            let key = self.scanner.key()?;
            let cell = self.text(key)?;
            self.set(Base::Row(row), key_node.slot, cell);
            let member = node.member(self.frame.text(cell, self.body, ""));
            let value = self.scanner.at();
            self.value(entries.value, Base::Row(row))?;
            if let Some(member) = member {
                self.scanner.back_to(value);
                self.named_member(member, base)?;
            }
        }
        self.sort_rows(start, stride.max(1) as usize, key_node.slot as usize)?;
        let offset = self.settle_rows(start);
        Ok(Cell::block(Tag::Object, count, offset))
    }

    /// Puts the rows of an object, which begin at `start` of the stack, in the order of their names. They mostly are, as Go
    /// writes objects so. Two equal names are refused.
    fn sort_rows(&mut self, start: usize, stride: usize, key: usize) -> Scanned<()> {
        let Frame { stack, arena, .. } = &mut *self.frame;
        let (arena, body) = (&*arena, self.body);
        let rows = stack.get_mut(start..).unwrap_or_default();
        let name = |rows: &[Cell], row: usize| {
            let cell = rows.get(row * stride + key).copied().unwrap_or_default();
            text_in(cell, body, arena)
        };
        let count = rows.len() / stride;
        if (1..count).all(|row| name(rows, row - 1) < name(rows, row)) {
            return Ok(());
        }
        if count <= IN_PLACE_MAX {
            for row in 1..count {
                let mut at = row;
                while at > 0 && name(rows, at - 1) > name(rows, at) {
                    let (before, behind) = rows.split_at_mut(at * stride);
                    before[(at - 1) * stride..].swap_with_slice(&mut behind[..stride]);
                    at -= 1;
                }
            }
        } else {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_unstable_by_key(|&row| name(rows, row));
            let sorted: Vec<Cell> =
                order.iter().flat_map(|&row| &rows[row * stride..(row + 1) * stride]).copied().collect();
            rows.copy_from_slice(&sorted);
        }
        let equal = (1..count).any(|row| name(rows, row - 1) == name(rows, row));
        if equal { self.scanner.fault(Fault::Twice) } else { Ok(()) }
    }

    fn push_row(&mut self, stride: u32) -> usize {
        let start = self.frame.stack.len();
        self.frame.stack.resize(start + stride as usize, Cell::ABSENT);
        start
    }

    /// Moves the rows above `start` to their final place and gives their offset there.
    fn settle_rows(&mut self, start: usize) -> u64 {
        let offset = size_of_val(&self.frame.cells[..]) as u64;
        self.frame.cells.extend_from_slice(self.frame.stack.get(start..).unwrap_or_default());
        self.frame.stack.truncate(start);
        offset
    }
}
