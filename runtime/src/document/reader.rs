//! The walk over a review's text that fills a frame.

use std::fmt;

use dikast_compiler::layout::{Cell, EntryNodes, Layout, Node, NodeId, Origin, Tag};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{DEPTH_MAX, Frame};

/// Up to this many members of an object are compared pair by pair for equal names; more are sorted first.
const PAIRWISE_MAX: usize = 16;

/// Fills a frame.
pub(super) struct Reader<'f, 'l, 'b> {
    frame: &'f mut Frame,
    layout: &'l Layout,
    body: &'b str,
    depth: u32,
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
        Self { frame, layout, body, depth: 0 }
    }

    pub(super) fn read(mut self) -> Result<(), serde_json::Error> {
        let mut parser = serde_json::Deserializer::from_str(self.body);
        ValueSeed { reader: &mut self, node: NodeId::ROOT, base: Base::Root }.deserialize(&mut parser)?;
        parser.end()
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

    /// Text that stands in the body as it is.
    fn borrowed(&self, text: &str) -> Cell {
        let offset = (text.as_ptr() as usize).wrapping_sub(self.body.as_ptr() as usize);
        Cell::text(Origin::Body, offset as u64, text.len() as u32)
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

/// Reads one value into the cells of its node and of the nodes below.
struct ValueSeed<'r, 'f, 'l, 'b> {
    reader: &'r mut Reader<'f, 'l, 'b>,
    node: NodeId,
    base: Base,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let layout = self.reader.layout;
        let node = layout.node(self.node);
        self.reader.depth += 1;
        if self.reader.depth > DEPTH_MAX {
            return Err(D::Error::custom("recursion limit exceeded"));
        }
        let (reader, base) = (self.reader, self.base);
        if node.whole {
            let raw: &'de RawValue = serde::Deserialize::deserialize(deserializer)?;
            let text = reader.borrowed(raw.get());
            let mut parser = serde_json::Deserializer::from_str(raw.get());
            parser.deserialize_any(ValueVisitor { reader, node, base }).map_err(D::Error::custom)?;
            if let Some(cell) = reader.cell(base, node.slot)
                && matches!(cell.tag, Tag::List | Tag::Object)
            {
                cell.whole = true;
                reader.set(base, node.slot + 1, text);
            }
            reader.depth -= 1;
            return Ok(());
        }
        deserializer.deserialize_any(ValueVisitor { reader, node, base })?;
        reader.depth -= 1;
        Ok(())
    }
}

struct ValueVisitor<'r, 'f, 'l, 'b> {
    reader: &'r mut Reader<'f, 'l, 'b>,
    node: &'l Node,
    base: Base,
}

impl<'r, 'f, 'l, 'b> ValueVisitor<'r, 'f, 'l, 'b> {
    fn scalar(self, cell: Cell) {
        self.reader.set(self.base, self.node.slot, cell);
    }

    fn block(self, tag: Tag, length: usize, payload: u64) {
        self.scalar(Cell::block(tag, u32::try_from(length).unwrap_or(u32::MAX), payload));
    }
}

impl<'de> Visitor<'de> for ValueVisitor<'_, '_, '_, 'de> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.scalar(Cell::plain(Tag::Null));
        Ok(())
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        self.scalar(Cell::bool(truth));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.scalar(Cell::int(number));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.scalar(i64::try_from(number).map_or(Cell::float(number as f64), Cell::int));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.scalar(Cell::float(number));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        let cell = self.reader.borrowed(text);
        self.scalar(cell);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let cell = self.reader.frame.keep_text(text);
        self.scalar(cell);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut count = 0;
        let Some(item) = self.node.items else {
            while items.next_element::<IgnoredAny>()?.is_some() {
                count += 1;
            }
            self.block(Tag::List, count, 0);
            return Ok(());
        };
        let stride = self.reader.layout.block(self.reader.layout.node(item).block).stride;
        let start = self.reader.frame.stack.len();
        loop {
            let row = self.reader.push_row(stride);
            let seed = ValueSeed { reader: &mut *self.reader, node: item, base: Base::Row(row) };
            if items.next_element_seed(seed)?.is_none() {
                self.reader.frame.stack.truncate(row);
                break;
            }
            count += 1;
        }
        let offset = self.reader.settle_rows(start);
        self.block(Tag::List, count, offset);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        match self.node.entries {
            None => self.visit_members(members),
            Some(entries) => self.visit_entries(entries, members),
        }
    }
}

