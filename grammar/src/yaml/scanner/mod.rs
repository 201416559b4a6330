//! Text to tokens.
//!
//! Which characters end a plain scalar, where a tab may stand, how far ahead a key may be: all this is as in go-yaml
//! v2, which Kyverno reads with, also where it differs from the YAML specification.
//!
//! A key is known only by the `:` after it. So a token that may begin a key is kept back until either the `:` shows up,
//! and a [`TokenKind::Key`] is put before it, or it is too late for one.

mod block;
mod plain;
mod properties;
mod quoted;
mod token;

use std::collections::VecDeque;
use std::ops::Range;

use super::cursor::Cursor;
use super::error::{SyntaxError, SyntaxErrorKind, TabPlace};
use super::file_text::FileText;
use crate::Span;

pub(super) use token::{TagName, Token, TokenKind};

/// Faults are boxed to keep the results of the many small steps small.
pub(super) type Result<T> = std::result::Result<T, Box<SyntaxError>>;

/// A key must have its `:` on the same line and within this many characters.
const MAX_KEY_LENGTH: u32 = 1024;

/// Reads the tokens of one document.
pub(super) struct Scanner<'t> {
    file: &'t FileText,
    cursor: Cursor<'t>,
    tokens: VecDeque<Token>,
    /// Whether the first of the tokens is no key, or its [`TokenKind::Key`] is before it.
    is_front_known: bool,
    /// How many tokens were taken out so far; numbers the first of `tokens`.
    taken: usize,
    /// The open flow collections.
    flows: Vec<FlowLevel>,
    /// Column of the innermost open block collection; -1 outside of all.
    indent: i64,
    indents: Vec<i64>,
    key_allowed: bool,
    /// What may turn out to be a key: at most one per flow level, outermost first.
    possible_keys: VecDeque<PossibleKey>,
    comments: Vec<Span>,
}

#[derive(Clone, Debug)]
struct FlowLevel {
    /// Number of the token of its bracket.
    bracket: usize,
    /// Whether something in it could have been a key.
    had_possible_key: bool,
}

#[derive(Clone, Debug)]
struct PossibleKey {
    flow_level: usize,
    /// Number of the token that begins the key.
    token: usize,
    offset: usize,
    line: u32,
    column: u32,
    /// Nothing but a key can stand here, because the line begins at the column of the block mapping.
    is_required: bool,
    /// Whether tokens are kept back for it. go-yaml forgets to do so for a collection without any content: `[]: v` is
    /// the document `[]` and text after it.
    holds_back: bool,
}

impl<'t> Scanner<'t> {
    /// A scanner of the document in `range` of a file.
    pub(super) fn new(file: &'t FileText, range: Range<usize>) -> Self {
        Self {
            file,
            cursor: Cursor::new(file, range),
            tokens: VecDeque::new(),
            is_front_known: false,
            taken: 0,
            flows: Vec::new(),
            indent: -1,
            indents: Vec::new(),
            key_allowed: true,
            possible_keys: VecDeque::new(),
            comments: Vec::new(),
        }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token> {
        if !self.is_front_known {
            while self.needs_more()? {
                self.fetch()?;
            }
            self.is_front_known = true;
        }
        // A fetch adds a token, so the queue is not empty here.
        self.tokens.front().ok_or_else(|| self.fault(SyntaxErrorKind::ExpectedValue, self.here()))
    }

    /// Takes the token that was peeked at.
    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.tokens.pop_front();
        self.taken += usize::from(token.is_some());
        self.is_front_known = false;
        token
    }

    /// How many bytes are not scanned yet.
    pub(super) fn remaining(&self) -> usize {
        self.cursor.rest().len()
    }

    /// The comments that were passed so far.
    pub(super) fn into_comments(self) -> Vec<Span> {
        self.comments
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.file.span(range)
    }

    pub(super) fn fault(&self, kind: SyntaxErrorKind, range: Range<usize>) -> Box<SyntaxError> {
        Box::new(SyntaxError::new(kind, self.span(range)))
    }

    /// The character under the cursor.
    fn here(&self) -> Range<usize> {
        self.cursor.character()
    }

    /// Whether the first token may still turn out to be a key.
    fn needs_more(&mut self) -> Result<bool> {
        if self.tokens.is_empty() {
            return Ok(true);
        }
        let Some((index, key)) = self.possible_keys.iter().enumerate().find(|(_, key)| key.holds_back) else {
            return Ok(false);
        };
        if key.token != self.taken {
            return Ok(false);
        }
        let is_live = self.check_key(key)?;
        if !is_live {
            self.possible_keys.remove(index);
        }
        Ok(is_live)
    }

    /// Whether the `:` of a possible key can still come; an error when it must and cannot.
    fn check_key(&self, key: &PossibleKey) -> Result<bool> {
        if key.line == self.cursor.line && key.column + MAX_KEY_LENGTH >= self.cursor.column {
            return Ok(true);
        }
        if key.is_required { Err(self.missing_colon(key)) } else { Ok(false) }
    }

