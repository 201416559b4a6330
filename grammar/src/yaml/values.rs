//! The syntax tree to values: tags, aliases, merge keys and the keys of mappings get their meaning.
//!
//! As go-yaml v2 decodes (`decode.go`) and `sigs.k8s.io/yaml` turns the result into JSON (`yaml.go`).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use super::error::{SyntaxError, SyntaxErrorKind};
use super::file_text::FileText;
use super::resolve::{Scalar, Tag, float_key, resolve_plain, resolve_tagged};
use super::tree::{NodeId, SyntaxKind, SyntaxNode, Tree};
use super::{Entry, MAX_ALIASED, MAX_DEPTH, MAX_FAULTS, Node, NodeValue, Text};
use crate::Span;

/// Go's standard Base64, which does not mind set bits after the last byte.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Gives the syntax of one document its meaning.
pub(super) struct Evaluator<'a> {
    tree: &'a Tree,
    file: &'a Arc<FileText>,
    /// The aliases that are being followed.
    open_aliases: Vec<NodeId>,
    /// How many values aliases have brought in so far.
    aliased: usize,
    depth: usize,
    /// Whether a fault was found after which it is no use to go on.
    has_stopped: bool,
    /// Whether one of the faults is a refusal.
    has_refused: bool,
    errors: Vec<SyntaxError>,
}

/// The value of a document and its faults. The value is of use only when none of the faults is a refusal.
pub(super) fn evaluate(tree: &Tree, root: NodeId, file: &Arc<FileText>) -> (Node, Vec<SyntaxError>) {
    let mut evaluator = Evaluator {
        tree,
        file,
        open_aliases: Vec::new(),
        aliased: 0,
        depth: 0,
        has_stopped: false,
        has_refused: false,
        errors: Vec::new(),
    };
    let node = evaluator.node(root);
    (node, evaluator.errors)
}

