//! Texts and the YAML documents in them.

use std::path::Path;

use dikast_grammar::yaml::{self, Node};
use dikast_grammar::{SourceMap, Span};
use dikast_stdlib::Value;

use super::InputError;
use super::unreadable::read_text_or_lossy;

/// The name under which standard input is reported.
pub(crate) const STANDARD_INPUT: &str = "standard input";

/// A file with its documents.
pub(crate) struct File {
    sources: SourceMap,
    /// The documents, in order.
    pub(crate) documents: Vec<Node>,
}

impl File {
    /// Reads a file, or standard input for `-`.
    ///
    /// # Errors
    /// When it cannot be read, or a document in it is no YAML.
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let text = read_text(path)?;
        Self::parse(&name_of(path), text)
    }

    /// Reads the documents of a text.
    ///
    /// # Errors
    /// When a document is no YAML.
    pub(crate) fn parse(name: &str, text: String) -> Result<Self, InputError> {
        let mut sources = SourceMap::new();
        let id = sources.add(name, text);
        let parsed = sources.get(id).map(|file| yaml::parse(id, file.text())).unwrap_or_default();
        let file = Self { sources, documents: parsed.documents };
        match parsed.errors.iter().find(|error| error.is_refusal()) {
            Some(error) => Err(file.error(error.span, error.to_string())),
            None => Ok(file),
        }
    }

    /// An error at a place of this file.
    pub(crate) fn error(&self, span: Span, message: impl Into<String>) -> InputError {
        InputError { place: self.place(span), message: message.into() }
    }

    /// `file:line:column` of the beginning of a span.
    pub(crate) fn place(&self, span: Span) -> String {
        place_of(&self.sources, span)
    }

    /// The documents as values.
    pub(crate) fn values(&self) -> impl Iterator<Item = Value> {
        self.documents.iter().map(Value::from)
    }
}

/// `file:line:column` of the beginning of a span.
pub(crate) fn place_of(sources: &SourceMap, span: Span) -> String {
    match sources.get(span.file) {
        Some(file) => {
            let position = file.position(span.start);
            format!("{}:{}:{}", file.name(), position.line, position.column)
        }
        None => String::new(),
    }
}

/// The name under which a path is reported.
pub(crate) fn name_of(path: &Path) -> String {
    if path == Path::new("-") { STANDARD_INPUT.to_owned() } else { path.display().to_string() }
}

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<String, InputError> {
    read_text_or_lossy(path).map_err(|fault| fault.as_error())
}