    fn missing_colon(&self, key: &PossibleKey) -> Box<SyntaxError> {
        let rest = self.file.text().as_bytes().get(key.offset..).unwrap_or_default();
        let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        self.fault(SyntaxErrorKind::MissingColon, key.offset..key.offset + line)
    }

    /// Reads at least one more token, or several when block collections end.
    fn fetch(&mut self) -> Result<()> {
        self.skip_to_token()?;
        self.end_blocks(i64::from(self.cursor.column));
        if self.cursor.at_end() {
            return self.fetch_stream_end();
        }
        if self.cursor.column == 0 && self.cursor.byte(0) == b'%' {
            return self.fetch_directive();
        }
        if self.cursor.is_document_indicator() {
            return self.fetch_document_indicator();
        }
        let in_flow = !self.flows.is_empty();
        match self.cursor.byte(0) {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.cursor.is_blank_break_or_end(1) => self.fetch_block_entry(),
            b'?' if in_flow || self.cursor.is_blank_break_or_end(1) => self.fetch_key(),
            b':' if in_flow || self.cursor.is_blank_break_or_end(1) => self.fetch_value(),
            b'*' => self.fetch_possible_key(Self::scan_alias),
            b'&' => self.fetch_possible_key(Self::scan_anchor),
            b'!' => self.fetch_possible_key(Self::scan_tag),
            b'|' | b'>' if !in_flow => self.fetch_block_scalar(),
            b'\'' => self.fetch_possible_key(Self::scan_single_quoted),
            b'"' => self.fetch_possible_key(Self::scan_double_quoted),
            byte if self.starts_plain(byte) => self.fetch_possible_key(Self::scan_plain),
            _ => Err(self.unexpected_character()),
        }
    }

    fn unexpected_character(&self) -> Box<SyntaxError> {
        if self.cursor.byte(0) == b'\t' {
            return self.fault(SyntaxErrorKind::TabIndentation(TabPlace::Token), self.here());
        }
        let text = self.file.part(self.here());
        let character = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
        self.fault(SyntaxErrorKind::UnexpectedCharacter(character), self.here())
    }

    /// Moves over spaces, comments and line breaks.
    fn skip_to_token(&mut self) -> Result<()> {
        if self.cursor.line == 0 && self.cursor.column == 0 && self.cursor.starts_with("\u{feff}".as_bytes()) {
            // The mark takes no column: what follows it begins the line.
            self.cursor.offset += '\u{feff}'.len_utf8();
            if self.cursor.starts_with("\u{feff}".as_bytes()) {
                return Err(self.fault(SyntaxErrorKind::RepeatedByteOrderMark, self.here()));
            }
        }
        loop {
            // Where a key may begin, a tab could be taken for indentation.
            let tabs_allowed = !self.flows.is_empty() || !self.key_allowed;
            while self.cursor.byte(0) == b' ' || (tabs_allowed && self.cursor.byte(0) == b'\t') {
                self.cursor.advance_ascii(1);
            }
            self.skip_comment();
            if self.cursor.take_break().is_none() {
                return Ok(());
            }
            if self.flows.is_empty() {
                self.key_allowed = true;
            }
        }
    }

    fn skip_comment(&mut self) {
        if self.cursor.byte(0) == b'#' {
            let start = self.cursor.offset;
            self.cursor.skip_line();
            self.comments.push(self.span(start..self.cursor.offset));
        }
    }

    /// Moves over the rest of a line that can only hold a comment, and over its break.
    fn end_of_line(&mut self, otherwise: SyntaxErrorKind) -> Result<()> {
        self.cursor.skip_blanks();
        self.skip_comment();
        if !self.cursor.is_break_or_end(0) {
            let start = self.cursor.offset;
            self.cursor.skip_line();
            return Err(self.fault(otherwise, start..self.cursor.offset));
        }
        self.cursor.take_break();
        Ok(())
    }

    fn push(&mut self, kind: TokenKind, range: Range<usize>) {
        self.tokens.push_back(Token::new(kind, range));
    }

    /// Adds a token of one byte, which the cursor stands on.
    fn push_indicator(&mut self, kind: TokenKind) {
        self.push(kind, self.here());
        self.cursor.advance_ascii(1);
    }

