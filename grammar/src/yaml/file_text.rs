//! The text of a file while it is read.

use std::ops::Range;

use crate::{FileId, Span};

/// A file that is being read.
#[derive(Debug)]
pub(super) struct FileText {
    file: FileId,
    text: Box<str>,
    /// The length without an added line end.
    written: usize,
}

impl FileText {
    /// A file whose last line is ended, also where the author left that out: Kyverno's splitter ends every line.
    pub(super) fn new(file: FileId, text: &str) -> Self {
        let written = text.len();
        let text = if text.ends_with('\n') { text.into() } else { format!("{text}\n").into() };
        Self { file, text, written }
    }

    /// A text that no splitter has gone over, so that its last line may have no end.
    pub(super) fn as_written(file: FileId, text: &str) -> Self {
        Self { file, text: text.into(), written: text.len() }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A part of the text; empty when it is none.
    pub(super) fn part(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// What the author wrote of a range.
    pub(super) fn clip(&self, range: Range<usize>) -> Range<usize> {
        range.start.min(self.written)..range.end.min(self.written)
    }

    /// The span of what the author wrote of a range.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let range = self.clip(range);
        Span::new(self.file, range.start, range.end)
    }
}
