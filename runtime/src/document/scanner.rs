//! The tokens of a JSON text, and passing over what nobody needs.
//!
//! Whatever is passed over is checked like what is read: syntax, escapes, nesting. Only the size of a number and halves of
//! characters are not looked at there.

use super::blocks;
use super::fault::{Fault, SyntaxError};
use super::strings::plain_until;

/// How many lists and objects may be in each other, as in `serde_json`.
pub(super) const NESTING_MAX: u32 = 127;

/// Walks over a text.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'b> {
    text: &'b str,
    at: usize,
    /// Lists and objects that are open.
    depth: u32,
    /// Whether an escape stands for a brace, so that a text may hold a variable although the bytes do not show it.
    hidden_braces: bool,
    /// What was wrong, once something has failed.
    fault: Option<SyntaxError>,
}

/// A string between its quotes, by its place in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct StringToken {
    start: u32,
    end: u32,
    /// Whether it has escapes.
    pub(super) escaped: bool,
}

/// A number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// A whole one that fits.
    Int(i64),
    /// Any other.
    Float(f64),
}

/// Something is wrong; the scanner knows what. Results stay small enough for registers that way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

pub(super) type Scanned<T> = Result<T, Failed>;

impl StringToken {
    /// Where it begins.
    pub(super) fn start(self) -> u64 {
        u64::from(self.start)
    }

    /// Bytes as written.
    pub(super) fn length(self) -> u32 {
        self.end - self.start
    }
}

impl<'b> Scanner<'b> {
    /// At the beginning of a text of less than 4 GiB.
    pub(super) fn new(text: &'b str) -> Self {
        Self { text, at: 0, depth: 0, hidden_braces: false, fault: None }
    }

    /// What was wrong.
    pub(super) fn error(&self) -> SyntaxError {
        self.fault.unwrap_or(SyntaxError { at: self.at, fault: Fault::Value })
    }

