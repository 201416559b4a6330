//! YAML as Kyverno reads it, with spans.
//!
//! Kyverno cuts a file into documents at its `---` lines (`ext/yaml/split.go`) and reads each with
//! `sigs.k8s.io/yaml`, that is, with go-yaml v2: YAML 1.1 with its words for truth values, octal numbers and merge
//! keys, then turned into JSON.
//!
//! The scanner is our own. The event parsers at hand read YAML 1.2, or libyaml's later dialect, so that they refuse texts
//! that Kyverno takes (`[a:, b]`) and take others that it refuses (`"\/"`); and none tells where in the file a byte of a
//! folded or escaped scalar stands, without which no fault inside a template could be shown at its place.
//!
//! | module | step |
//! |---|---|
//! | `documents` | file to documents |
//! | `scanner` | text to tokens; scalars get their text and the way back to the file |
//! | `parser` | tokens to a syntax tree |
//! | `values` | syntax tree to values: tags, aliases, merge keys, keys |
//! | `resolve` | words and numbers |
//! | `go_words` | what go-yaml says of a fault |
//! | `cause` | where a fault of the layout comes from |

mod cause;
mod cursor;
mod documents;
mod error;
mod file_text;
mod go_words;
mod node;
mod parser;
mod resolve;
mod rewrite;
mod scalar_text;
mod scanner;
mod text;
mod timestamp;
mod tree;
mod values;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

pub use cause::{Cause, CauseKind, cause_of};
pub use documents::{InheritedType, ListItem, unpack_list, unpack_typed_list};
pub use error::{PropertyFault, SyntaxError, SyntaxErrorKind, TabPlace};
pub use go_words::go_words;
pub use node::{Entry, Node, NodeValue};
pub use text::Text;

use crate::{FileId, Span};
use file_text::FileText;
use scanner::Scanner;

/// How many collections may be nested. Kyverno takes 10,000, which no resource needs and no stack should have to bear.
const MAX_DEPTH: usize = 256;

/// How many values a document may have.
const MAX_NODES: usize = 10_000_000;

/// How many values aliases may stand for in a document.
const MAX_ALIASED: usize = 50_000;

/// How many faults of a document are reported.
const MAX_FAULTS: usize = 1_000;

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The documents that can be read, in order.
    pub documents: Vec<Node>,
    /// All faults, in the order in which they were found. A document with a fault that is a refusal
    /// ([`SyntaxError::is_refusal`]) is not among the documents; the others are.
    pub errors: Vec<SyntaxError>,
    /// The comments, from `#` to the end of the line, in order.
    pub comments: Vec<Span>,
}

/// Reads a file.
///
/// A fault refuses the document that it is in; the others are read all the same. Where Kyverno drops something without
/// a word (see [`SyntaxError::is_refusal`]) it is dropped here as well, and reported.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let documents = match Documents::of(file, text) {
        Ok(documents) => documents,
        Err(error) => return Parsed { errors: vec![error], ..Parsed::default() },
    };
    let mut parsed = documents.between();
    for at in 0..documents.count() {
        documents.read_into(at, &mut parsed);
    }
    parsed.errors.extend(documents.text_after_separator());
    parsed.comments.sort_unstable_by_key(|span| span.start);
    parsed
}

/// A file cut into its documents, to read them one by one, and on several threads.
#[derive(Debug)]
pub struct Documents {
    file: Arc<FileText>,
    pieces: documents::Pieces,
}

impl Documents {
    /// Cuts a file.
    ///
    /// # Errors
    ///
    /// When it is longer than places in it can say.
    pub fn of(file: FileId, text: &str) -> Result<Self, SyntaxError> {
        if text.len() >= u32::MAX as usize {
            return Err(SyntaxError::new(SyntaxErrorKind::FileTooLarge, Span::new(file, 0, 0)));
        }
        let file = Arc::new(FileText::new(file, text));
        let pieces = documents::split(file.text());
        Ok(Self { file, pieces })
    }

    /// How many documents there are.
    pub fn count(&self) -> usize {
        self.pieces.documents.len()
    }

    /// Reads one of them: its value, if it has no fault that refuses it, its faults and its comments.
    pub fn read(&self, at: usize) -> Parsed {
        let mut parsed = Parsed::default();
        self.read_into(at, &mut parsed);
        parsed
    }

    /// The fault of text that stands behind a `---`: the file is read no further.
    pub fn text_after_separator(&self) -> Option<SyntaxError> {
        let range = self.pieces.text_after_separator.clone()?;
        Some(SyntaxError::new(SyntaxErrorKind::TextAfterSeparator, self.file.span(range)))
    }

    fn between(&self) -> Parsed {
        let lines = self.pieces.between.iter().cloned();
        let comments = lines.flat_map(|lines| documents::comments(self.file.text(), lines));
        Parsed { comments: comments.map(|comment| self.file.span(comment)).collect(), ..Parsed::default() }
    }

    fn read_into(&self, at: usize, parsed: &mut Parsed) {
        if let Some(range) = self.pieces.documents.get(at) {
            parsed.read_document(&self.file, range.clone());
        }
    }
}

/// Reads the first document of a text as `sigs.k8s.io/yaml` does where Kyverno does not cut the text first: `---` counts
/// only where YAML says so, and what follows the document is not looked at. A text without a document is null.
///
/// # Errors
///
/// The first fault for which the document is refused.
pub fn parse_first(text: &str) -> Result<Node, SyntaxError> {
    let file_id = FileId::default();
    if text.len() >= u32::MAX as usize {
        return Err(SyntaxError::new(SyntaxErrorKind::FileTooLarge, Span::new(file_id, 0, 0)));
    }
    let file = Arc::new(FileText::as_written(file_id, text));
    let mut parsed = Parsed::default();
    parsed.read_document(&file, 0..file.text().len());
    match parsed.errors.into_iter().find(SyntaxError::is_refusal) {
        Some(error) => Err(error),
        None => Ok(parsed.documents.pop().unwrap_or(Node { value: NodeValue::Null, span: file.span(0..0) })),
    }
}

impl Parsed {
    /// The objects in the documents: Kubernetes lists are [unpacked](unpack_list).
    pub fn into_objects(self) -> Vec<Node> {
        self.documents.into_iter().flat_map(unpack_list).collect()
    }

    fn read_document(&mut self, file: &Arc<FileText>, range: Range<usize>) {
        let text = file.part(range.clone());
        if let Some((at, character)) = text.char_indices().find(|&(_, character)| !is_allowed(character)) {
            let start = range.start + at;
            let span = file.span(start..start + character.len_utf8());
            self.errors.push(SyntaxError::new(SyntaxErrorKind::ControlCharacter(character), span));
            return;
        }
        let mut scanner = Scanner::new(file, range.clone());
        let document = parser::parse_document(file, &mut scanner);
        self.comments.append(&mut scanner.into_comments());
        let document = match document {
            Ok(document) => document,
            Err(error) => return self.errors.push(*error),
        };
        let Some(root) = document.root else {
            let span = file.span(range.start..range.start);
            return self.documents.push(Node { value: NodeValue::Null, span });
        };
        let (node, mut errors) = values::evaluate(&document.tree, root, file);
        if let Some(start) = document.ignored_from {
            let end = range.start + text.trim_end().len();
            errors.push(SyntaxError::new(SyntaxErrorKind::IgnoredText, file.span(start..end.max(start))));
        }
        if !errors.iter().any(SyntaxError::is_refusal) {
            self.documents.push(node);
        }
        self.errors.append(&mut errors);
    }
}

/// The characters that a YAML 1.1 file may hold.
fn is_allowed(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