    /// Opens a block collection when `column` is right of the innermost one. Its start goes before the token numbered
    /// `before`, or after all.
    fn start_block(&mut self, column: u32, before: Option<usize>, kind: TokenKind, offset: usize) {
        let column = i64::from(column);
        if !self.flows.is_empty() || self.indent >= column {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column;
        self.insert(before, Token::new(kind, offset..offset));
    }

    /// Adds a token before that of a number, or after all when there is no such token any more.
    fn insert(&mut self, before: Option<usize>, token: Token) {
        match before.and_then(|number| number.checked_sub(self.taken)) {
            Some(index) if index < self.tokens.len() => self.tokens.insert(index, token),
            _ => self.tokens.push_back(token),
        }
    }

    /// Closes the block collections that are right of `column`.
    fn end_blocks(&mut self, column: i64) {
        if !self.flows.is_empty() {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.cursor.offset..self.cursor.offset);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Notes that the token under the cursor may begin a key.
    fn note_possible_key(&mut self) -> Result<()> {
        if !self.key_allowed {
            return Ok(());
        }
        self.forget_possible_key()?;
        if let Some(flow) = self.flows.last_mut() {
            flow.had_possible_key = true;
        }
        self.possible_keys.push_back(PossibleKey {
            flow_level: self.flows.len(),
            token: self.taken + self.tokens.len(),
            offset: self.cursor.offset,
            line: self.cursor.line,
            column: self.cursor.column,
            is_required: self.flows.is_empty() && self.indent == i64::from(self.cursor.column),
            holds_back: true,
        });
        Ok(())
    }

    /// Gives up the possible key of this flow level; an error when it has to be one.
    fn forget_possible_key(&mut self) -> Result<()> {
        if let Some(key) = self.take_possible_key()
            && key.is_required
        {
            return Err(self.missing_colon(&key));
        }
        Ok(())
    }

    /// Takes the possible key of this flow level.
    fn take_possible_key(&mut self) -> Option<PossibleKey> {
        let flow_level = self.flows.len();
        self.possible_keys.pop_back_if(|key| key.flow_level == flow_level)
    }

    fn fetch_stream_end(&mut self) -> Result<()> {
        self.cursor.end_line();
        self.end_blocks(-1);
        self.forget_possible_key()?;
        self.key_allowed = false;
        self.push(TokenKind::StreamEnd, self.here());
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<()> {
        self.end_blocks(-1);
        self.forget_possible_key()?;
        self.key_allowed = false;
        let token = self.scan_directive()?;
        self.tokens.push_back(token);
        Ok(())
    }

    fn fetch_document_indicator(&mut self) -> Result<()> {
        self.end_blocks(-1);
        self.forget_possible_key()?;
        self.key_allowed = false;
        let kind = if self.cursor.byte(0) == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
        self.push(kind, self.cursor.offset..self.cursor.offset + 3);
        self.cursor.advance_ascii(3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<()> {
        self.note_possible_key()?;
        self.flows.push(FlowLevel { bracket: self.taken + self.tokens.len(), had_possible_key: false });
        self.key_allowed = true;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<()> {
        self.forget_possible_key()?;
        if let Some(flow) = self.flows.pop()
            && !flow.had_possible_key
            && let Some(key) = self.possible_keys.back_mut()
            && key.token == flow.bracket
        {
            key.holds_back = false;
        }
        self.key_allowed = false;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<()> {
        self.forget_possible_key()?;
        self.key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<()> {
        // Inside a flow collection the entry is a fault as well; the parser knows better what to say of it.
        if self.flows.is_empty() {
            if !self.key_allowed {
                return Err(self.fault(SyntaxErrorKind::EntryNotAllowed, self.here()));
            }
            self.start_block(self.cursor.column, None, TokenKind::BlockSequenceStart, self.cursor.offset);
        }
        self.forget_possible_key()?;
        self.key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<()> {
        if self.flows.is_empty() {
            if !self.key_allowed {
                return Err(self.fault(SyntaxErrorKind::KeyNotAllowed, self.here()));
            }
            self.start_block(self.cursor.column, None, TokenKind::BlockMappingStart, self.cursor.offset);
        }
        self.forget_possible_key()?;
        self.key_allowed = self.flows.is_empty();
        self.push_indicator(TokenKind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<()> {
        let key = match self.take_possible_key() {
            Some(key) if self.check_key(&key)? => Some(key),
            _ => None,
        };
        if let Some(key) = key {
            self.insert(Some(key.token), Token::new(TokenKind::Key, key.offset..key.offset));
            self.start_block(key.column, Some(key.token), TokenKind::BlockMappingStart, key.offset);
            self.key_allowed = false;
        } else {
            if self.flows.is_empty() {
                if !self.key_allowed {
                    return Err(self.fault(SyntaxErrorKind::ValueNotAllowed, self.here()));
                }
                self.start_block(self.cursor.column, None, TokenKind::BlockMappingStart, self.cursor.offset);
            }
            self.key_allowed = self.flows.is_empty();
        }
        self.push_indicator(TokenKind::Value);
        Ok(())
    }

    /// Reads a token that may begin a key.
    fn fetch_possible_key(&mut self, scan: fn(&mut Self) -> Result<Token>) -> Result<()> {
        self.note_possible_key()?;
        self.key_allowed = false;
        let token = scan(self)?;
        self.tokens.push_back(token);
        Ok(())
    }

    fn fetch_block_scalar(&mut self) -> Result<()> {
        self.forget_possible_key()?;
        self.key_allowed = true;
        let token = self.scan_block_scalar()?;
        self.tokens.push_back(token);
        Ok(())
    }
}
