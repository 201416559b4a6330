//! Layout: which paths of an admission review a unit needs, and where their values go.
//!
//! A layout is a trie over JSON keys. Each node has one [`Cell`], so that the kind of every step of a path is known.
//! A list or object that is walked has rows: its item node begins a block of its own, whose cells are repeated for
//! each item. The parser of the `runtime` crate fills the cells while it reads; native code loads them.
//!
//! ```text
//! review                          slot 0
//!   request                       slot 1
//!     object                      slot 2
//!       spec                      slot 3
//!         containers              slot 4          one cell: tag, count, offset of the first row
//!           [*]                   block 1 slot 0  the item itself
//!             image               block 1 slot 1
//! ```
//!
//! Lists that one expression flattens together share their rows' block ([`LayoutBuilder::share_items`]), so that one
//! loop in native code serves them all.

mod cell;
mod keys;
mod text;

use std::collections::HashMap;

use keys::Keys;

pub use cell::{CELL_SIZE, Cell, Origin, Surface, Tag};

/// Names a node of a layout, or of one being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceId(pub u32);

/// Names a block of cells: the root block, or that of a list's items or an object's members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

impl PlaceId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

impl BlockId {
    /// The block that is there once.
    pub const ROOT: BlockId = BlockId(0);

    /// The position in [`Layout::blocks`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Collects paths. Asking twice for the same path gives the same place.
#[derive(Debug)]
pub struct LayoutBuilder {
    drafts: Vec<Draft>,
}

#[derive(Debug, Default)]
struct Draft {
    /// Set when this node was merged into another.
    merged_into: Option<PlaceId>,
    members: Vec<(Box<str>, PlaceId)>,
    items: Option<PlaceId>,
    entries: Option<EntryPlaces>,
    whole: bool,
}

/// The places of an object's members when they are walked like a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryPlaces {
    /// The member's name.
    pub key: PlaceId,
    /// The member's value.
    pub value: PlaceId,
}

impl Default for LayoutBuilder {
    fn default() -> Self {
        Self { drafts: vec![Draft::default()] }
    }
}

impl LayoutBuilder {
    /// The review itself.
    pub const ROOT: PlaceId = PlaceId(0);

    /// The member `name` of an object.
    pub fn member(&mut self, of: PlaceId, name: &str) -> PlaceId {
        let of = self.resolve(of);
        let found = self.drafts[of.index()].members.iter().find(|(key, _)| &**key == name).map(|&(_, place)| place);
        match found {
            Some(place) => self.resolve(place),
            None => {
                let place = self.add();
                self.drafts[of.index()].members.push((name.into(), place));
                place
            }
        }
    }

    /// The member at a path of names.
    pub fn path(&mut self, of: PlaceId, path: &[&str]) -> PlaceId {
        path.iter().fold(of, |place, name| self.member(place, name))
    }

    /// Each item of a list.
    pub fn items(&mut self, of: PlaceId) -> PlaceId {
        let of = self.resolve(of);
        match self.drafts[of.index()].items {
            Some(place) => self.resolve(place),
            None => {
                let place = self.add();
                self.drafts[of.index()].items = Some(place);
                place
            }
        }
    }

    /// Each member of an object, names included.
    pub fn entries(&mut self, of: PlaceId) -> EntryPlaces {
        let of = self.resolve(of);
        match self.drafts[of.index()].entries {
            Some(places) => EntryPlaces { key: self.resolve(places.key), value: self.resolve(places.value) },
            None => {
                let places = EntryPlaces { key: self.add(), value: self.add() };
                self.drafts[of.index()].entries = Some(places);
                places
            }
        }
    }

    /// Gives the items of several lists the same block.
    pub fn share_items(&mut self, lists: &[PlaceId]) -> Option<PlaceId> {
        let (&first, others) = lists.split_first()?;
        let shared = self.items(first);
        for &other in others {
            let items = self.items(other);
            self.merge(shared, items);
        }
        Some(self.resolve(shared))
    }

    /// Keeps the JSON text of the list or object there.
    pub fn keep_whole(&mut self, of: PlaceId) {
        let of = self.resolve(of);
        self.drafts[of.index()].whole = true;
    }

