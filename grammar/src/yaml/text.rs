//! Text of a scalar and the way from its bytes back to the file.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use super::file_text::FileText;
use crate::Span;

/// The text of a scalar, which knows where in the file each of its bytes was written.
///
/// Text that stands in the file as it reads (most plain and quoted scalars) is a slice of the file. Text that was
/// put together (escapes, folded lines, block scalars) carries a table of runs.
#[derive(Clone)]
pub struct Text(pub(super) Content);

#[derive(Clone)]
pub(super) enum Content {
    /// A part of the file, byte for byte.
    Slice { file: Arc<FileText>, start: u32, end: u32, is_quoted: bool },
    /// Text that differs from what is written.
    Composed(Arc<Composed>),
}

/// Text, the scalar that it was made of, and the runs that cover it from start to end.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) value: Box<str>,
    pub(super) runs: Box<[Run]>,
    pub(super) span: Span,
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
        match &self.0 {
            Content::Slice { file, start, end, .. } => file.part(*start as usize..*end as usize),
            Content::Composed(composed) => &composed.value,
        }
    }

    /// The whole scalar in the file, with its quotes or its block header.
    pub fn span(&self) -> Span {
        match &self.0 {
            Content::Slice { file, start, end, is_quoted } => {
                let quote = usize::from(*is_quoted);
                file.span((*start as usize).saturating_sub(quote)..*end as usize + quote)
            }
            Content::Composed(composed) => composed.span,
        }
    }

    /// Where a byte range of the text is written in the file.
    ///
    /// An empty range gives the empty place before its byte. A range that is not within the text is cut to it.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let length = self.as_str().len();
        let start = range.start.min(length);
        let end = range.end.clamp(start, length);
        match &self.0 {
            Content::Slice { file, start: base, .. } => {
                let base = *base as usize;
                file.span(base + start..base + end)
            }
            Content::Composed(composed) => {
                let Composed { runs, span, .. } = &**composed;
                let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
                let past_end = runs.last().map_or(span.end, |run| run.source_end);
                let from = locate_start(runs, narrow(start)).unwrap_or(past_end);
                let to = if end > start { locate_end(runs, narrow(end)).unwrap_or(from) } else { from };
                Span { file: span.file, start: from, end: to.max(from) }
            }
        }
    }

    pub(super) fn composed(value: impl Into<Box<str>>, runs: impl Into<Box<[Run]>>, span: Span) -> Self {
        Self(Content::Composed(Arc::new(Composed { value: value.into(), runs: runs.into(), span })))
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
        let span = self.span();
        write!(formatter, "{:?}@{}..{}", self.as_str(), span.start, span.end)
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
