//! Scalars without quotes.

use super::{Result, Scanner, Token, TokenKind};
use crate::yaml::cursor::Break;
use crate::yaml::error::{SyntaxErrorKind, TabPlace};
use crate::yaml::scalar_text::TextBuilder;

impl Scanner<'_> {
    /// Whether a plain scalar can start with this byte, which the cursor stands on.
    pub(super) fn starts_plain(&self, byte: u8) -> bool {
        match byte {
            b'-' => !self.cursor.is_blank(1),
            b'?' | b':' => self.flows.is_empty() && !self.cursor.is_blank_break_or_end(1),
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
            | b'`' => false,
            _ => !self.cursor.is_blank_break_or_end(0),
        }
    }

    /// Whether the byte under the cursor, which is no blank, ends a plain scalar.
    fn ends_plain(&self) -> bool {
        match self.cursor.byte(0) {
            b':' => self.cursor.is_blank_break_or_end(1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => !self.flows.is_empty(),
            _ => false,
        }
    }

    /// Reads a plain scalar, which goes on over lines that are indented more than the collection it is in.
    pub(super) fn scan_plain(&mut self) -> Result<Token> {
        let start = self.cursor.offset;
        let indent = self.indent + 1;
        let mut text = TextBuilder::new(self.file, start);
        let mut end = start;
        let mut breaks: Vec<Break> = Vec::new();
        loop {
            if self.cursor.is_document_indicator() || self.cursor.byte(0) == b'#' {
                break;
            }
            let word = self.cursor.offset;
            while !self.cursor.is_blank_break_or_end(0) && !self.ends_plain() {
                self.cursor.advance();
            }
            if self.cursor.offset > word {
                if breaks.is_empty() {
                    // With the blanks before the word.
                    text.copy(end..self.cursor.offset);
                } else {
                    fold(&mut text, end, word, &breaks);
                    breaks.clear();
                    text.copy(word..self.cursor.offset);
                }
                end = self.cursor.offset;
            }
            if !self.cursor.is_blank(0) && !self.cursor.is_break(0) {
                break;
            }
            loop {
                if let Some(line_break) = self.cursor.take_break() {
                    breaks.push(line_break);
                } else if self.cursor.is_blank(0) {
                    let indents = !breaks.is_empty() && i64::from(self.cursor.column) < indent;
                    if indents && self.cursor.byte(0) == b'\t' {
                        return Err(self.fault(SyntaxErrorKind::TabIndentation(TabPlace::PlainScalar), self.here()));
                    }
                    self.cursor.advance_ascii(1);
                } else {
                    break;
                }
            }
            if self.flows.is_empty() && i64::from(self.cursor.column) < indent {
                break;
            }
        }
        // A scalar that ran on to another line leaves the cursor where a key may begin.
        if !breaks.is_empty() {
            self.key_allowed = true;
        }
        Ok(Token::new(TokenKind::Scalar { text: text.finish(start..end), is_plain: true }, start..end))
    }
}

/// Adds what the line breaks between two words read as: a space for a single one, otherwise all but the first.
pub(super) fn fold(text: &mut TextBuilder<'_>, end: usize, next: usize, breaks: &[Break]) {
    match breaks {
        [] => {}
        [single] if single.folds() => text.push(' ', end..next),
        [first, more @ ..] => {
            let kept = if first.folds() { more } else { breaks };
            for line_break in kept {
                text.push(line_break.character, line_break.written.clone());
            }
        }
    }
}
