//! Text of a scalar and the way from its bytes back to the file.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use crate::Span;

/// The text of a scalar, which knows where in the file each of its bytes was written.
///
/// Text that stands in the file as it reads (most plain and quoted scalars) is a slice of the file. Text that was
/// put together (escapes, folded lines, block scalars) carries a table of runs.
#[derive(Clone)]
pub struct Text {
    pub(super) span: Span,
    pub(super) content: Content,
}

#[derive(Clone)]
pub(super) enum Content {
    /// A part of the file, byte for byte.
    Slice { source: Arc<str>, start: u32, end: u32 },
    /// Text that differs from what is written; the runs cover it from start to end.
    Composed { value: Arc<str>, runs: Arc<[Run]> },
}

/// A stretch of the value and the stretch of the file that it was read from.
///
/// Where both are equally long, byte follows byte; otherwise the whole source stands for the whole value (an escape
/// sequence for its character, a line break and its indentation for one space).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) value_end: u32,
    pub(super) source_start: u32,
    pub(super) source_end: u32,
}

impl Text {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        match &self.content {
            Content::Slice { source, start, end } => source.get(*start as usize..*end as usize).unwrap_or(""),
            Content::Composed { value, .. } => value,
        }
    }

    /// The whole scalar in the file, with its quotes or its block header.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Where a byte range of the text is written in the file.
    ///
    /// An empty range gives the empty place before its byte. A range that is not within the text is cut to it.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let length = narrow(self.as_str().len());
        let start = narrow(range.start).min(length);
        let end = narrow(range.end).clamp(start, length);
        let (from, to) = match &self.content {
            Content::Slice { start: base, .. } => (base + start, base + end),
            Content::Composed { runs, .. } => {
                let from = locate_start(runs, start).unwrap_or_else(|| self.end_of_content(runs));
                let to = if end > start { locate_end(runs, end).unwrap_or(from) } else { from };
                (from, to.max(from))
            }
        };
        Span { file: self.span.file, start: from, end: to }
    }

    /// The place after the last byte of composed text.
    fn end_of_content(&self, runs: &[Run]) -> u32 {
        runs.last().map_or(self.span.end, |run| run.source_end)
    }

    pub(super) fn slice(source: &Arc<str>, range: Range<usize>, span: Span) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let content = Content::Slice { source: Arc::clone(source), start: narrow(range.start), end: narrow(range.end) };
        Self { span, content }
    }

    pub(super) fn composed(value: String, runs: Vec<Run>, span: Span) -> Self {
        Self { span, content: Content::Composed { value: value.into(), runs: runs.into() } }
    }
}

/// The source of the value byte at `offset`; nothing past the end.
fn locate_start(runs: &[Run], offset: u32) -> Option<u32> {
    let index = runs.partition_point(|run| run.value_end <= offset);
    let run = runs.get(index)?;
    let value_start = index.checked_sub(1).and_then(|before| runs.get(before)).map_or(0, |before| before.value_end);
    let is_linear = run.value_end - value_start == run.source_end - run.source_start;
    Some(if is_linear { run.source_start + (offset - value_start) } else { run.source_start })
}

/// The source end of the value byte before `offset`.
fn locate_end(runs: &[Run], offset: u32) -> Option<u32> {
    let index = runs.partition_point(|run| run.value_end < offset);
    let run = runs.get(index)?;
    let value_start = index.checked_sub(1).and_then(|before| runs.get(before)).map_or(0, |before| before.value_end);
    let is_linear = run.value_end - value_start == run.source_end - run.source_start;
    Some(if is_linear { run.source_start + (offset - value_start) } else { run.source_end })
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}@{}..{}", self.as_str(), self.span.start, self.span.end)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Texts are equal when they read the same, wherever they are written.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// Puts the text of a scalar together while the scanner reads it.
///
/// It stays a slice of the file as long as what is added follows byte for byte.
pub(super) struct TextBuilder<'t> {
    source: &'t Arc<str>,
    slice: Range<usize>,
    composed: Option<(String, Vec<Run>)>,
}

impl<'t> TextBuilder<'t> {
    pub(super) fn new(source: &'t Arc<str>, start: usize) -> Self {
        Self { source, slice: start..start, composed: None }
    }

    /// Whether the file reads `text` at `range`.
    pub(super) fn is_written(&self, range: &Range<usize>, text: &str) -> bool {
        self.source.get(range.clone()) == Some(text)
    }

    /// Adds a part of the file as it stands.
    pub(super) fn copy(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        match &mut self.composed {
            None if self.slice.is_empty() => self.slice = range,
            None if self.slice.end == range.start => self.slice.end = range.end,
            _ => {
                let part = self.source.get(range.clone()).unwrap_or("");
                let (value, runs) = self.compose();
                value.push_str(part);
                push_run(runs, value.len(), range);
            }
        }
    }

    /// Adds a character that is written as the source range says.
    pub(super) fn push(&mut self, character: char, written: Range<usize>) {
        let (value, runs) = self.compose();
        value.push(character);
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        runs.push(Run {
            value_end: narrow(value.len()),
            source_start: narrow(written.start),
            source_end: narrow(written.end),
        });
    }

    fn compose(&mut self) -> &mut (String, Vec<Run>) {
        let slice = self.slice.clone();
        self.composed.get_or_insert_with(|| {
            let mut runs = Vec::new();
            let value = self.source.get(slice.clone()).unwrap_or("").to_owned();
            if !value.is_empty() {
                push_run(&mut runs, value.len(), slice);
            }
            (value, runs)
        })
    }

    /// The finished text of the scalar at `span`.
    pub(super) fn finish(self, span: Span) -> Text {
        match self.composed {
            None => Text::slice(self.source, self.slice, span),
            Some((value, runs)) => Text::composed(value, runs, span),
        }
    }
}

/// Adds a run of copied bytes, joined to the one before when it follows on in the file as well.
fn push_run(runs: &mut Vec<Run>, value_len: usize, range: Range<usize>) {
    let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let added = Run { value_end: narrow(value_len), source_start: narrow(range.start), source_end: narrow(range.end) };
    let before_last = runs.len().checked_sub(2).and_then(|index| runs.get(index)).map_or(0, |run| run.value_end);
    match runs.last_mut() {
        Some(last)
            if last.source_end == added.source_start
                && last.value_end - before_last == last.source_end - last.source_start =>
        {
            last.value_end = added.value_end;
            last.source_end = added.source_end;
        }
        _ => runs.push(added),
    }
}
