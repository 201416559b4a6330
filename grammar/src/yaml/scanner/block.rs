//! Block scalars, `|` and `>`.

use super::{Result, Scanner, Token, TokenKind};
use crate::yaml::cursor::Break;
use crate::yaml::error::{SyntaxErrorKind, TabPlace};
use crate::yaml::scalar_text::TextBuilder;

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// `-`: none is kept.
    Strip,
    /// The first one is kept.
    Clip,
    /// `+`: all are kept.
    Keep,
}

struct Header {
    chomping: Chomping,
    /// The indentation in columns more than the parent's, when the author gave it.
    increment: Option<i64>,
}

impl Scanner<'_> {
    /// Reads a block scalar, the indicator of which the cursor stands on.
    pub(super) fn scan_block_scalar(&mut self) -> Result<Token> {
        let start = self.cursor.offset;
        let is_folded = self.cursor.byte(0) == b'>';
        self.cursor.advance_ascii(1);
        let header = self.scan_block_header()?;
        let mut end = self.cursor.offset;
        self.end_of_line(SyntaxErrorKind::BlockHeader)?;

        let mut indent = header.increment.map(|increment| self.indent.max(0) + increment);
        let mut text = TextBuilder::new(self.file, self.cursor.offset);
        // The break after the last line, and the empty lines after it.
        let mut last_break: Option<Break> = None;
        let mut empty_lines: Vec<Break> = Vec::new();
        let mut last_line_is_indented = false;
        let column = self.scan_block_indentation(&mut indent, &mut empty_lines)?;
        while i64::from(self.cursor.column) == column && !self.cursor.at_end() {
            // Lines that begin with a blank are not folded to their neighbours.
            let line_is_indented = self.cursor.is_blank(0);
            if let Some(line_break) = last_break.take() {
                let folds = is_folded && line_break.folds() && !last_line_is_indented && !line_is_indented;
                if !folds {
                    text.push(line_break.character, line_break.written);
                } else if empty_lines.is_empty() {
                    text.push(' ', line_break.written.start..self.cursor.offset);
                }
            }
            for line_break in empty_lines.drain(..) {
                text.push(line_break.character, line_break.written);
            }
            last_line_is_indented = line_is_indented;
            let line = self.cursor.offset;
            self.cursor.skip_line();
            end = self.cursor.offset;
            text.copy(line..end);
            last_break = self.cursor.take_break();
            self.scan_block_indentation(&mut indent, &mut empty_lines)?;
        }
        if header.chomping != Chomping::Strip
            && let Some(line_break) = last_break
        {
            text.push(line_break.character, line_break.written);
        }
        if header.chomping == Chomping::Keep {
            for line_break in empty_lines {
                text.push(line_break.character, line_break.written);
            }
        }
        Ok(Token::new(TokenKind::Scalar { text: text.finish(start..end), is_plain: false }, start..end))
    }

    /// Reads the indicators after `|` or `>`, in either order.
    fn scan_block_header(&mut self) -> Result<Header> {
        let mut header = Header { chomping: Chomping::Clip, increment: None };
        let mut has_chomping = false;
        loop {
            match self.cursor.byte(0) {
                b'+' | b'-' if !has_chomping => {
                    has_chomping = true;
                    header.chomping = if self.cursor.byte(0) == b'+' { Chomping::Keep } else { Chomping::Strip };
                }
                b'0' if header.increment.is_none() => {
                    return Err(self.fault(SyntaxErrorKind::ZeroIndentation, self.here()));
                }
                digit @ b'1'..=b'9' if header.increment.is_none() => {
                    header.increment = Some(i64::from(digit - b'0'));
                }
                _ => return Ok(header),
            }
            self.cursor.advance_ascii(1);
        }
    }

    /// Moves over indentation and empty lines. When the indentation is not known yet, the deepest of these lines, or
    /// the first that is not empty, tells it. Gives the indentation.
    fn scan_block_indentation(&mut self, indent: &mut Option<i64>, empty_lines: &mut Vec<Break>) -> Result<i64> {
        let mut deepest = 0;
        loop {
            let is_within = |column: u32| indent.is_none_or(|indent| i64::from(column) < indent);
            while is_within(self.cursor.column) && self.cursor.byte(0) == b' ' {
                self.cursor.advance_ascii(1);
            }
            deepest = deepest.max(i64::from(self.cursor.column));
            if is_within(self.cursor.column) && self.cursor.byte(0) == b'\t' {
                return Err(self.fault(SyntaxErrorKind::TabIndentation(TabPlace::BlockScalar), self.here()));
            }
            match self.cursor.take_break() {
                Some(line_break) => empty_lines.push(line_break),
                None => break,
            }
        }
        Ok(*indent.get_or_insert(deepest.max(self.indent + 1).max(1)))
    }
}