    /// Assigns slots. Places given out before stay valid in the layout.
    pub fn finish(self) -> Layout {
        let mut layout = Layout {
            nodes: Vec::with_capacity(self.drafts.len()),
            blocks: vec![Block { stride: 0 }],
            places: vec![u32::MAX; self.drafts.len()],
        };
        self.assign(Self::ROOT, BlockId::ROOT, &mut layout);
        for place in 0..self.drafts.len() as u32 {
            layout.places[place as usize] = layout.places[self.resolve(PlaceId(place)).index()];
        }
        layout
    }

    fn assign(&self, place: PlaceId, block: BlockId, layout: &mut Layout) -> NodeId {
        let place = self.resolve(place);
        if layout.places[place.index()] != u32::MAX {
            return NodeId(layout.places[place.index()]);
        }
        let draft = &self.drafts[place.index()];
        let id = NodeId(layout.nodes.len() as u32);
        layout.places[place.index()] = id.0;
        let slot = layout.blocks[block.index()].stride;
        layout.blocks[block.index()].stride += 1 + u32::from(draft.whole);
        let keys = Keys::default();
        let (members, whole) = (Vec::new(), draft.whole);
        layout.nodes.push(Node { block, slot, whole, members, keys, items: None, entries: None });
        let mut members: Vec<(Box<str>, NodeId)> =
            draft.members.iter().map(|(name, member)| (name.clone(), self.assign(*member, block, layout))).collect();
        members.sort_by(|(left, _), (right, _)| (left.len(), left).cmp(&(right.len(), right)));
        let items = draft.items.map(|items| self.assign_rows(&[items], layout)[0]);
        let entries = draft.entries.map(|places| {
            let nodes = self.assign_rows(&[places.key, places.value], layout);
            EntryNodes { key: nodes[0], value: nodes[1] }
        });
        let node = &mut layout.nodes[id.index()];
        node.keys = Keys::new(&members);
        node.members = members;
        node.items = items;
        node.entries = entries;
        id
    }

    /// Puts places into a new block, unless they have one already because rows are shared.
    fn assign_rows(&self, places: &[PlaceId], layout: &mut Layout) -> Vec<NodeId> {
        let block = BlockId(layout.blocks.len() as u32);
        if places.iter().any(|&place| layout.places[self.resolve(place).index()] == u32::MAX) {
            layout.blocks.push(Block { stride: 0 });
        }
        places.iter().map(|&place| self.assign(place, block, layout)).collect()
    }

    fn add(&mut self) -> PlaceId {
        self.drafts.push(Draft::default());
        PlaceId(self.drafts.len() as u32 - 1)
    }

    fn resolve(&self, mut place: PlaceId) -> PlaceId {
        while let Some(other) = self.drafts[place.index()].merged_into {
            place = other;
        }
        place
    }

    /// Makes `from` the same place as `into`, with all that either needs below it.
    fn merge(&mut self, into: PlaceId, from: PlaceId) {
        let (into, from) = (self.resolve(into), self.resolve(from));
        if into == from {
            return;
        }
        let draft = std::mem::take(&mut self.drafts[from.index()]);
        self.drafts[from.index()].merged_into = Some(into);
        self.drafts[into.index()].whole |= draft.whole;
        for (name, member) in draft.members {
            let kept = self.member(into, &name);
            self.merge(kept, member);
        }
        if let Some(items) = draft.items {
            let kept = self.items(into);
            self.merge(kept, items);
        }
        if let Some(entries) = draft.entries {
            let kept = self.entries(into);
            self.merge(kept.key, entries.key);
            self.merge(kept.value, entries.value);
        }
    }
}

/// Names a node of a [`Layout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The node of the review.
    pub const ROOT: NodeId = NodeId(0);

    /// The position in the layout.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A finished layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    nodes: Vec<Node>,
    blocks: Vec<Block>,
    /// The node of each place that the builder gave out.
    places: Vec<u32>,
}

/// A node of the trie.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The block of its cell.
    pub block: BlockId,
    /// The cell's position in its block.
    pub slot: u32,
    /// Whether the next slot takes the JSON text of a list or object.
    pub whole: bool,
    /// Members that are needed, by length and name.
    members: Vec<(Box<str>, NodeId)>,
    /// The same, for texts.
    keys: Keys,
    /// The items of a list, in a block of their own.
    pub items: Option<NodeId>,
    /// The members of an object as rows, in a block of their own.
    pub entries: Option<EntryNodes>,
}