impl<'de> ValueVisitor<'_, '_, '_, 'de> {
    fn visit_members<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(member) = members.next_key_seed(KeySeed { node: self.node })? {
            count += 1;
            let Some(member) = member else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            if self.reader.is_set(self.base, self.reader.layout.node(member).slot) {
                return Err(A::Error::custom("a key stands twice in an object"));
            }
            members.next_value_seed(ValueSeed { reader: &mut *self.reader, node: member, base: self.base })?;
        }
        self.block(Tag::Object, count, 0);
        Ok(())
    }

    /// Every member becomes a row; those that are also asked for by name are read once more.
    fn visit_entries<A: MapAccess<'de>>(self, entries: EntryNodes, mut members: A) -> Result<(), A::Error> {
        let layout = self.reader.layout;
        let stride = layout.block(layout.node(entries.key).block).stride;
        let start = self.reader.frame.stack.len();
        let mut count = 0;
        loop {
            let row = self.reader.push_row(stride);
            let seed = EntryKeySeed { reader: &mut *self.reader, node: self.node, key: entries.key, row };
            let Some(member) = members.next_key_seed(seed)? else {
                self.reader.frame.stack.truncate(row);
                break;
            };
            count += 1;
            let row = Base::Row(row);
            let Some(member) = member else {
                members.next_value_seed(ValueSeed { reader: &mut *self.reader, node: entries.value, base: row })?;
                continue;
            };
            let raw: &'de RawValue = members.next_value()?;
            for (node, base) in [(entries.value, row), (member, self.base)] {
                let mut parser = serde_json::Deserializer::from_str(raw.get());
                let seed = ValueSeed { reader: &mut *self.reader, node, base };
                seed.deserialize(&mut parser).map_err(A::Error::custom)?;
            }
        }
        self.reader.refuse_equal_keys(start, stride, layout.node(entries.key).slot)?;
        let offset = self.reader.settle_rows(start);
        self.block(Tag::Object, count, offset);
        Ok(())
    }
}

impl Reader<'_, '_, '_> {
    /// Refuses an object with two equal names among its rows, which begin at `start` of the stack.
    fn refuse_equal_keys<E: Error>(&self, start: usize, stride: u32, key: u32) -> Result<(), E> {
        let rows = self.frame.stack.get(start..).unwrap_or_default();
        let name = |row: &[Cell]| {
            let cell = row.get(key as usize).copied().unwrap_or_default();
            self.frame.text(cell, self.body, "")
        };
        let rows: std::slice::ChunksExact<'_, Cell> = rows.chunks_exact(stride.max(1) as usize);
        let equal = if rows.len() <= PAIRWISE_MAX {
            rows.clone().enumerate().any(|(count, row)| rows.clone().take(count).any(|other| name(other) == name(row)))
        } else {
            let mut names: Vec<&str> = rows.map(name).collect();
            names.sort_unstable();
            names.windows(2).any(|pair| pair[0] == pair[1])
        };
        if equal { Err(E::custom("a key stands twice in an object")) } else { Ok(()) }
    }
}

/// Finds the node of a key.
struct KeySeed<'l> {
    node: &'l Node,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<NodeId>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<NodeId>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<NodeId>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<NodeId>, E> {
        Ok(self.node.member(key))
    }
}

/// Writes a key into its row and finds its node.
struct EntryKeySeed<'r, 'f, 'l, 'b> {
    reader: &'r mut Reader<'f, 'l, 'b>,
    node: &'l Node,
    key: NodeId,
    row: usize,
}

impl<'de> DeserializeSeed<'de> for EntryKeySeed<'_, '_, '_, 'de> {
    type Value = Option<NodeId>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<NodeId>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl EntryKeySeed<'_, '_, '_, '_> {
    fn enter(self, key: &str, cell: Cell) -> Option<NodeId> {
        let slot = self.reader.layout.node(self.key).slot;
        self.reader.set(Base::Row(self.row), slot, cell);
        self.node.member(key)
    }
}

impl<'de> Visitor<'de> for EntryKeySeed<'_, '_, '_, 'de> {
    type Value = Option<NodeId>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Option<NodeId>, E> {
        let cell = self.reader.borrowed(key);
        Ok(self.enter(key, cell))
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<NodeId>, E> {
        let cell = self.reader.frame.keep_text(key);
        Ok(self.enter(key, cell))
    }
}
