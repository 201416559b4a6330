//! Scalars in single or double quotes.

use std::ops::Range;

use super::plain::fold;
use super::{Result, Scanner, Token, TokenKind};
use crate::yaml::cursor::Break;
use crate::yaml::error::{SyntaxError, SyntaxErrorKind};
use crate::yaml::scalar_text::TextBuilder;

impl Scanner<'_> {
    pub(super) fn scan_single_quoted(&mut self) -> Result<Token> {
        self.scan_quoted(b'\'')
    }

    pub(super) fn scan_double_quoted(&mut self) -> Result<Token> {
        self.scan_quoted(b'"')
    }

    fn scan_quoted(&mut self, quote: u8) -> Result<Token> {
        let start = self.cursor.offset;
        self.cursor.advance_ascii(1);
        let mut text = TextBuilder::new(self.file, self.cursor.offset);
        loop {
            if self.cursor.is_document_indicator() {
                let indicator = self.cursor.offset..self.cursor.offset + 3;
                return Err(self.fault_in_quote(SyntaxErrorKind::DocumentEndInQuote, indicator, start));
            }
            if self.cursor.at_end() {
                return Err(self.fault(SyntaxErrorKind::UnterminatedQuote, start..start + 1));
            }
            let joined_at = self.scan_quoted_word(quote, start, &mut text)?;
            if self.cursor.byte(0) == quote {
                break;
            }
            self.scan_quoted_blanks(joined_at, &mut text);
        }
        self.cursor.advance_ascii(1);
        let range = start..self.cursor.offset;
        Ok(Token::new(TokenKind::Scalar { text: text.finish(range.clone()), is_plain: false }, range))
    }

    /// Reads up to a blank, a line break or the closing quote. Gives the place of an escaped line break, if the word
    /// ends with one.
    fn scan_quoted_word(&mut self, quote: u8, start: usize, text: &mut TextBuilder<'_>) -> Result<Option<usize>> {
        while !self.cursor.is_blank_break_or_end(0) {
            let here = self.cursor.offset;
            match self.cursor.byte(0) {
                b'\'' if quote == b'\'' && self.cursor.byte(1) == b'\'' => {
                    self.cursor.advance_ascii(2);
                    text.push('\'', here..self.cursor.offset);
                }
                byte if byte == quote => break,
                b'\\' if quote == b'"' && self.cursor.is_break(1) => {
                    self.cursor.advance_ascii(1);
                    self.cursor.take_break();
                    return Ok(Some(here));
                }
                b'\\' if quote == b'"' => {
                    let character = self.scan_escape(start)?;
                    text.push(character, here..self.cursor.offset);
                }
                _ => {
                    self.cursor.advance();
                    while !matches!(self.cursor.byte(0), b'\'' | b'"' | b'\\') && !self.cursor.is_blank_break_or_end(0)
                    {
                        self.cursor.advance();
                    }
                    text.copy(here..self.cursor.offset);
                }
            }
        }
        Ok(None)
    }

    /// Reads blanks and line breaks between words; blanks around a line break are not part of the text.
    fn scan_quoted_blanks(&mut self, joined_at: Option<usize>, text: &mut TextBuilder<'_>) {
        let start = self.cursor.offset;
        let mut breaks: Vec<Break> = Vec::new();
        loop {
            if let Some(line_break) = self.cursor.take_break() {
                breaks.push(line_break);
            } else if self.cursor.is_blank(0) {
                self.cursor.advance_ascii(1);
            } else {
                break;
            }
        }
        match joined_at {
            // After an escaped line break further breaks all count.
            Some(_) => {
                for line_break in breaks {
                    text.push(line_break.character, line_break.written);
                }
            }
            None if breaks.is_empty() => text.copy(start..self.cursor.offset),
            None => fold(text, start, self.cursor.offset, &breaks),
        }
    }

    /// Reads an escape sequence, the backslash of which the cursor stands on.
    fn scan_escape(&mut self, quote: usize) -> Result<char> {
        let start = self.cursor.offset;
        self.cursor.advance_ascii(1);
        let digits = match self.cursor.byte(0) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            byte => {
                let character = simple_escape(byte);
                let written = start..self.here().end;
                let Some(character) = character else {
                    let unknown = self.file.part(self.here()).chars().next();
                    let kind = SyntaxErrorKind::UnknownEscape(unknown.unwrap_or('\\'));
                    return Err(self.fault_in_quote(kind, written, quote));
                };
                self.cursor.advance_ascii(1);
                return Ok(character);
            }
        };
        self.cursor.advance_ascii(1);
        let mut code = 0_u32;
        for _ in 0..digits {
            let Some(digit) = char::from(self.cursor.byte(0)).to_digit(16) else {
                let written = start..self.cursor.offset;
                return Err(self.fault_in_quote(SyntaxErrorKind::EscapeDigits(digits), written, quote));
            };
            code = code << 4 | digit;
            self.cursor.advance_ascii(1);
        }
        let written = start..self.cursor.offset;
        char::from_u32(code).ok_or_else(|| self.fault_in_quote(SyntaxErrorKind::EscapeValue, written, quote))
    }

    fn fault_in_quote(&self, kind: SyntaxErrorKind, range: Range<usize>, quote: usize) -> Box<SyntaxError> {
        Box::new(SyntaxError::within(kind, self.span(range), self.span(quote..quote + 1)))
    }
}

/// The character of an escape sequence without digits. JSON's `\/` is not among them in YAML 1.1.
fn simple_escape(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
