//! The syntax of a document: what is written, before tags, aliases and merge keys are given their meaning.

use std::num::NonZeroU32;
use std::ops::Range;

use super::resolve::Tag;
use super::scalar_text::ScalarText;

/// Names a node of a [`Tree`], counted from 1 so that an optional one takes no more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(NonZeroU32);

/// The nodes of a document. Children come after their parent; a collection links to its first child and every child to
/// the next one.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<SyntaxNode>,
}

#[derive(Debug)]
pub(super) struct SyntaxNode {
    pub(super) kind: SyntaxKind,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) tag: Option<Tag>,
    next: Option<NodeId>,
}

#[derive(Debug)]
pub(super) enum SyntaxKind {
    /// A scalar; one that is left out is plain and empty.
    Scalar { text: ScalarText, is_plain: bool },
    /// An alias of the node that its anchor names.
    Alias { target: NodeId },
    /// A list of so many items.
    Sequence { first: Option<NodeId>, count: u32 },
    /// A list of keys and values in turn, so many together.
    Mapping { first: Option<NodeId>, count: u32 },
}

impl NodeId {
    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl SyntaxNode {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Tree {
    /// A tree with room for the nodes of a text of that many bytes, as far as can be guessed.
    pub(super) fn for_text(len: usize) -> Self {
        Self { nodes: Vec::with_capacity(len / 8 + 1) }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a node at a byte range.
    pub(super) fn add(&mut self, kind: SyntaxKind, range: Range<usize>, tag: Option<Tag>) -> NodeId {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.nodes.push(SyntaxNode { kind, start: narrow(range.start), end: narrow(range.end), tag, next: None });
        NodeId(NonZeroU32::new(narrow(self.nodes.len())).unwrap_or(NonZeroU32::MAX))
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&SyntaxNode> {
        self.nodes.get(id.index())
    }

    fn get_mut(&mut self, id: NodeId) -> Option<&mut SyntaxNode> {
        self.nodes.get_mut(id.index())
    }

    /// Makes `child` the next child of `parent`, after `last`.
    pub(super) fn append(&mut self, parent: NodeId, last: Option<NodeId>, child: NodeId) {
        let kind = self.get_mut(parent).map(|node| &mut node.kind);
        if let Some(SyntaxKind::Sequence { first, count } | SyntaxKind::Mapping { first, count }) = kind {
            *count += 1;
            first.get_or_insert(child);
        }
        if let Some(last) = last.and_then(|last| self.get_mut(last)) {
            last.next = Some(child);
        }
    }

    /// Sets where a node ends.
    pub(super) fn close(&mut self, id: NodeId, end: usize) {
        if let Some(node) = self.get_mut(id) {
            node.end = u32::try_from(end).unwrap_or(u32::MAX).max(node.start);
        }
    }

    /// The end of a node.
    pub(super) fn end(&self, id: NodeId) -> usize {
        self.get(id).map_or(0, |node| node.end as usize)
    }

    /// A child and those after it.
    pub(super) fn siblings(&self, first: Option<NodeId>) -> impl Iterator<Item = NodeId> {
        std::iter::successors(first, |&id| self.get(id)?.next)
    }
}
