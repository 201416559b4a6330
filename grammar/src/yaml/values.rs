//! The syntax tree to values: tags, aliases, merge keys and the keys of mappings get their meaning.
//!
//! As go-yaml v2 decodes (`decode.go`) and `sigs.k8s.io/yaml` turns the result into JSON (`yaml.go`).

use std::collections::HashMap;

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
    file: &'a FileText,
    /// The aliases that are being followed.
    open_aliases: Vec<NodeId>,
    /// How many values aliases have brought in so far.
    aliased: usize,
    depth: usize,
    errors: Vec<SyntaxError>,
}

/// The value of a document and its faults. The value is of use only when none of the faults is a refusal.
pub(super) fn evaluate(tree: &Tree, root: NodeId, file: &FileText) -> (Node, Vec<SyntaxError>) {
    let mut evaluator = Evaluator { tree, file, open_aliases: Vec::new(), aliased: 0, depth: 0, errors: Vec::new() };
    let node = evaluator.node(root);
    (node, evaluator.errors)
}

impl Evaluator<'_> {
    fn span(&self, node: &SyntaxNode) -> Span {
        self.file.span(node.start as usize..node.end as usize)
    }

    fn report(&mut self, error: SyntaxError) {
        if self.errors.len() < MAX_FAULTS {
            self.errors.push(error);
        }
    }

    /// Reports a fault and gives the value that stands for what could not be read.
    fn refuse(&mut self, kind: SyntaxErrorKind, span: Span) -> Node {
        // A refusal must not get lost among the other faults.
        if self.errors.len() < MAX_FAULTS || !self.errors.iter().any(SyntaxError::is_refusal) {
            self.errors.push(SyntaxError::new(kind, span));
        }
        Node { value: NodeValue::Null, span }
    }

    fn node(&mut self, id: NodeId) -> Node {
        let tree = self.tree;
        let Some(syntax) = tree.get(id) else { return self.refuse(SyntaxErrorKind::ExpectedValue, Span::default()) };
        let span = self.span(syntax);
        if !self.open_aliases.is_empty() {
            self.aliased += 1;
            if self.aliased == MAX_ALIASED {
                return self.refuse(SyntaxErrorKind::ExcessiveAliases(MAX_ALIASED), span);
            }
        }
        if self.aliased >= MAX_ALIASED {
            return Node { value: NodeValue::Null, span };
        }
        if self.depth > MAX_DEPTH {
            return self.refuse(SyntaxErrorKind::TooDeep(MAX_DEPTH), span);
        }
        match &syntax.kind {
            SyntaxKind::Scalar { .. } => self.scalar(syntax),
            SyntaxKind::Alias { name, target } => {
                self.follow(id, name, *target, |evaluator, target| evaluator.node(target)).unwrap_or_else(|error| {
                    let SyntaxError { kind, span, .. } = error;
                    self.refuse(kind, span)
                })
            }
            SyntaxKind::Sequence { first } => {
                self.depth += 1;
                let items = tree.siblings(*first).map(|item| self.node(item)).collect();
                self.depth -= 1;
                Node { value: NodeValue::List(items), span }
            }
            SyntaxKind::Mapping { .. } => {
                self.depth += 1;
                let members = self.mapping(syntax);
                self.depth -= 1;
                Node { value: NodeValue::Map(members.entries), span }
            }
        }
    }

    /// Does something with the node that an alias stands for.
    fn follow<T>(
        &mut self,
        alias: NodeId,
        name: &str,
        target: NodeId,
        action: impl FnOnce(&mut Self, NodeId) -> T,
    ) -> Result<T, SyntaxError> {
        if self.open_aliases.contains(&alias) {
            let span = self.tree.get(alias).map(|node| self.span(node)).unwrap_or_default();
            return Err(SyntaxError::new(SyntaxErrorKind::RecursiveAlias(name.to_owned()), span));
        }
        self.open_aliases.push(alias);
        let result = action(self, target);
        self.open_aliases.pop();
        Ok(result)
    }

    /// What a scalar means; nothing, and a fault is reported, when its tag does not go with it.
    fn meaning(&mut self, syntax: &SyntaxNode, text: &str, is_plain: bool) -> Option<Scalar> {
        let Some(name) = &syntax.tag else {
            return Some(if is_plain { resolve_plain(text) } else { Scalar::Text });
        };
        let tag = Tag::from_name(name);
        let meaning = resolve_tagged(tag, text);
        if meaning.is_none() {
            let kind = SyntaxErrorKind::TagMismatch { tag: tag.short_name(), value: text.to_owned() };
            self.refuse(kind, self.span(syntax));
        }
        meaning
    }

    fn scalar(&mut self, syntax: &SyntaxNode) -> Node {
        let span = self.span(syntax);
        let (text, is_plain) = self.written(syntax);
        let value = match self.meaning(syntax, text.as_str(), is_plain) {
            None | Some(Scalar::Null) => NodeValue::Null,
            Some(Scalar::Bool(truth)) => NodeValue::Bool(truth),
            Some(Scalar::Int(number)) => NodeValue::Int(number),
            Some(Scalar::Unsigned(number)) => NodeValue::Float(number as f64),
            Some(Scalar::Float(number)) if number.is_finite() => json_number(number),
            Some(Scalar::Float(_)) => {
                return self.refuse(SyntaxErrorKind::NotFinite(text.as_str().to_owned()), span);
            }
            Some(Scalar::Text) => NodeValue::Text(text),
            Some(Scalar::Binary) => match decode_binary(text.as_str()) {
                Some(decoded) => NodeValue::Text(Text::standing_for(decoded, span)),
                None => return self.refuse(SyntaxErrorKind::Base64, span),
            },
        };
        Node { value, span }
    }

    /// The text of a scalar and whether it stands without quotes.
    fn written(&self, syntax: &SyntaxNode) -> (Text, bool) {
        match &syntax.kind {
            SyntaxKind::Scalar { text: Some(text), is_plain } => (text.clone(), *is_plain),
            _ => {
                let start = syntax.start as usize;
                (Text::slice(self.file.text(), start..start, self.span(syntax)), syntax.tag.is_none())
            }
        }
    }

    fn mapping(&mut self, syntax: &SyntaxNode) -> Members {
        let tree = self.tree;
        let mut members = Members::default();
        let SyntaxKind::Mapping { first } = &syntax.kind else { return members };
        let mut children = tree.siblings(*first);
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
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
            if let Some(earlier) = members.set(Entry { key: key.clone(), value }, false) {
                let kind = SyntaxErrorKind::DuplicateKey(key.as_str().to_owned());
                self.report(SyntaxError::within(kind, key.span(), earlier));
            }
        }
        members
    }

    /// Whether a key is `<<` and means that its value's members are to be taken over.
    fn is_merge(&self, key: NodeId) -> bool {
        let Some(syntax) = self.tree.get(key) else { return false };
        let SyntaxKind::Scalar { text: Some(text), is_plain } = &syntax.kind else { return false };
        let may_merge = match syntax.tag.as_deref() {
            None => *is_plain,
            Some(tag) => matches!(tag, "!" | "tag:yaml.org,2002:merge"),
        };
        may_merge && *text == "<<"
    }

    /// Takes over the members of a mapping or of several. They replace members that stand before the merge key; of
    /// several mappings the first one counts most.
    fn merge(&mut self, value: NodeId, members: &mut Members) {
        let tree = self.tree;
        match tree.get(value) {
            Some(SyntaxNode { kind: SyntaxKind::Sequence { first }, .. }) => {
                let items: Vec<NodeId> = tree.siblings(*first).collect();
                for item in items.into_iter().rev() {
                    self.merge_mapping(item, members);
                }
            }
            _ => self.merge_mapping(value, members),
        }
    }

    fn merge_mapping(&mut self, value: NodeId, members: &mut Members) {
        let tree = self.tree;
        let Some(written) = tree.get(value) else { return };
        let syntax = match &written.kind {
            SyntaxKind::Alias { target, .. } => tree.get(*target).unwrap_or(written),
            _ => written,
        };
        if !matches!(syntax.kind, SyntaxKind::Mapping { .. }) {
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
        let kind = match &syntax.kind {
            SyntaxKind::Scalar { .. } => return self.scalar_key(syntax),
            SyntaxKind::Alias { name, target } => {
                return match self.follow(id, name, *target, |evaluator, target| evaluator.key(target)) {
                    Ok(key) => key,
                    Err(SyntaxError { kind, span, .. }) => {
                        self.refuse(kind, span);
                        None
                    }
                };
            }
            SyntaxKind::Sequence { .. } => SyntaxErrorKind::CollectionKey("sequence"),
            SyntaxKind::Mapping { .. } => SyntaxErrorKind::CollectionKey("mapping"),
        };
        self.refuse(kind, self.span(syntax));
        None
    }

    fn scalar_key(&mut self, syntax: &SyntaxNode) -> Option<Text> {
        let span = self.span(syntax);
        let (text, is_plain) = self.written(syntax);
        let fault = match self.meaning(syntax, text.as_str(), is_plain)? {
            Scalar::Text => return Some(text),
            Scalar::Bool(truth) => return Some(Text::standing_for(truth.to_string(), span)),
            Scalar::Int(number) => return Some(Text::standing_for(number.to_string(), span)),
            Scalar::Float(number) => return Some(Text::standing_for(float_key(number), span)),
            Scalar::Binary => match decode_binary(text.as_str()) {
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
#[derive(Default)]
struct Members {
    entries: Vec<Entry>,
    /// Where each key is in `entries`; built once there are too many to look through.
    index: HashMap<Text, usize>,
    /// Which of the entries came from a merge key; may be shorter than `entries`.
    is_merged: Vec<bool>,
}

impl Members {
    const MOST_WITHOUT_INDEX: usize = 16;

    /// Adds a member or replaces that of the same key. Gives the place of the key that a repetition repeats.
    fn set(&mut self, entry: Entry, is_merged: bool) -> Option<Span> {
        match self.find(&entry.key) {
            None => {
                let position = self.entries.len();
                if position == Self::MOST_WITHOUT_INDEX {
                    self.index = self.entries.iter().zip(0..).map(|(entry, at)| (entry.key.clone(), at)).collect();
                }
                if position >= Self::MOST_WITHOUT_INDEX {
                    self.index.insert(entry.key.clone(), position);
                }
                self.entries.push(entry);
                self.mark_merged(position, is_merged);
                None
            }
            Some(position) => {
                let was_merged = self.is_merged.get(position).copied().unwrap_or(false);
                self.mark_merged(position, is_merged);
                let slot = self.entries.get_mut(position)?;
                let earlier = std::mem::replace(slot, entry);
                (!is_merged && !was_merged).then(|| earlier.key.span())
            }
        }
    }

    fn find(&self, key: &Text) -> Option<usize> {
        if self.entries.len() <= Self::MOST_WITHOUT_INDEX {
            self.entries.iter().position(|entry| entry.key == *key)
        } else {
            self.index.get(key.as_str()).copied()
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