impl Evaluator<'_> {
    fn span(&self, node: &SyntaxNode) -> Span {
        self.file.span(node.range())
    }

    /// Reports a fault and gives the value that stands for what could not be read.
    fn refuse(&mut self, kind: SyntaxErrorKind, span: Span) -> Node {
        // A refusal must not get lost among the other faults.
        if self.errors.len() < MAX_FAULTS || !self.has_refused {
            self.errors.push(SyntaxError::new(kind, span));
        }
        self.has_refused = true;
        Node { value: NodeValue::Null, span }
    }

    /// Reports a fault that ends the evaluation.
    fn stop(&mut self, kind: SyntaxErrorKind, span: Span) -> Node {
        self.has_stopped = true;
        self.refuse(kind, span)
    }

    fn node(&mut self, id: NodeId) -> Node {
        let tree = self.tree;
        let Some(syntax) = tree.get(id) else { return self.stop(SyntaxErrorKind::ExpectedValue, Span::default()) };
        let span = self.span(syntax);
        if self.depth > MAX_DEPTH {
            return self.stop(SyntaxErrorKind::TooDeep(MAX_DEPTH), span);
        }
        if !self.open_aliases.is_empty() {
            self.aliased += 1;
            if self.aliased > MAX_ALIASED {
                return self.stop(SyntaxErrorKind::ExcessiveAliases(MAX_ALIASED), span);
            }
        }
        match syntax.kind {
            SyntaxKind::Alias => {
                let target = tree.target(syntax);
                self.follow(id, |evaluator| evaluator.node(target)).unwrap_or(Node { value: NodeValue::Null, span })
            }
            SyntaxKind::Sequence => {
                self.depth += 1;
                let mut items = Vec::with_capacity(tree.children(id).count());
                for item in tree.children(id) {
                    items.push(self.node(item));
                    if self.has_stopped {
                        break;
                    }
                }
                self.depth -= 1;
                Node { value: NodeValue::List(items), span }
            }
            SyntaxKind::Mapping => {
                self.depth += 1;
                let entries = self.mapping(id);
                self.depth -= 1;
                Node { value: NodeValue::Map(entries), span }
            }
            _ => self.scalar(syntax),
        }
    }

    /// Does something inside of an alias; nothing, and a fault is reported, when the alias is inside of itself.
    fn follow<T>(&mut self, alias: NodeId, action: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.open_aliases.contains(&alias) {
            if let Some(syntax) = self.tree.get(alias) {
                let written = syntax.range();
                let name = self.file.part(written.start + 1..written.end).to_owned();
                self.stop(SyntaxErrorKind::RecursiveAlias(name), self.span(syntax));
            }
            return None;
        }
        self.open_aliases.push(alias);
        let result = action(self);
        self.open_aliases.pop();
        Some(result)
    }

    /// What a scalar means; nothing, and a fault is reported, when its tag does not go with it.
    fn meaning(&mut self, syntax: &SyntaxNode, text: &str) -> Option<Scalar> {
        let Some(tag) = syntax.tag else {
            return Some(if syntax.is_plain() { resolve_plain(text) } else { Scalar::Text });
        };
        let meaning = resolve_tagged(tag, text);
        if meaning.is_none() {
            let has_no_quotes = syntax.is_plain() || syntax.kind == SyntaxKind::Missing;
            let found = if has_no_quotes { resolve_plain(text).tag() } else { Tag::Text };
            let (tag, found) = (tag.short_name(), found.short_name());
            let kind = SyntaxErrorKind::TagMismatch { tag, found, value: text.to_owned() };
            self.refuse(kind, self.span(syntax));
        }
        meaning
    }

    fn scalar(&mut self, syntax: &SyntaxNode) -> Node {
        let span = self.span(syntax);
        let (tree, file) = (self.tree, self.file);
        let text = tree.text(syntax, file);
        let value = match self.meaning(syntax, text) {
            None | Some(Scalar::Null) => NodeValue::Null,
            Some(Scalar::Bool(truth)) => NodeValue::Bool(truth),
            Some(Scalar::Int(number)) => NodeValue::Int(number),
            Some(Scalar::Unsigned(number)) => NodeValue::Float(number as f64),
            Some(Scalar::Float(number)) if number.is_finite() => json_number(number),
            Some(Scalar::Float(_)) => return self.refuse(SyntaxErrorKind::NotFinite(text.to_owned()), span),
            Some(Scalar::Text) => NodeValue::Text(tree.to_text(syntax, file)),
            Some(Scalar::Binary) => match decode_binary(text) {
                Some(decoded) => NodeValue::Text(Text::standing_for(decoded, span)),
                None => return self.refuse(SyntaxErrorKind::Base64, span),
            },
        };
        Node { value, span }
    }

    fn mapping(&mut self, id: NodeId) -> Vec<Entry> {
        let tree = self.tree;
        let mut members = Members::with_capacity(tree.children(id).count() / 2);
        let mut children = tree.children(id);
        while !self.has_stopped
            && let (Some(key), Some(value)) = (children.next(), children.next())
        {
            if self.is_merge(key) {
                self.merge(value, &mut members);
                continue;
            }
            let Some(key) = self.key(key) else {
                // The value may have faults of its own.
                self.node(value);
                continue;
            };
            let value = self.node(value);
            if let Some((position, earlier)) = members.set(Entry { key, value }, false)
                && self.errors.len() < MAX_FAULTS
                && let Some(Entry { key, .. }) = members.entries.get(position)
            {
                let kind = SyntaxErrorKind::DuplicateKey(key.as_str().to_owned());
                self.errors.push(SyntaxError::within(kind, key.span(), earlier));
            }
        }
        members.entries
    }

    /// Whether a key is `<<` and means that its value's members are to be taken over.
    fn is_merge(&self, key: NodeId) -> bool {
        let Some(syntax) = self.tree.get(key) else { return false };
        let may_merge = match syntax.tag {
            None => syntax.is_plain(),
            Some(tag) => matches!(tag, Tag::Merge | Tag::NonSpecific),
        };
        may_merge && self.tree.text(syntax, self.file) == "<<"
    }

    /// Takes over the members of a mapping or of several. They replace members that stand before the merge key; of
    /// several mappings the first one counts most.
    fn merge(&mut self, value: NodeId, members: &mut Members) {
        let tree = self.tree;
        if tree.get(value).is_none_or(|node| node.kind != SyntaxKind::Sequence) {
            return self.merge_mapping(value, members);
        }
        let items: Vec<NodeId> = tree.children(value).collect();
        for item in items.into_iter().rev() {
            if self.has_stopped {
                return;
            }
            self.merge_mapping(item, members);
        }
    }

    fn merge_mapping(&mut self, value: NodeId, members: &mut Members) {
        let tree = self.tree;
        let Some(written) = tree.get(value) else { return };
        let syntax = match written.kind {
            SyntaxKind::Alias => tree.get(tree.target(written)).unwrap_or(written),
            _ => written,
        };
        if syntax.kind != SyntaxKind::Mapping {
            self.refuse(SyntaxErrorKind::MergeValue, self.span(written));
            return;
        }
        if let NodeValue::Map(merged) = self.node(value).value {
            for entry in merged {
                members.set(entry, true);
            }
        }
    }

    /// The text of a key; nothing, and a fault is reported, when it has none.
    fn key(&mut self, id: NodeId) -> Option<Text> {
        let tree = self.tree;
        let syntax = tree.get(id)?;
        let kind = match syntax.kind {
            SyntaxKind::Alias => {
                let target = tree.target(syntax);
                return self.follow(id, |evaluator| evaluator.key(target)).flatten();
            }
            SyntaxKind::Sequence => SyntaxErrorKind::CollectionKey("sequence"),
            SyntaxKind::Mapping => SyntaxErrorKind::CollectionKey("mapping"),
            _ => return self.scalar_key(syntax),
        };
        self.refuse(kind, self.span(syntax));
        None
    }

    fn scalar_key(&mut self, syntax: &SyntaxNode) -> Option<Text> {
        let span = self.span(syntax);
        let (tree, file) = (self.tree, self.file);
        let text = tree.text(syntax, file);
        let fault = match self.meaning(syntax, text)? {
            Scalar::Text => return Some(tree.to_text(syntax, file)),
            Scalar::Bool(truth) => return Some(Text::standing_for(truth.to_string(), span)),
            Scalar::Int(number) => return Some(Text::standing_for(number.to_string(), span)),
            Scalar::Float(number) => return Some(Text::standing_for(float_key(number), span)),
            Scalar::Binary => match decode_binary(text) {
                Some(decoded) => return Some(Text::standing_for(decoded, span)),
                None => SyntaxErrorKind::Base64,
            },
            Scalar::Null => SyntaxErrorKind::ScalarKey("null"),
            Scalar::Unsigned(_) => SyntaxErrorKind::ScalarKey("a number beyond 9223372036854775807"),
        };
        self.refuse(fault, span);
        None
    }
}