/// The nodes of an object's members when they are walked like a list; both lie in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryNodes {
    /// The member's name.
    pub key: NodeId,
    /// The member's value.
    pub value: NodeId,
}

/// A block of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Cells of one row.
    pub stride: u32,
}

impl Layout {
    /// The node of an id of this layout.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The node of a place that the builder of this layout gave out.
    pub fn place(&self, place: PlaceId) -> &Node {
        &self.nodes[self.places[place.index()] as usize]
    }

    /// The block of an id of this layout.
    pub fn block(&self, id: BlockId) -> Block {
        self.blocks[id.index()]
    }

    /// All blocks; the first is the root block.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many nodes lead to a block, for tests and statistics.
    pub fn nodes_by_block(&self) -> HashMap<BlockId, usize> {
        let mut counts = HashMap::new();
        for node in &self.nodes {
            *counts.entry(node.block).or_default() += 1;
        }
        counts
    }
}

impl Node {
    /// The node of a member, when it is needed.
    pub fn member(&self, name: &str) -> Option<NodeId> {
        self.members.iter().find(|(key, _)| **key == *name).map(|&(_, node)| node)
    }

    /// The node of the member whose name stands in a text.
    #[inline]
    pub fn member_at(&self, text: &[u8], start: usize, length: u32) -> Option<NodeId> {
        self.keys.find(text, start, length)
    }

    /// Members that are needed, by length and name.
    pub fn members(&self) -> impl Iterator<Item = (&str, NodeId)> {
        self.members.iter().map(|(name, node)| (&**name, *node))
    }

    /// Whether only the value itself is needed, nothing below it.
    pub fn is_leaf(&self) -> bool {
        self.members.is_empty() && self.items.is_none() && self.entries.is_none()
    }

    /// The cell's byte offset in its block.
    pub fn offset(&self) -> u32 {
        self.slot * CELL_SIZE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_path_is_the_same_place() {
        let mut builder = LayoutBuilder::default();
        let spec = builder.path(LayoutBuilder::ROOT, &["request", "object", "spec"]);
        assert_eq!(builder.path(LayoutBuilder::ROOT, &["request", "object", "spec"]), spec);
        let layout = builder.finish();
        assert_eq!(layout.place(spec).slot, 3);
        assert_eq!(layout.block(BlockId::ROOT).stride, 4);
    }

    #[test]
    fn lists_that_are_flattened_together_share_a_block() {
        let mut builder = LayoutBuilder::default();
        let containers = builder.path(LayoutBuilder::ROOT, &["containers"]);
        let init = builder.path(LayoutBuilder::ROOT, &["initContainers"]);
        let container = builder.items(containers);
        let init_container = builder.items(init);
        let image = builder.member(container, "image");
        let name = builder.member(init_container, "name");
        let init_image = builder.member(init_container, "image");
        let shared = builder.share_items(&[containers, init]).unwrap();
        let layout = builder.finish();
        assert_eq!(layout.place(containers).items, layout.place(init).items);
        assert_eq!(layout.place(image), layout.place(init_image));
        assert_eq!(layout.place(name).block, layout.place(shared).block);
        assert_eq!(layout.blocks().len(), 2);
        assert_eq!(layout.block(layout.place(shared).block).stride, 3);
    }

    #[test]
    fn whole_values_take_a_second_slot() {
        let mut builder = LayoutBuilder::default();
        let labels = builder.path(LayoutBuilder::ROOT, &["labels"]);
        let after = builder.path(LayoutBuilder::ROOT, &["z"]);
        builder.keep_whole(labels);
        let layout = builder.finish();
        assert_eq!(layout.place(labels).slot, 1);
        assert_eq!(layout.place(after).slot, 3);
    }

    #[test]
    fn entries_have_a_key_and_a_value_in_one_block() {
        let mut builder = LayoutBuilder::default();
        let labels = builder.path(LayoutBuilder::ROOT, &["labels"]);
        let entries = builder.entries(labels);
        let layout = builder.finish();
        assert_eq!(layout.place(entries.key).block, layout.place(entries.value).block);
        assert_eq!((layout.place(entries.key).slot, layout.place(entries.value).slot), (0, 1));
    }
}
