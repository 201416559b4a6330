//! Tokens to the syntax tree of a document.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::error::{SyntaxError, SyntaxErrorKind};
use super::file_text::FileText;
use super::resolve::Tag;
use super::scanner::{Result, Scanner, TagName, Token, TokenKind};
use super::tree::{NodeId, SyntaxKind, Tree};
use super::{MAX_DEPTH, MAX_NODES};

/// Reads the syntax tree of one document.
pub(super) struct Parser<'s, 't> {
    scanner: &'s mut Scanner<'t>,
    file: &'t FileText,
    tree: Tree,
    anchors: HashMap<&'t str, NodeId>,
    /// Handles that `%TAG` declares, and their prefixes.
    tag_handles: BTreeMap<String, String>,
    depth: usize,
}

/// What can stand at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Inside brackets or braces.
    Flow,
    /// An item of a block sequence, or the document.
    Block,
    /// A key or value of a block mapping: a sequence there needs no more indentation than the key.
    BlockMember,
}

#[derive(Default)]
struct Properties {
    anchor: Option<Range<usize>>,
    tag: Option<Tag>,
    /// From the first to the last property; empty where the value starts when there is none.
    range: Range<usize>,
}

/// The syntax tree of a document and its root; no root for a document without any token.
pub(super) struct Document {
    pub(super) tree: Tree,
    pub(super) root: Option<NodeId>,
    /// Where text begins that comes after the document's end.
    pub(super) ignored_from: Option<usize>,
}

/// Reads the first document that the scanner finds, which is the only one that Kyverno reads of what it takes for one.
pub(super) fn parse_document<'t>(file: &'t FileText, scanner: &mut Scanner<'t>) -> Result<Document> {
    let tree = Tree::for_text(scanner.remaining());
    let mut parser = Parser { scanner, file, tree, anchors: HashMap::new(), tag_handles: BTreeMap::new(), depth: 0 };
    let root = parser.document()?;
    let ignored_from = if root.is_some() { parser.text_after_document()? } else { None };
    Ok(Document { tree: parser.tree, root, ignored_from })
}

