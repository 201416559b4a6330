//! A reading position in a document: bytes ahead, line breaks, columns.

use std::ops::Range;

use super::file_text::FileText;

/// Where the cursor stands. Offsets count bytes of the file, columns count characters of the line.
///
/// Past the end of the document every byte ahead reads as 0, which cannot stand in a document: control characters are
/// refused before scanning starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    file: &'t FileText,
    /// The file up to the end of the document.
    bytes: &'t [u8],
    pub(super) offset: usize,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// How many bytes a UTF-8 character takes that begins with `lead`.
fn width(lead: u8) -> usize {
    match lead {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

impl<'t> Cursor<'t> {
    /// A cursor at the start of the document that lies in `range` of a file.
    pub(super) fn new(file: &'t FileText, range: Range<usize>) -> Self {
        let bytes = file.text().as_bytes().get(..range.end).unwrap_or_default();
        Self { file, bytes, offset: range.start, line: 0, column: 0 }
    }

    /// The byte `ahead` bytes from here.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.offset + ahead).copied().unwrap_or(0)
    }

    pub(super) fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }

    pub(super) fn starts_with(&self, prefix: &[u8]) -> bool {
        self.rest().starts_with(prefix)
    }

    pub(super) fn at_end(&self) -> bool {
        self.offset >= self.bytes.len()
    }

    /// The bytes of the character here; empty at the end.
    pub(super) fn character(&self) -> Range<usize> {
        self.offset..(self.offset + width(self.byte(0))).min(self.bytes.len()).max(self.offset)
    }

    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    pub(super) fn is_break(&self, ahead: usize) -> bool {
        self.break_len(ahead) > 0
    }

    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.byte(ahead) == 0 || self.is_break(ahead)
    }

    pub(super) fn is_blank_break_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// Letters, digits, `-` and `_`.
    pub(super) fn is_word(&self, ahead: usize) -> bool {
        let byte = self.byte(ahead);
        byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
    }

    /// Whether `---` or `...` stands here at the start of a line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.column == 0 && (self.starts_with(b"---") || self.starts_with(b"...")) && self.is_blank_break_or_end(3)
    }

    /// Length of the line break that is `ahead` bytes from here; 0 when there is none.
    ///
    /// The breaks of YAML 1.1 are CR LF, CR, LF, NEL, LS and PS. CR CR LF is one break too: Kyverno's splitter takes
    /// CR LF for the end of a line and puts LF in its place, so that go-yaml sees CR LF.
    pub(super) fn break_len(&self, ahead: usize) -> usize {
        match self.byte(ahead) {
            b'\n' => 1,
            b'\r' => match (self.byte(ahead + 1), self.byte(ahead + 2)) {
                (b'\n', _) => 2,
                (b'\r', b'\n') => 3,
                _ => 1,
            },
            0xC2 if self.byte(ahead + 1) == 0x85 => 2,
            0xE2 if self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    /// Moves over one character of the line.
    pub(super) fn advance(&mut self) {
        self.offset = self.character().end;
        self.column += 1;
    }

    /// Moves over a number of one-byte characters of the line.
    pub(super) fn advance_ascii(&mut self, count: u32) {
        self.offset += count as usize;
        self.column += count;
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.advance_ascii(1);
        }
    }

    /// Moves to the end of the line, before its break.
    pub(super) fn skip_line(&mut self) {
        while !self.is_break_or_end(0) {
            self.advance();
        }
    }

    /// Moves over a line break, if one is here, and says how it reads.
    pub(super) fn take_break(&mut self) -> Option<Break> {
        let start = self.offset;
        let len = self.break_len(0);
        if len == 0 {
            return None;
        }
        let character = match (self.byte(0), self.byte(2)) {
            (0xE2, 0xA8) => '\u{2028}',
            (0xE2, _) => '\u{2029}',
            _ => '\n',
        };
        self.offset += len;
        self.line += 1;
        self.column = 0;
        Some(Break { character, written: self.file.clip(start..self.offset) })
    }

    /// Ends the last line, as a break would.
    pub(super) fn end_line(&mut self) {
        if self.column != 0 {
            self.column = 0;
            self.line += 1;
        }
    }
}

/// A line break: the character that it reads as, and its bytes.
#[derive(Clone, Debug)]
pub(super) struct Break {
    pub(super) character: char,
    pub(super) written: Range<usize>,
}

impl Break {
    /// Whether folding turns this break into a space. The separators LS and PS stay as they are.
    pub(super) fn folds(&self) -> bool {
        self.character == '\n'
    }
}