/// The members of a mapping while they are collected.
struct Members {
    entries: Vec<Entry>,
    /// Where each key is in `entries`; made once there are too many to look through.
    index: Option<HashMap<Text, usize>>,
    /// Which of the entries came from a merge key; may be shorter than `entries`.
    is_merged: Vec<bool>,
}

impl Members {
    const MOST_WITHOUT_INDEX: usize = 16;

    fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: None, is_merged: Vec::new() }
    }

    /// Adds a member or replaces that of the same key. When this repeats a key, and no merge key is involved, gives its
    /// position and where the key stood before.
    fn set(&mut self, entry: Entry, is_merged: bool) -> Option<(usize, Span)> {
        match self.find(&entry.key) {
            None => {
                let position = self.entries.len();
                if let Some(index) = &mut self.index {
                    index.insert(entry.key.clone(), position);
                }
                self.entries.push(entry);
                if self.index.is_none() && self.entries.len() > Self::MOST_WITHOUT_INDEX {
                    let keys = self.entries.iter().map(|entry| entry.key.clone());
                    self.index = Some(keys.zip(0..).collect());
                }
                self.mark_merged(position, is_merged);
                None
            }
            Some(position) => {
                let was_merged = self.is_merged.get(position).copied().unwrap_or(false);
                self.mark_merged(position, is_merged);
                let slot = self.entries.get_mut(position)?;
                let earlier = std::mem::replace(slot, entry);
                (!is_merged && !was_merged).then(|| (position, earlier.key.span()))
            }
        }
    }

    fn find(&self, key: &Text) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key.as_str()).copied(),
            None => self.entries.iter().position(|entry| entry.key == *key),
        }
    }

    fn mark_merged(&mut self, position: usize, is_merged: bool) {
        if is_merged && self.is_merged.len() <= position {
            self.is_merged.resize(position + 1, false);
        }
        if let Some(mark) = self.is_merged.get_mut(position) {
            *mark = is_merged;
        }
    }
}

/// A number as it comes out of JSON: digits without fraction or exponent are a whole number.
///
/// Go prints `1.0` as `1` and `1e3` as `1000`, and Kubernetes reads these as `int64`.
fn json_number(number: f64) -> NodeValue {
    // Like Go, Rust prints the fewest digits that name the number, filled up with zeros.
    match format!("{number}").parse() {
        Ok(whole) => NodeValue::Int(whole),
        Err(_) => NodeValue::Float(number),
    }
}

/// The text that Base64 stands for. Bytes that are no UTF-8 are replaced one by one, as Go's JSON encoder does.
fn decode_binary(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    let bytes = BASE64.decode(text).ok()?;
    let mut decoded = String::new();
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Some(decoded)
}
