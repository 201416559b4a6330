//! Text that a compiler changed and that still knows where it came from.

use std::ops::Range;

use super::Text;
use super::text::{Content, Run};
use crate::Span;

impl Text {
    /// Text that stands for something written as a whole, such as the key `1.50` for `"1.5"`, or a name that was made
    /// from another.
    pub fn standing_for(value: impl Into<Box<str>>, span: Span) -> Self {
        let value: Box<str> = value.into();
        let value_end = narrow(value.len());
        let run = Run { value_end, source_start: span.start, source_end: span.end };
        Self::composed(value, [run], span)
    }

    /// The text with each occurrence of `from` replaced by `to`; nothing when there is none.
    ///
    /// Each replacement stands for the occurrence that it replaces, and everything else for what it stood for.
    pub fn replaced(&self, from: &str, to: &str) -> Option<Self> {
        let old = self.as_str();
        let mut occurrences = old.match_indices(from).peekable();
        occurrences.peek()?;
        let mut value = String::with_capacity(old.len() + to.len());
        let mut runs = Vec::new();
        let mut done = 0;
        for (at, _) in occurrences {
            self.copy_to(done..at, &mut value, &mut runs);
            value.push_str(to);
            let source = self.span_of(at..at + from.len());
            runs.push(Run { value_end: narrow(value.len()), source_start: source.start, source_end: source.end });
            done = at + from.len();
        }
        self.copy_to(done..old.len(), &mut value, &mut runs);
        Some(Self::composed(value, runs, self.span()))
    }

    /// Adds a part of this text with its runs to another that is being put together.
    fn copy_to(&self, range: Range<usize>, value: &mut String, runs: &mut Vec<Run>) {
        let base = value.len();
        value.push_str(self.as_str().get(range.clone()).unwrap_or(""));
        let whole = [Run { value_end: narrow(self.as_str().len()), source_start: 0, source_end: 0 }];
        let pieces: &[Run] = match &self.0 {
            Content::Composed(composed) => &composed.runs,
            Content::Slice { .. } => &whole,
        };
        let mut start = 0;
        for piece in pieces {
            let part = range.start.max(start)..range.end.min(piece.value_end as usize);
            start = piece.value_end as usize;
            if part.is_empty() {
                continue;
            }
            let source = self.span_of(part.clone());
            let value_end = narrow(base + part.end - range.start);
            runs.push(Run { value_end, source_start: source.start, source_end: source.end });
        }
    }
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::file_text::FileText;
    use super::*;
    use crate::FileId;

    fn slice(source: &str, range: Range<usize>) -> Text {
        let file = Arc::new(FileText::new(FileId(0), source));
        let (start, end) = (narrow(range.start), narrow(range.end));
        Text(Content::Slice { file, start, end, is_quoted: false })
    }

    #[test]
    fn replacements_keep_their_place() {
        let text = slice("k: a.b + a.b.c", 3..14).replaced("a.b", "a.longer.b").unwrap();
        assert_eq!(text.as_str(), "a.longer.b + a.longer.b.c");
        assert_eq!(text.span_of(10..13), Span::new(FileId(0), 6, 9));
        assert_eq!(text.span_of(13..23), Span::new(FileId(0), 9, 12));
        assert_eq!(text.span_of(24..25), Span::new(FileId(0), 13, 14));
        let twice = text.replaced("c", "cc").unwrap();
        assert_eq!(twice.as_str(), "a.longer.b + a.longer.b.cc");
        assert_eq!(twice.span_of(10..13), Span::new(FileId(0), 6, 9));
        assert_eq!(twice.span_of(24..26), Span::new(FileId(0), 13, 14));
    }

    #[test]
    fn nothing_to_replace_is_nothing() {
        assert!(slice("abc", 0..3).replaced("x", "y").is_none());
    }

    #[test]
    fn made_text_stands_for_its_origin() {
        let text = Text::standing_for("autogen-name", Span::new(FileId(0), 5, 9));
        assert_eq!(text.as_str(), "autogen-name");
        assert_eq!(text.span_of(3..4), Span::new(FileId(0), 5, 9));
    }
}
