//! JSON as Go's `encoding/json` decodes it into an `interface{}`: every number a float, half surrogate pairs replaced,
//! and Go's words for what is wrong, because Kyverno's messages pass them on.

use std::fmt;

/// The deepest nesting that is read. Go allows 10000; whoever walks a value may recurse this deep.
pub const GREATEST_DEPTH: usize = 256;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, its members as written; of two equal names the last counts.
    Object(Vec<(String, Json)>),
}

/// Why a text is no JSON. The display is Go's message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The text ends too early.
    #[error("unexpected end of JSON input")]
    UnexpectedEnd,
    /// A character that may not stand where it does.
    #[error("invalid character {} {context}", quoted_byte(*.byte))]
    Unexpected {
        /// Its first byte.
        byte: u8,
        /// Where it stands, in Go's words.
        context: &'static str,
        /// Its offset in the text.
        offset: usize,
    },
    /// A number that a float cannot hold.
    #[error("json: cannot unmarshal number {0} into Go value of type float64")]
    NumberRange(String),
    /// Nested deeper than [`GREATEST_DEPTH`].
    #[error("exceeded max depth")]
    TooDeep,
}

/// Reads a whole text as one value.
///
/// # Errors
///
/// The first fault of the text, as Go reports it; a number out of range only when nothing else is wrong.
pub fn parse(text: &str) -> Result<Json, JsonError> {
    let mut reader = Reader { text, at: 0, out_of_range: None };
    reader.blanks();
    let value = reader.value(0)?;
    reader.blanks();
    match (reader.peek(), reader.out_of_range.take()) {
        (Some(_), _) => Err(reader.unexpected("after top-level value")),
        (None, Some(number)) => Err(JsonError::NumberRange(number)),
        (None, None) => Ok(value),
    }
}

/// Reads a whole text, quotes included, as a JSON text.
///
/// # Errors
///
/// As [`parse`]. A value that is no text counts as an early end.
pub fn parse_text(text: &str) -> Result<String, JsonError> {
    match parse(text)? {
        Json::Text(text) => Ok(text),
        _ => Err(JsonError::UnexpectedEnd),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    out_of_range: Option<String>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// The fault at the present place, where a blank would be passed over.
    fn unexpected(&self, context: &'static str) -> JsonError {
        match self.peek() {
            Some(byte) => JsonError::Unexpected { byte, context, offset: self.at },
            None => JsonError::UnexpectedEnd,
        }
    }

    /// The fault at the present place, where a blank would be one too: Go puts a blank behind the text to end it.
    fn unexpected_or_blank(&self, context: &'static str) -> JsonError {
        JsonError::Unexpected { byte: self.peek().unwrap_or(b' '), context, offset: self.at }
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth > GREATEST_DEPTH {
            return Err(JsonError::TooDeep);
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.quoted().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", LITERAL_TRUE, Json::Bool(true)),
            Some(b'f') => self.word("false", LITERAL_FALSE, Json::Bool(false)),
            Some(b'n') => self.word("null", LITERAL_NULL, Json::Null),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth + 1)?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::List(items));
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let name = self.quoted()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            self.blanks();
            members.push((name, self.value(depth + 1)?));
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(members));
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn word(&mut self, word: &str, contexts: &[&'static str], value: Json) -> Result<Json, JsonError> {
        for (expected, context) in word.bytes().skip(1).zip(contexts) {
            self.at += 1;
            if self.peek() != Some(expected) {
                return Err(self.unexpected_or_blank(context));
            }
        }
        self.at += 1;
        Ok(value)
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected_or_blank("in numeric literal")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.unexpected_or_blank("after decimal point in numeric literal"));
            }
            self.digits();
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.unexpected_or_blank("in exponent of numeric literal"));
            }
            self.digits();
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        let number = written.parse::<f64>().unwrap_or(f64::INFINITY);
        if number.is_infinite() && self.out_of_range.is_none() {
            self.out_of_range = Some(written.to_owned());
        }
        Ok(Json::Number(number))
    }

    fn quoted(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
            text.push_str(self.text.get(self.at..self.at + plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let character = match self.peek() {
            Some(quoted @ (b'"' | b'\\' | b'/')) => char::from(quoted),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.code_point();
            }
            _ => return Err(self.unexpected_or_blank("in string escape code")),
        };
        self.at += 1;
        Ok(character)
    }

    fn code_point(&mut self) -> Result<char, JsonError> {
        let unit = self.hex()?;
        if !(0xd800..0xe000).contains(&unit) {
            return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let follows = self.text.as_bytes().get(self.at..self.at + 2) == Some(b"\\u");
        if unit < 0xdc00 && follows {
            let before = self.at;
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return Err(self.unexpected_or_blank("in \\u hexadecimal character escape"));
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }
}

const LITERAL_TRUE: &[&str] =
    &["in literal true (expecting 'r')", "in literal true (expecting 'u')", "in literal true (expecting 'e')"];
const LITERAL_FALSE: &[&str] = &[
    "in literal false (expecting 'a')",
    "in literal false (expecting 'l')",
    "in literal false (expecting 's')",
    "in literal false (expecting 'e')",
];
const LITERAL_NULL: &[&str] =
    &["in literal null (expecting 'u')", "in literal null (expecting 'l')", "in literal null (expecting 'l')"];

/// Go takes the byte for a character.
fn quoted_byte(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        b'\\' => r"'\\'".to_owned(),
        b'\n' => r"'\n'".to_owned(),
        b'\r' => r"'\r'".to_owned(),
        b'\t' => r"'\t'".to_owned(),
        0x07 => r"'\a'".to_owned(),
        0x08 => r"'\b'".to_owned(),
        0x0b => r"'\v'".to_owned(),
        0x0c => r"'\f'".to_owned(),
        0..=0x1f | 0x7f => format!("'\\x{byte:02x}'"),
        0x80..=0xa0 | 0xad => format!("'\\u{byte:04x}'"),
        _ => format!("'{}'", char::from(byte)),
    }
}

/// Compact JSON; floats in Rust's shortest form without exponent.
impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(truth) => write!(out, "{truth}"),
            Self::Number(number) => write!(out, "{number}"),
            Self::Text(text) => write_quoted(out, text),
            Self::List(items) => {
                out.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if index == 0 { "" } else { "," })?;
                }
                out.write_str("]")
            }
            Self::Object(members) => {
                out.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { "," })?;
                    write_quoted(out, name)?;
                    write!(out, ":{value}")?;
                }
                out.write_str("}")
            }
        }
    }
}

