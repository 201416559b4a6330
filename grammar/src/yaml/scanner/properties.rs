//! Anchors, aliases, tags and directives.

use std::ops::Range;

use super::token::TagName;
use super::{Result, Scanner, Token, TokenKind};
use crate::yaml::error::{PropertyFault, SyntaxError, SyntaxErrorKind};

/// What a tag is read for, which faults name.
#[derive(Clone, Copy)]
enum Owner {
    Value,
    Directive,
}

impl Scanner<'_> {
    pub(super) fn scan_anchor(&mut self) -> Result<Token> {
        let range = self.scan_name("anchor")?;
        Ok(Token::new(TokenKind::Anchor, range))
    }

    pub(super) fn scan_alias(&mut self) -> Result<Token> {
        let range = self.scan_name("alias")?;
        Ok(Token::new(TokenKind::Alias, range))
    }

    /// Reads `&name` or `*name`.
    fn scan_name(&mut self, what: &'static str) -> Result<Range<usize>> {
        let start = self.cursor.offset;
        self.cursor.advance_ascii(1);
        self.skip_word();
        let range = start..self.cursor.offset;
        let is_ended = self.cursor.is_blank_break_or_end(0)
            || matches!(self.cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if range.len() < 2 || !is_ended {
            let end = if self.cursor.is_blank_break_or_end(0) { range.end } else { self.here().end };
            return Err(self.fault(SyntaxErrorKind::AnchorName(what), start..end));
        }
        Ok(range)
    }

    fn skip_word(&mut self) {
        while self.cursor.is_word(0) {
            self.cursor.advance_ascii(1);
        }
    }

    /// Reads `!<uri>`, `!suffix`, `!handle!suffix` or `!`.
    pub(super) fn scan_tag(&mut self) -> Result<Token> {
        let start = self.cursor.offset;
        let (handle, suffix) = if self.cursor.byte(1) == b'<' {
            self.cursor.advance_ascii(2);
            let suffix = self.scan_uri(Owner::Value, start, "")?;
            if self.cursor.byte(0) != b'>' {
                return Err(
                    self.fault(SyntaxErrorKind::MalformedTag(PropertyFault::ClosingAngle), start..self.here().end)
                );
            }
            self.cursor.advance_ascii(1);
            (String::new(), suffix)
        } else {
            let head = self.scan_handle();
            if head.len() > 1 && head.ends_with('!') {
                let suffix = self.scan_uri(Owner::Value, start, "")?;
                (head, suffix)
            } else {
                let suffix = self.scan_uri(Owner::Value, start, &head)?;
                if suffix.is_empty() { (suffix, "!".to_owned()) } else { ("!".to_owned(), suffix) }
            }
        };
        if !self.cursor.is_blank_break_or_end(0) {
            let kind = SyntaxErrorKind::MalformedTag(PropertyFault::BlankBehindTag);
            return Err(self.fault(kind, start..self.here().end));
        }
        let name = Box::new(TagName { handle, suffix });
        Ok(Token::new(TokenKind::Tag(name), start..self.cursor.offset))
    }

    /// Reads `!`, `!word` or `!word!`. The cursor stands on the `!`.
    fn scan_handle(&mut self) -> String {
        let start = self.cursor.offset;
        self.cursor.advance_ascii(1);
        self.skip_word();
        if self.cursor.byte(0) == b'!' {
            self.cursor.advance_ascii(1);
        }
        self.file.part(start..self.cursor.offset).to_owned()
    }

    /// Reads the characters of a tag URI, to which `head`, the tag's beginning with its `!`, belongs as well.
    fn scan_uri(&mut self, owner: Owner, start: usize, head: &str) -> Result<String> {
        let mut uri: Vec<u8> = head.bytes().skip(1).collect();
        let first = self.cursor.offset;
        while self.cursor.is_word(0) || b";/?:@&=+$,.!~*'()[]%".contains(&self.cursor.byte(0)) {
            if self.cursor.byte(0) == b'%' {
                self.scan_uri_escape(owner, start, &mut uri)?;
            } else {
                uri.push(self.cursor.byte(0));
                self.cursor.advance_ascii(1);
            }
        }
        if head.is_empty() && self.cursor.offset == first {
            return Err(self.malformed_tag(owner, PropertyFault::Uri, start));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// Reads the `%XX` sequences of one character.
    fn scan_uri_escape(&mut self, owner: Owner, start: usize, uri: &mut Vec<u8>) -> Result<()> {
        let mut remaining = 1;
        let mut is_first = true;
        while remaining > 0 {
            let digit = |ahead: usize| char::from(self.cursor.byte(ahead)).to_digit(16);
            let octet = match (self.cursor.byte(0), digit(1), digit(2)) {
                (b'%', Some(high), Some(low)) => u8::try_from(high << 4 | low).unwrap_or(0),
                _ => return Err(self.malformed_tag(owner, PropertyFault::UriEscape, start)),
            };
            if is_first {
                remaining = match octet {
                    0..0x80 => 1,
                    0xC0..0xE0 => 2,
                    0xE0..0xF0 => 3,
                    0xF0..0xF8 => 4,
                    _ => return Err(self.malformed_tag(owner, PropertyFault::FirstOctet, start)),
                };
                is_first = false;
            } else if !matches!(octet, 0x80..0xC0) {
                return Err(self.malformed_tag(owner, PropertyFault::NextOctet, start));
            }
            uri.push(octet);
            self.cursor.advance_ascii(3);
            remaining -= 1;
        }
        Ok(())
    }

    fn malformed_tag(&self, owner: Owner, fault: PropertyFault, start: usize) -> Box<SyntaxError> {
        let kind = match owner {
            Owner::Value => SyntaxErrorKind::MalformedTag(fault),
            Owner::Directive => SyntaxErrorKind::MalformedDirective(fault),
        };
        self.fault(kind, start..self.here().end)
    }

    /// Reads a `%` line.
    pub(super) fn scan_directive(&mut self) -> Result<Token> {
        let start = self.cursor.offset;
        self.cursor.advance_ascii(1);
        let name = self.cursor.offset;
        self.skip_word();
        let name = self.file.part(name..self.cursor.offset);
        if name.is_empty() || !self.cursor.is_blank_break_or_end(0) {
            return Err(self.malformed_directive(PropertyFault::DirectiveName, start));
        }
        let kind = match name {
            "YAML" => self.scan_version(start)?,
            "TAG" => self.scan_tag_handle(start)?,
            _ => return Err(self.malformed_directive(PropertyFault::UnknownDirective, start)),
        };
        let range = start..self.cursor.offset;
        self.end_of_line(SyntaxErrorKind::MalformedDirective(PropertyFault::EndOfLine))?;
        Ok(Token::new(kind, range))
    }

    fn malformed_directive(&self, fault: PropertyFault, start: usize) -> Box<SyntaxError> {
        self.fault(SyntaxErrorKind::MalformedDirective(fault), start..self.here().end)
    }

    fn scan_version(&mut self, start: usize) -> Result<TokenKind> {
        self.cursor.skip_blanks();
        let major = self.scan_version_number(start)?;
        if self.cursor.byte(0) != b'.' {
            return Err(self.malformed_directive(PropertyFault::VersionPoint, start));
        }
        self.cursor.advance_ascii(1);
        let minor = self.scan_version_number(start)?;
        Ok(TokenKind::Version { major, minor })
    }

    /// Reads one or two digits.
    fn scan_version_number(&mut self, start: usize) -> Result<u8> {
        let digits = self.cursor.offset;
        while self.cursor.byte(0).is_ascii_digit() {
            self.cursor.advance_ascii(1);
        }
        let digits = self.file.part(digits..self.cursor.offset);
        match digits.parse() {
            Ok(number) if digits.len() <= 2 => Ok(number),
            _ if digits.is_empty() => Err(self.malformed_directive(PropertyFault::Version, start)),
            _ => Err(self.malformed_directive(PropertyFault::LongVersion, start)),
        }
    }

    fn scan_tag_handle(&mut self, start: usize) -> Result<TokenKind> {
        self.cursor.skip_blanks();
        if self.cursor.byte(0) != b'!' {
            return Err(self.malformed_directive(PropertyFault::Handle, start));
        }
        let handle = self.scan_handle();
        if !handle.ends_with('!') {
            return Err(self.malformed_directive(PropertyFault::Handle, start));
        }
        if !self.cursor.is_blank(0) {
            return Err(self.malformed_directive(PropertyFault::BlankBehindHandle, start));
        }
        self.cursor.skip_blanks();
        let suffix = self.scan_uri(Owner::Directive, start, "")?;
        if !self.cursor.is_blank_break_or_end(0) {
            return Err(self.malformed_directive(PropertyFault::BlankBehindPrefix, start));
        }
        Ok(TokenKind::TagHandle(Box::new(TagName { handle, suffix })))
    }
}