impl<'t> Parser<'_, 't> {
    fn peek(&mut self) -> Result<&TokenKind> {
        Ok(&self.scanner.peek()?.kind)
    }

    /// Where the next token starts.
    fn start(&mut self) -> Result<usize> {
        Ok(self.scanner.peek()?.range().start)
    }

    /// Takes the token that was peeked at and gives its range.
    fn take(&mut self) -> Range<usize> {
        self.scanner.take().map_or(0..0, |token| token.range())
    }

    /// The fault that the next token is not what it must be, in something that began at `context`.
    fn unexpected(&mut self, kind: SyntaxErrorKind, context: Option<usize>) -> Box<SyntaxError> {
        let range = match self.scanner.peek() {
            Ok(token) => token.range(),
            Err(error) => return error,
        };
        let span = self.scanner.span(self.visible(range));
        let context = context.map(|start| self.scanner.span(start..start + 1));
        Box::new(SyntaxError { kind, span, context })
    }

    /// A range of at least one character, where there is one.
    fn visible(&self, range: Range<usize>) -> Range<usize> {
        let width = self.file.text().get(range.start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        range.start..range.end.max(range.start + width)
    }

    fn document(&mut self) -> Result<Option<NodeId>> {
        match self.peek()? {
            TokenKind::StreamEnd => return Ok(None),
            TokenKind::Version { .. } | TokenKind::TagHandle(_) | TokenKind::DocumentStart => {
                self.directives()?;
                if !matches!(self.peek()?, TokenKind::DocumentStart) {
                    return Err(self.unexpected(SyntaxErrorKind::ExpectedDocumentStart, None));
                }
                let indicator = self.take();
                let is_empty = matches!(
                    self.peek()?,
                    TokenKind::Version { .. }
                        | TokenKind::TagHandle(_)
                        | TokenKind::DocumentStart
                        | TokenKind::DocumentEnd
                        | TokenKind::StreamEnd
                );
                if is_empty {
                    return self.missing(indicator.end).map(Some);
                }
            }
            _ => {}
        }
        self.node(Place::Block).map(Some)
    }

    fn directives(&mut self) -> Result<()> {
        let mut has_version = false;
        loop {
            match self.peek()? {
                TokenKind::Version { major, minor } => {
                    let (major, minor) = (*major, *minor);
                    if has_version {
                        return Err(self.unexpected(SyntaxErrorKind::RepeatedDirective, None));
                    }
                    if (major, minor) != (1, 1) {
                        return Err(self.unexpected(SyntaxErrorKind::UnsupportedVersion(major, minor), None));
                    }
                    has_version = true;
                }
                TokenKind::TagHandle(declared) => {
                    let TagName { handle, suffix } = TagName::clone(declared);
                    if self.tag_handles.insert(handle, suffix).is_some() {
                        return Err(self.unexpected(SyntaxErrorKind::RepeatedDirective, None));
                    }
                }
                _ => return Ok(()),
            }
            self.take();
        }
    }

    /// Where text begins that comes after the document's end, if there is any.
    fn text_after_document(&mut self) -> Result<Option<usize>> {
        if matches!(self.peek()?, TokenKind::DocumentEnd) {
            self.take();
        }
        // Kyverno has stopped reading here, so faults from here on are no faults of the document.
        loop {
            match self.scanner.peek() {
                Ok(Token { kind: TokenKind::StreamEnd, .. }) => return Ok(None),
                Ok(Token { kind: TokenKind::DocumentEnd, .. }) => self.take(),
                Ok(token) => return Ok(Some(token.range().start)),
                Err(error) => return Ok(Some(error.span.start as usize)),
            };
        }
    }

    fn add(&mut self, kind: SyntaxKind, range: Range<usize>, tag: Option<Tag>) -> Result<NodeId> {
        self.check_size(&range)?;
        Ok(self.tree.add(kind, range, tag))
    }

    fn check_size(&self, range: &Range<usize>) -> Result<()> {
        if self.tree.len() < MAX_NODES {
            return Ok(());
        }
        Err(self.scanner.fault(SyntaxErrorKind::TooLarge(MAX_NODES), range.clone()))
    }

    /// A value that is left out.
    fn missing(&mut self, offset: usize) -> Result<NodeId> {
        self.add(SyntaxKind::Missing, offset..offset, None)
    }

    fn node(&mut self, place: Place) -> Result<NodeId> {
        if self.depth >= MAX_DEPTH {
            return Err(self.unexpected(SyntaxErrorKind::TooDeep(MAX_DEPTH), None));
        }
        self.depth += 1;
        let node = self.node_content(place);
        self.depth -= 1;
        node
    }

    fn node_content(&mut self, place: Place) -> Result<NodeId> {
        if matches!(self.peek()?, TokenKind::Alias) {
            return self.alias();
        }
        let properties = self.properties()?;
        let token = self.scanner.peek()?;
        let range = token.range();
        let is_block = place != Place::Flow;
        match &token.kind {
            TokenKind::BlockEntry if place == Place::BlockMember => {
                let id = self.open(SyntaxKind::Sequence, range, properties)?;
                self.indentless_sequence(id)
            }
            TokenKind::Scalar { .. } => self.scalar(properties),
            TokenKind::FlowSequenceStart => {
                let id = self.open(SyntaxKind::Sequence, range, properties)?;
                self.flow_sequence(id)
            }
            TokenKind::FlowMappingStart => {
                let id = self.open(SyntaxKind::Mapping, range, properties)?;
                self.flow_mapping(id)
            }
            TokenKind::BlockSequenceStart if is_block => {
                let id = self.open(SyntaxKind::Sequence, range, properties)?;
                self.block_sequence(id)
            }
            TokenKind::BlockMappingStart if is_block => {
                let id = self.open(SyntaxKind::Mapping, range, properties)?;
                self.block_mapping(id)
            }
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                let range = properties.range.clone();
                self.open(SyntaxKind::Missing, range, properties)
            }
            _ => Err(self.unexpected(SyntaxErrorKind::ExpectedValue, None)),
        }
    }

    /// Adds a node and notes its anchor.
    fn open(&mut self, kind: SyntaxKind, range: Range<usize>, properties: Properties) -> Result<NodeId> {
        let id = self.add(kind, range, properties.tag)?;
        self.note_anchor(properties.anchor, id);
        Ok(id)
    }

    fn note_anchor(&mut self, anchor: Option<Range<usize>>, id: NodeId) {
        if let Some(anchor) = anchor {
            self.anchors.insert(self.name(&anchor), id);
        }
    }

    /// The name in `&name` or `*name`.
    fn name(&self, range: &Range<usize>) -> &'t str {
        self.file.part(range.start + 1..range.end)
    }

    fn alias(&mut self) -> Result<NodeId> {
        let range = self.take();
        let name = self.name(&range);
        let Some(&target) = self.anchors.get(name) else {
            return Err(self.scanner.fault(SyntaxErrorKind::UnknownAnchor(name.to_owned()), range));
        };
        self.check_size(&range)?;
        Ok(self.tree.add_alias(target, range))
    }

    fn scalar(&mut self, properties: Properties) -> Result<NodeId> {
        let range = self.scanner.peek()?.range();
        self.check_size(&range)?;
        let Some(Token { kind: TokenKind::Scalar { text, is_plain }, .. }) = self.scanner.take() else {
            return Err(self.unexpected(SyntaxErrorKind::ExpectedValue, None));
        };
        let id = self.tree.add_scalar(text, is_plain, range, properties.tag);
        self.note_anchor(properties.anchor, id);
        Ok(id)
    }

    /// Reads an anchor, a tag, or both in either order.
    fn properties(&mut self) -> Result<Properties> {
        let start = self.start()?;
        let mut properties = Properties { range: start..start, ..Properties::default() };
        loop {
            match self.peek()? {
                TokenKind::Anchor if properties.anchor.is_none() => {
                    let range = self.take();
                    properties.range.end = range.end;
                    properties.anchor = Some(range);
                }
                TokenKind::Tag(name) if properties.tag.is_none() => {
                    let name = TagName::clone(name);
                    let range = self.take();
                    properties.range.end = range.end;
                    properties.tag = Some(self.resolve_tag(&name, range)?);
                }
                _ => return Ok(properties),
            }
        }
    }

    /// What a tag says.
    fn resolve_tag(&self, TagName { handle, suffix }: &TagName, range: Range<usize>) -> Result<Tag> {
        let prefix = match (self.tag_handles.get(handle), handle.as_str()) {
            (Some(prefix), _) => prefix,
            (None, "" | "!") => handle,
            (None, "!!") => "tag:yaml.org,2002:",
            _ => {
                let kind = SyntaxErrorKind::UndeclaredTagHandle(handle.clone());
                return Err(self.scanner.fault(kind, range));
            }
        };
        Ok(Tag::from_name(&format!("{prefix}{suffix}")))
    }

    fn block_sequence(&mut self, id: NodeId) -> Result<NodeId> {
        let start = self.take().start;
        let mut end = start;
        loop {
            match self.peek()? {
                TokenKind::BlockEntry => {
                    let entry = self.take();
                    let item = match self.peek()? {
                        TokenKind::BlockEntry | TokenKind::BlockEnd => self.missing(entry.end)?,
                        _ => self.node(Place::Block)?,
                    };
                    end = entry.end.max(self.tree.end(item));
                }
                TokenKind::BlockEnd => {
                    self.take();
                    self.tree.close(id, end);
                    return Ok(id);
                }
                _ => return Err(self.unexpected(SyntaxErrorKind::ExpectedEntry, Some(start))),
            }
        }
    }

    /// Reads a sequence whose entries stand in the column of the mapping that it is a value of.
    fn indentless_sequence(&mut self, id: NodeId) -> Result<NodeId> {
        let mut end = self.start()?;
        while matches!(self.peek()?, TokenKind::BlockEntry) {
            let entry = self.take();
            let item = match self.peek()? {
                TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                    self.missing(entry.end)?
                }
                _ => self.node(Place::Block)?,
            };
            end = entry.end.max(self.tree.end(item));
        }
        self.tree.close(id, end);
        Ok(id)
    }

    fn block_mapping(&mut self, id: NodeId) -> Result<NodeId> {
        let start = self.take().start;
        let mut end = start;
        loop {
            match self.peek()? {
                TokenKind::Key => {}
                TokenKind::BlockEnd => {
                    self.take();
                    self.tree.close(id, end);
                    return Ok(id);
                }
                _ => return Err(self.unexpected(SyntaxErrorKind::ExpectedKey, Some(start))),
            }
            let key = self.block_member()?;
            let value = if matches!(self.peek()?, TokenKind::Value) {
                self.block_member()?
            } else {
                self.missing(self.tree.end(key))?
            };
            end = self.tree.end(value);
        }
    }

    /// Reads the key or value after its indicator, which was peeked at.
    fn block_member(&mut self) -> Result<NodeId> {
        let indicator = self.take();
        match self.peek()? {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.missing(indicator.end),
            _ => self.node(Place::BlockMember),
        }
    }

    fn flow_sequence(&mut self, id: NodeId) -> Result<NodeId> {
        let start = self.take().start;
        let mut is_first = true;
        while self.next_flow_entry(&TokenKind::FlowSequenceEnd, is_first, start)? {
            is_first = false;
            if matches!(self.peek()?, TokenKind::Key) {
                self.flow_pair()?;
            } else {
                self.node(Place::Flow)?;
            }
        }
        let end = self.take().end;
        self.tree.close(id, end);
        Ok(id)
    }

    /// Reads `key: value` in a flow sequence, which is a mapping of one member.
    fn flow_pair(&mut self) -> Result<()> {
        let start = self.start()?;
        let pair = self.add(SyntaxKind::Mapping, start..start, None)?;
        let key = self.flow_member()?;
        let value = self.flow_value(key)?;
        self.tree.close(pair, self.tree.end(value));
        Ok(())
    }

    fn flow_mapping(&mut self, id: NodeId) -> Result<NodeId> {
        let start = self.take().start;
        let mut is_first = true;
        while self.next_flow_entry(&TokenKind::FlowMappingEnd, is_first, start)? {
            is_first = false;
            if matches!(self.peek()?, TokenKind::Key) {
                let key = self.flow_member()?;
                self.flow_value(key)?;
            } else {
                let key = self.node(Place::Flow)?;
                self.missing(self.tree.end(key))?;
            }
        }
        let end = self.take().end;
        self.tree.close(id, end);
        Ok(id)
    }

    /// Moves over the comma between entries. Says whether an entry follows, and not the closing bracket.
    fn next_flow_entry(&mut self, close: &TokenKind, is_first: bool, start: usize) -> Result<bool> {
        let is_close = |token: &TokenKind| std::mem::discriminant(token) == std::mem::discriminant(close);
        if is_close(self.peek()?) {
            return Ok(false);
        }
        if !is_first {
            if !matches!(self.peek()?, TokenKind::FlowEntry) {
                let kind = match close {
                    TokenKind::FlowSequenceEnd => SyntaxErrorKind::ExpectedSequenceEnd,
                    _ => SyntaxErrorKind::ExpectedMappingEnd,
                };
                return Err(self.unexpected(kind, Some(start)));
            }
            self.take();
        }
        Ok(!is_close(self.peek()?))
    }

    /// Reads the key or value after its indicator, which was peeked at.
    fn flow_member(&mut self) -> Result<NodeId> {
        let indicator = self.take();
        match self.peek()? {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd => {
                self.missing(indicator.end)
            }
            _ => self.node(Place::Flow),
        }
    }

    /// Reads the value of a key, which may be left out.
    fn flow_value(&mut self, key: NodeId) -> Result<NodeId> {
        if matches!(self.peek()?, TokenKind::Value) { self.flow_member() } else { self.missing(self.tree.end(key)) }
    }
}
