//! What can be wrong with an expression, in Kyverno's words and in ours.

use std::ops::Range;

use super::lexer::TokenKind;
use super::{GREATEST_HEIGHT, LONGEST_TEXT, MOST_TOKENS};
use crate::json::JsonError;

/// A fault in an expression. Its display is Kyverno's message, [`SyntaxError::explanation`] is for an author.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{fault}")]
pub struct SyntaxError {
    /// What is wrong.
    pub fault: Fault,
    /// Where: the token at which parsing stopped. Its start is Kyverno's offset.
    pub range: Range<usize>,
}

/// What is wrong with an expression. The display is go-jmespath's message.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A character that begins no token.
    #[error("SyntaxError: Unknown char: {}", quoted_character(*.0))]
    UnknownCharacter(char),
    /// A quote without its partner.
    #[error("SyntaxError: Unclosed delimiter: {0}")]
    Unclosed(char),
    /// A quoted name or a literal that is no JSON.
    #[error("{0}")]
    Json(JsonError),
    /// A position that is no number that fits.
    #[error("strconv.Atoi: parsing {text:?}: {}", if *.overflow { "value out of range" } else { "invalid syntax" })]
    Position {
        /// As written.
        text: String,
        /// Too large, rather than no number.
        overflow: bool,
    },
    /// The text ends where an expression should stand.
    #[error("SyntaxError: Incomplete expression")]
    Incomplete,
    /// A token that cannot begin an expression.
    #[error("SyntaxError: Invalid token: {0}")]
    NoExpression(TokenKind),
    /// A token that cannot go on an expression.
    #[error("SyntaxError: Unexpected token: {0}")]
    NoOperator(TokenKind),
    /// Something after the expression.
    #[error("SyntaxError: Unexpected token at the end of the expression: {0}")]
    Trailing(TokenKind),
    /// Another token than the one that has to come.
    #[error("SyntaxError: Expected {expected}, received: {received}")]
    Expected {
        /// What has to come.
        expected: TokenKind,
        /// What came.
        received: TokenKind,
    },
    /// No number and no colon in a slice.
    #[error("SyntaxError: Expected tColon or tNumber, received: {0}")]
    ExpectedSlice(TokenKind),
    /// No name before a colon in `{ }`.
    #[error("SyntaxError: Expected tQuotedIdentifier or tUnquotedIdentifier")]
    ExpectedKey,
    /// No name, list or hash after a dot.
    #[error("SyntaxError: Expected identifier, lbracket, or lbrace")]
    ExpectedMember,
    /// A projection is followed by something that it cannot be asked.
    #[error("SyntaxError: Error")]
    AfterProjection(TokenKind),
    /// `"name"(...)`
    #[error("SyntaxError: Can't have quoted identifier as function Name.")]
    QuotedFunction,
    /// Longer than [`LONGEST_TEXT`].
    #[error("expression of more than {LONGEST_TEXT} bytes")]
    TooLong,
    /// More than [`MOST_TOKENS`].
    #[error("expression of more than {MOST_TOKENS} tokens")]
    TooManyTokens,
    /// Higher than [`GREATEST_HEIGHT`].
    #[error("expression nested more than {GREATEST_HEIGHT} levels deep")]
    TooDeep,
}

impl SyntaxError {
    /// What is wrong and what could be meant, for the author of the expression.
    pub fn explanation(&self) -> String {
        match &self.fault {
            Fault::UnknownCharacter('/' | '+' | '%') => {
                "JMESPath has no arithmetic operators: call add(), subtract(), multiply(), divide() or modulo(); \
                 a name that holds this character has to stand in double quotes"
                    .to_owned()
            }
            Fault::UnknownCharacter('$') => {
                "JMESPath has no `$`: `@` is the current value; a name that holds `$` has to stand in double quotes"
                    .to_owned()
            }
            Fault::UnknownCharacter('?') => "a filter is written `[?condition]`, without a blank".to_owned(),
            Fault::UnknownCharacter('\\') => {
                "a backslash is an escape only inside quotes; in YAML's block and plain scalars quotes need none"
                    .to_owned()
            }
            Fault::UnknownCharacter(character) => format!(
                "the character {character:?} has no meaning here; a name with other characters than letters, digits \
                 and `_` has to stand in double quotes"
            ),
            Fault::Unclosed('\'') => "the text that begins here has no closing `'`".to_owned(),
            Fault::Unclosed('"') => "the name that begins here has no closing `\"`".to_owned(),
            Fault::Unclosed(_) => "the literal that begins here has no closing backtick".to_owned(),
            Fault::Json(error) => format!("this is no JSON: {error}; a text literal is written 'text' or `\"text\"`"),
            Fault::Position { overflow: true, text } => format!("the position {text} is too large"),
            Fault::Position { text, .. } => format!("`{text}` is no position: write a whole number"),
            Fault::Incomplete => "the expression ends where another part is expected".to_owned(),
            Fault::NoExpression(TokenKind::Number) => {
                "a number is written between backticks, as in `5`; bare digits are allowed only in `[0]`".to_owned()
            }
            Fault::NoExpression(TokenKind::Unknown) => "a comparison is written `==`".to_owned(),
            Fault::NoExpression(kind) => format!("no expression can begin with {}", kind.words()),
            Fault::NoOperator(kind) => format!("{} cannot stand after an expression", kind.words()),
            Fault::Trailing(TokenKind::Number) => {
                "an expression cannot go on with a number; a name with `-` has to stand in double quotes, \
                 subtraction is the function subtract()"
                    .to_owned()
            }
            Fault::Trailing(TokenKind::Unknown) => "a comparison is written `==`".to_owned(),
            Fault::Trailing(kind) => format!("the expression is complete before this; {} is left over", kind.words()),
            Fault::Expected { expected: TokenKind::Star, received } => format!(
                "`[` after an expression takes a position, a slice, `*`, `]` or `?`, not {}; a member is `.name`",
                received.words()
            ),
            Fault::Expected { expected, received } => {
                format!("{} is expected here, not {}", expected.words(), received.words())
            }
            Fault::ExpectedSlice(kind) => format!("a slice holds numbers and colons, not {}", kind.words()),
            Fault::ExpectedKey => "`{` is followed by a name and a colon, as in {name: value}".to_owned(),
            Fault::ExpectedMember => "a dot is followed by a name, `*`, `[` or `{`".to_owned(),
            Fault::AfterProjection(kind) => format!("a projection cannot go on with {}", kind.words()),
            Fault::QuotedFunction => "the name of a function is written without quotes".to_owned(),
            Fault::TooLong | Fault::TooManyTokens | Fault::TooDeep => self.fault.to_string(),
        }
    }
}

/// A character as Go's `strconv.QuoteRuneToASCII` writes it.
fn quoted_character(character: char) -> String {
    let inner = match character {
        '\x07' => "\\a".to_owned(),
        '\x08' => "\\b".to_owned(),
        '\x0c' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\x0b' => "\\v".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\'' => "\\'".to_owned(),
        ' '..='~' => character.to_string(),
        '\0'..='\x7f' => format!("\\x{:02x}", u32::from(character)),
        '\u{80}'..='\u{ffff}' => format!("\\u{:04x}", u32::from(character)),
        _ => format!("\\U{:08x}", u32::from(character)),
    };
    format!("'{inner}'")
}