    /// Where it stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to a place where it stood before, at the same depth.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The text from a place up to here.
    pub(super) fn since(&self, start: usize) -> &'b str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn hidden_braces(&self) -> bool {
        self.hidden_braces
    }

    #[cold]
    pub(super) fn fault<T>(&mut self, fault: Fault) -> Scanned<T> {
        self.fault = Some(SyntaxError { at: self.at, fault });
        Err(Failed)
    }

    /// A string as written.
    pub(super) fn raw(&self, string: StringToken) -> &'b str {
        self.text.get(string.start as usize..string.end as usize).unwrap_or_default()
    }

    #[inline(always)]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    /// The first byte of the next token, which is not passed; zero at the end.
    #[inline(always)]
    pub(super) fn token(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' { byte } else { self.token_behind_space() }
    }

    #[cold]
    fn token_behind_space(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
        // A control character is no token.
        self.byte()
    }

    /// Passes the opening bracket of a list or object.
    pub(super) fn open(&mut self) -> Scanned<()> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return self.fault(Fault::Depth);
        }
        self.at += 1;
        Ok(())
    }

    /// Passes the closing bracket of a list or object.
    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.at += 1;
    }

    /// Nothing more stands behind.
    pub(super) fn end(&mut self) -> Scanned<()> {
        self.token();
        if self.at == self.text.len() { Ok(()) } else { self.fault(Fault::End) }
    }

    /// Whether another item or member comes; the closing bracket is passed when there is none.
    #[inline(always)]
    pub(super) fn another(&mut self, first: bool, closing: u8) -> Scanned<bool> {
        let token = self.token();
        if token == closing {
            self.close();
            Ok(false)
        } else if first {
            Ok(true)
        } else if token == b',' {
            self.at += 1;
            Ok(true)
        } else {
            self.fault(Fault::Comma)
        }
    }

    /// A key and its colon.
    #[inline(always)]
    pub(super) fn key(&mut self) -> Scanned<StringToken> {
        if self.token() != b'"' {
            return self.fault(Fault::Key);
        }
        let key = self.string()?;
        if self.token() != b':' {
            return self.fault(Fault::Colon);
        }
        self.at += 1;
        Ok(key)
    }

    /// The string whose opening quote is the next byte.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Scanned<StringToken> {
        let start = self.at + 1;
        let escaped = self.pass_string()?;
        Ok(StringToken { start: start as u32, end: (self.at - 1) as u32, escaped })
    }

    /// Passes the string whose opening quote is the next byte, and tells whether it has escapes.
    #[inline(always)]
    fn pass_string(&mut self) -> Scanned<bool> {
        let end = plain_until(self.text.as_bytes(), self.at + 1);
        self.at = end;
        if self.byte() == b'"' {
            self.at += 1;
            return Ok(false);
        }
        self.pass_escaped_string()
    }

    /// Passes the rest of a string from its first byte that is not plain.
    #[inline(never)]
    fn pass_escaped_string(&mut self) -> Scanned<bool> {
        loop {
            match self.byte() {
                b'"' => {
                    self.at += 1;
                    return Ok(true);
                }
                b'\\' => self.pass_escape()?,
                _ => return self.fault(Fault::String),
            }
            self.at = plain_until(self.text.as_bytes(), self.at);
        }
    }

    fn pass_escape(&mut self) -> Scanned<()> {
        self.at += 1;
        match self.byte() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.at += 1;
                Ok(())
            }
            b'u' => {
                let digits = self.text.as_bytes().get(self.at + 1..self.at + 5).and_then(code_unit);
                let Some(unit) = digits else { return self.fault(Fault::Escape) };
                self.hidden_braces |= unit == u16::from(b'{');
                self.at += 5;
                Ok(())
            }
            _ => self.fault(Fault::Escape),
        }
    }

    /// Passes one of `null`, `true` and `false`.
    pub(super) fn literal(&mut self, literal: &str) -> Scanned<()> {
        if self.text.as_bytes().get(self.at..self.at + literal.len()) != Some(literal.as_bytes()) {
            return self.fault(Fault::Value);
        }
        self.at += literal.len();
        Ok(())
    }

    /// Passes a number and tells whether it is a whole one.
    fn pass_number(&mut self) -> Scanned<bool> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let Some((length, whole)) = number_length(rest) else { return self.fault(Fault::Number) };
        self.at += length;
        Ok(whole)
    }

    /// The number that begins here.
    pub(super) fn number(&mut self) -> Scanned<Number> {
        let start = self.at;
        let whole = self.pass_number()?;
        let text = self.since(start);
        // There is no whole number for a zero with a sign.
        if whole
            && let Ok(number) = text.parse::<i64>()
            && !(number == 0 && text.starts_with('-'))
        {
            return Ok(Number::Int(number));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Number::Float(number)),
            _ => {
                self.at = start;
                self.fault(Fault::Number)
            }
        }
    }

    /// Passes over the value that begins here.
    pub(super) fn skip(&mut self) -> Scanned<()> {
        // One bit for each list or object that was opened here, the innermost in the lowest; one for an object.
        let mut objects = 0_u128;
        let outside = self.depth;
        if matches!(self.token(), b'{' | b'[') && self.skip_blocks() {
            return Ok(());
        }
        loop {
            match self.token() {
                b'"' => {
                    self.pass_string()?;
                }
                b'{' => {
                    self.open()?;
                    if self.token() == b'}' {
                        self.close();
                    } else {
                        objects = objects << 1 | 1;
                        self.skip_key()?;
                        continue;
                    }
                }
                b'[' => {
                    self.open()?;
                    if self.token() == b']' {
                        self.close();
                    } else {
                        objects <<= 1;
                        continue;
                    }
                }
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                b'-' | b'0'..=b'9' => {
                    self.pass_number()?;
                }
                _ => return self.fault(Fault::Value),
            }
            loop {
                if self.depth == outside {
                    return Ok(());
                }
                let in_object = objects & 1 == 1;
                match self.token() {
                    b',' => {
                        self.at += 1;
                        if in_object {
                            self.skip_key()?;
                        }
                        break;
                    }
                    b'}' if in_object => {}
                    b']' if !in_object => {}
                    _ => return self.fault(Fault::Comma),
                }
                objects >>= 1;
                self.close();
            }
        }
    }

    /// Passes over a list or object by blocks, if that goes.
    fn skip_blocks(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        if matches!(bytes.get(self.at + 1), Some(b'}' | b']')) {
            return false;
        }
        let Some(passed) = blocks::pass(bytes, self.at, self.depth) else { return false };
        self.at = passed.end;
        self.hidden_braces |= passed.hidden_braces;
        true
    }

    /// Appends the characters that a string with escapes stands for.
    pub(super) fn unescape(&mut self, string: StringToken, into: &mut String) -> Scanned<()> {
        let mut rest = self.raw(string);
        while let Some(place) = memchr::memchr(b'\\', rest.as_bytes()) {
            let (plain, escape) = rest.split_at(place);
            into.push_str(plain);
            let Some((character, length)) = unescaped(escape.as_bytes()) else {
                self.at = string.start as usize;
                return self.fault(Fault::Surrogate);
            };
            into.push(character);
            rest = escape.get(length..).unwrap_or_default();
        }
        into.push_str(rest);
        Ok(())
    }

    fn skip_key(&mut self) -> Scanned<()> {
        if self.token() != b'"' {
            return self.fault(Fault::Key);
        }
        self.pass_string()?;
        if self.token() != b':' {
            return self.fault(Fault::Colon);
        }
        self.at += 1;
        Ok(())
    }
}

/// The length of the number that a text begins with, and whether it is a whole one.
pub(super) fn number_length(text: &[u8]) -> Option<(usize, bool)> {
    let byte = |at: usize| text.get(at).copied().unwrap_or_default();
    let behind_digits = |at: usize| {
        let digits = text.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then_some(at + digits)
    };
    let start = usize::from(byte(0) == b'-');
    let mut end = if byte(start) == b'0' { start + 1 } else { behind_digits(start)? };
    let whole = !matches!(byte(end), b'.' | b'e' | b'E');
    if byte(end) == b'.' {
        end = behind_digits(end + 1)?;
    }
    if matches!(byte(end), b'e' | b'E') {
        end = behind_digits(end + 1 + usize::from(matches!(byte(end + 1), b'+' | b'-')))?;
    }
    Some((end, whole))
}

/// The code unit that four hexadecimal digits stand for.
pub(super) fn code_unit(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |unit: u16, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(unit << 4 | digit as u16)
    })
}

/// The character of the escape at the beginning of `bytes`, and its length.
fn unescaped(bytes: &[u8]) -> Option<(char, usize)> {
    let plain = match bytes.get(1)? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(bytes),
        &other => char::from(other),
    };
    Some((plain, 2))
}

fn unicode(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = code_unit(bytes.get(2..6)?)?;
    if let Some(character) = char::from_u32(u32::from(unit)) {
        return Some((character, 6));
    }
    let low = bytes.get(6..8).filter(|escape| *escape == b"\\u").and_then(|_| code_unit(bytes.get(8..12)?))?;
    let character = char::decode_utf16([unit, low]).next()?.ok()?;
    Some((character, 12))
}
