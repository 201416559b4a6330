//! A document's text, and places in it as editors count them.
//!
//! The compiler counts bytes. An editor counts lines from 0 and, in a line, code units of the encoding that was agreed
//! on at the start; lines end at `\n`, `\r\n` and `\r`.

use std::ops::Range;

use lsp_types::{Position, PositionEncodingKind, TextDocumentContentChangeEvent};

/// The code units that columns count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// What every editor knows.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The first of the editor's encodings that is no detour for us, or UTF-16.
    pub(crate) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        let offers = |kind: &PositionEncodingKind| offered.is_some_and(|kinds| kinds.contains(kind));
        match () {
            () if offers(&PositionEncodingKind::UTF8) => Self::Utf8,
            () if offers(&PositionEncodingKind::UTF16) => Self::Utf16,
            () if offers(&PositionEncodingKind::UTF32) => Self::Utf32,
            () => Self::Utf16,
        }
    }

    /// Its name in the protocol.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// The text of an open document.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    text: String,
    line_starts: Vec<usize>,
    encoding: Encoding,
}

impl Text {
    /// A text whose places are counted in an encoding.
    pub(crate) fn new(text: String, encoding: Encoding) -> Self {
        let line_starts = line_starts(&text);
        Self { text, line_starts, encoding }
    }

    /// The whole text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// A part of the text; empty when it is none.
    pub(crate) fn part(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// The byte at a place. Past the end of a line is its end, past the last line the end of the text, and within a
    /// character its beginning.
    pub(crate) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.line_starts.get(line) else { return self.text.len() };
        let end = self.line_starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.part(start..end);
        let content = content.trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        for (at, character) in content.char_indices() {
            let width = self.encoding.width(character);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + content.len()
    }

    /// The place of a byte; within a character its beginning.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let column: usize = self.part(start..offset).chars().map(|character| self.encoding.width(character)).sum();
        let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: narrow(line), character: narrow(column) }
    }

    /// The bytes between two places, in either order.
    pub(crate) fn bytes(&self, range: lsp_types::Range) -> Range<usize> {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        start.min(end)..end.max(start)
    }

    /// The places of a byte range.
    pub(crate) fn range(&self, bytes: Range<usize>) -> lsp_types::Range {
        lsp_types::Range { start: self.position(bytes.start), end: self.position(bytes.end) }
    }

    /// Makes an edit: of a part, or of the whole text when it names no range.
    pub(crate) fn apply(&mut self, change: TextDocumentContentChangeEvent) {
        match change.range {
            Some(range) => {
                let bytes = self.bytes(range);
                self.text.replace_range(bytes, &change.text);
            }
            None => self.text = change.text,
        }
        self.line_starts = line_starts(&self.text);
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends_line = |at: usize| match bytes[at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    std::iter::once(0).chain((0..bytes.len()).filter(|&at| ends_line(at)).map(|at| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    fn change(range: Option<(Position, Position)>, text: &str) -> TextDocumentContentChangeEvent {
        let range = range.map(|(start, end)| lsp_types::Range { start, end });
        TextDocumentContentChangeEvent { range, range_length: None, text: text.to_owned() }
    }

    #[test]
    fn columns_count_units_of_the_encoding() {
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            let text = Text::new("x\n\u{e9}a\u{1f600}b\n".to_owned(), encoding);
            assert_eq!(text.position(9), at(1, column), "{encoding:?}");
            assert_eq!(text.offset(at(1, column)), 9, "{encoding:?}");
        }
    }

    #[test]
    fn places_that_are_none_are_cut() {
        let text = Text::new("a\u{1f600}\r\nb\rc".to_owned(), Encoding::Utf16);
        assert_eq!(text.offset(at(0, 2)), 1, "in the middle of a pair");
        assert_eq!(text.offset(at(0, 99)), 5, "before the line end");
        assert_eq!(text.offset(at(2, 0)), 9);
        assert_eq!(text.offset(at(9, 0)), text.as_str().len());
        assert_eq!(text.position(99), at(2, 1));
        assert_eq!(text.position(2), at(0, 1), "in the middle of a character");
    }

    #[test]
    fn edits_change_parts_or_all() {
        let mut text = Text::new("one\ntwo\n".to_owned(), Encoding::Utf16);
        text.apply(change(Some((at(0, 3), at(1, 0))), " and "));
        assert_eq!(text.as_str(), "one and two\n");
        text.apply(change(Some((at(5, 0), at(1, 0))), "\u{e9}"));
        assert_eq!(text.as_str(), "one and two\n\u{e9}");
        text.apply(change(None, "new\r\n"));
        assert_eq!(text.offset(at(1, 0)), 5);
    }

    proptest! {
        #[test]
        fn every_boundary_survives_the_way_there_and_back(content in r"[a\u{e9}\u{1f600}\r\n]{0,12}") {
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let text = Text::new(content.clone(), encoding);
                for (offset, _) in content.char_indices() {
                    let is_inside_line_end = content[..offset].ends_with('\r') && content[offset..].starts_with('\n');
                    if !is_inside_line_end {
                        prop_assert_eq!(text.offset(text.position(offset)), offset);
                    }
                }
            }
        }
    }
}
