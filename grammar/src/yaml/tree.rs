//! The syntax of a document: what is written, before tags, aliases and merge keys are given their meaning.

use std::ops::Range;
use std::sync::Arc;

use super::Text;
use super::file_text::FileText;
use super::resolve::Tag;
use super::scalar_text::ScalarText;
use super::text::{Composed, Content};

/// Names a node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(u32);

/// The nodes of a document, each collection followed by its children and their children.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<SyntaxNode>,
    composed: Vec<Arc<Composed>>,
}

/// A node; small, because there are many.
#[derive(Clone, Copy, Debug)]
pub(super) struct SyntaxNode {
    pub(super) kind: SyntaxKind,
    pub(super) tag: Option<Tag>,
    start: u32,
    end: u32,
    /// Of a collection, the node after its last descendant; of an alias, the node that its anchor names; of composed
    /// text, where it is.
    link: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyntaxKind {
    /// A scalar that is left out.
    Missing,
    /// A plain scalar that reads as it is written.
    Plain,
    /// A quoted scalar that reads as it is written between the quotes.
    Quoted,
    /// Any other scalar.
    Composed {
        is_plain: bool,
    },
    Alias,
    Sequence,
    /// Keys and values in turn.
    Mapping,
}

impl SyntaxNode {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self.kind, SyntaxKind::Alias | SyntaxKind::Sequence | SyntaxKind::Mapping)
    }

    /// Whether this is a scalar without quotes.
    pub(super) fn is_plain(&self) -> bool {
        match self.kind {
            SyntaxKind::Missing => self.tag.is_none(),
            SyntaxKind::Plain | SyntaxKind::Composed { is_plain: true } => true,
            _ => false,
        }
    }
}

impl Tree {
    /// A tree with room for the nodes of a text of that many bytes, as far as can be guessed.
    pub(super) fn for_text(len: usize) -> Self {
        Self { nodes: Vec::with_capacity(len / 8 + 1), composed: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a node at a byte range. A collection is to be closed.
    pub(super) fn add(&mut self, kind: SyntaxKind, range: Range<usize>, tag: Option<Tag>) -> NodeId {
        self.push(kind, range, tag, 0)
    }

    pub(super) fn add_alias(&mut self, target: NodeId, range: Range<usize>) -> NodeId {
        self.push(SyntaxKind::Alias, range, None, target.0)
    }

    pub(super) fn add_scalar(
        &mut self,
        text: ScalarText,
        is_plain: bool,
        range: Range<usize>,
        tag: Option<Tag>,
    ) -> NodeId {
        match text {
            ScalarText::Slice if is_plain => self.push(SyntaxKind::Plain, range, tag, 0),
            ScalarText::Slice => self.push(SyntaxKind::Quoted, range, tag, 0),
            ScalarText::Composed(composed) => {
                let index = narrow(self.composed.len());
                self.composed.push(composed);
                self.push(SyntaxKind::Composed { is_plain }, range, tag, index)
            }
        }
    }

    fn push(&mut self, kind: SyntaxKind, range: Range<usize>, tag: Option<Tag>, link: u32) -> NodeId {
        let id = NodeId(narrow(self.nodes.len()));
        self.nodes.push(SyntaxNode { kind, tag, start: narrow(range.start), end: narrow(range.end), link });
        id
    }

    /// Ends a collection: all nodes that were added after it are in it.
    pub(super) fn close(&mut self, id: NodeId, end: usize) {
        let link = narrow(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.end = narrow(end).max(node.start);
            node.link = link;
        }
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&SyntaxNode> {
        self.nodes.get(id.0 as usize)
    }

    /// The end of a node.
    pub(super) fn end(&self, id: NodeId) -> usize {
        self.get(id).map_or(0, |node| node.end as usize)
    }

    /// What an alias stands for.
    pub(super) fn target(&self, alias: &SyntaxNode) -> NodeId {
        NodeId(alias.link)
    }

    /// The children of a collection.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.get(id).map_or(0, |node| node.link);
        let mut next = id.0 + 1;
        std::iter::from_fn(move || {
            let child = NodeId(next);
            let node = self.get(child).filter(|_| next < end)?;
            next = if node.is_scalar() || node.kind == SyntaxKind::Alias { next + 1 } else { node.link };
            Some(child)
        })
    }

    /// The text of a scalar.
    pub(super) fn text<'a>(&'a self, scalar: &SyntaxNode, file: &'a FileText) -> &'a str {
        match scalar.kind {
            SyntaxKind::Plain => file.part(scalar.range()),
            SyntaxKind::Quoted => file.part(scalar.start as usize + 1..scalar.end as usize - 1),
            SyntaxKind::Composed { .. } => {
                self.composed.get(scalar.link as usize).map_or("", |composed| &composed.value)
            }
            _ => "",
        }
    }

    /// The text of a scalar with its way back to the file.
    pub(super) fn to_text(&self, scalar: &SyntaxNode, file: &Arc<FileText>) -> Text {
        let slice = |start, end, is_quoted| Content::Slice { file: Arc::clone(file), start, end, is_quoted };
        Text(match scalar.kind {
            SyntaxKind::Plain => slice(scalar.start, scalar.end, false),
            SyntaxKind::Quoted => slice(scalar.start + 1, scalar.end - 1, true),
            SyntaxKind::Composed { .. } => match self.composed.get(scalar.link as usize) {
                Some(composed) => Content::Composed(Arc::clone(composed)),
                None => slice(scalar.end, scalar.end, false),
            },
            _ => slice(scalar.end, scalar.end, false),
        })
    }
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