/// Writes a text as JSON.
pub(crate) fn write_quoted(out: &mut dyn fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\0'..='\x1f' => write!(out, "\\u{:04x}", u32::from(character))?,
            _ => out.write_char(character)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_every_kind_of_value() {
        let value = parse(" {\"a\": [1, -0.5e1, \"x\\u00e9\\n\"], \"b\": null, \"c\": true} ").unwrap();
        assert_eq!(value.to_string(), "{\"a\":[1,-5,\"xé\\n\"],\"b\":null,\"c\":true}");
    }

    #[test]
    fn half_surrogates_are_replaced() {
        assert_eq!(parse_text(r#""\ud83d\ude00 \ud83d \ud83dA""#).unwrap(), "😀 \u{fffd} \u{fffd}A");
    }

    #[test]
    fn faults_are_worded_as_in_go() {
        assert_eq!(error(""), "unexpected end of JSON input");
        assert_eq!(error("[1,]"), "invalid character ']' looking for beginning of value");
        assert_eq!(error("nul"), "invalid character ' ' in literal null (expecting 'l')");
        assert_eq!(error("1."), "invalid character ' ' after decimal point in numeric literal");
        assert_eq!(error("01"), "invalid character '1' after top-level value");
        assert_eq!(error("{\"a\" 1}"), "invalid character '1' after object key");
        assert_eq!(error("{a}"), "invalid character 'a' looking for beginning of object key string");
        assert_eq!(error("\"a\nb\""), "invalid character '\\n' in string literal");
        assert_eq!(error("é"), "invalid character 'Ã' looking for beginning of value");
        assert_eq!(error("1e400"), "json: cannot unmarshal number 1e400 into Go value of type float64");
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(parse(&"[".repeat(100_000)), Err(JsonError::TooDeep));
    }
}
