//! From text to tokens.

use std::fmt;
use std::ops::Range;

use pest::Parser;
use pest_derive::Parser;

use super::MOST_TOKENS;
use super::error::{Fault, SyntaxError};
use crate::json;

#[derive(Parser)]
#[grammar = "jmespath/tokens.pest"]
struct Tokens;

/// A token. Its display is go-jmespath's name, which its messages use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A lone `=`.
    Unknown,
    /// `*`
    Star,
    /// `.`
    Dot,
    /// `[?`
    Filter,
    /// `[]`
    Flatten,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// Digits.
    Number,
    /// A name without quotes.
    Identifier,
    /// A name in quotes.
    Quoted,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// JSON in backticks.
    Literal,
    /// Text in single quotes.
    Raw,
    /// `@`
    Current,
    /// `&`
    Reference,
    /// `&&`
    And,
    /// `!`
    Not,
    /// The end of the text.
    End,
}

impl TokenKind {
    /// What an author calls it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unknown => "`=`",
            Self::Star => "`*`",
            Self::Dot => "`.`",
            Self::Filter => "`[?`",
            Self::Flatten => "`[]`",
            Self::LeftParen => "`(`",
            Self::RightParen => "`)`",
            Self::LeftBracket => "`[`",
            Self::RightBracket => "`]`",
            Self::LeftBrace => "`{`",
            Self::RightBrace => "`}`",
            Self::Or => "`||`",
            Self::Pipe => "`|`",
            Self::Number => "a number",
            Self::Identifier => "a name",
            Self::Quoted => "a quoted name",
            Self::Comma => "`,`",
            Self::Colon => "`:`",
            Self::Less => "`<`",
            Self::LessOrEqual => "`<=`",
            Self::Greater => "`>`",
            Self::GreaterOrEqual => "`>=`",
            Self::Equal => "`==`",
            Self::NotEqual => "`!=`",
            Self::Literal => "a literal",
            Self::Raw => "a text",
            Self::Current => "`@`",
            Self::Reference => "`&`",
            Self::And => "`&&`",
            Self::Not => "`!`",
            Self::End => "the end",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unknown => "tUnknown",
            Self::Star => "tStar",
            Self::Dot => "tDot",
            Self::Filter => "tFilter",
            Self::Flatten => "tFlatten",
            Self::LeftParen => "tLparen",
            Self::RightParen => "tRparen",
            Self::LeftBracket => "tLbracket",
            Self::RightBracket => "tRbracket",
            Self::LeftBrace => "tLbrace",
            Self::RightBrace => "tRbrace",
            Self::Or => "tOr",
            Self::Pipe => "tPipe",
            Self::Number => "tNumber",
            Self::Identifier => "tUnquotedIdentifier",
            Self::Quoted => "tQuotedIdentifier",
            Self::Comma => "tComma",
            Self::Colon => "tColon",
            Self::Less => "tLT",
            Self::LessOrEqual => "tLTE",
            Self::Greater => "tGT",
            Self::GreaterOrEqual => "tGTE",
            Self::Equal => "tEQ",
            Self::NotEqual => "tNE",
            Self::Literal => "tJSONLiteral",
            Self::Raw => "tStringLiteral",
            Self::Current => "tCurrent",
            Self::Reference => "tExpref",
            Self::And => "tAnd",
            Self::Not => "tNot",
            Self::End => "tEOF",
        })
    }
}

/// A token in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
    /// The name that a quoted identifier stands for.
    pub(super) decoded: Option<String>,
}

/// Nobody reads more faults of one expression.
const MOST_ERRORS: usize = 16;

/// The tokens of a text, the last one its end, and what is no token.
///
/// The grammar is asked for one token at a time, so that a text with too many of them is refused early.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<SyntaxError>) {
    let mut tokens = Vec::new();
    let mut errors = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() || errors.len() >= MOST_ERRORS {
            break;
        }
        if tokens.len() >= MOST_TOKENS {
            errors.insert(0, SyntaxError { fault: Fault::TooManyTokens, range: at..text.len() });
            break;
        }
        let Some(pair) = Tokens::parse(Rule::token, trimmed).ok().and_then(|mut pairs| pairs.next()) else { break };
        let written = pair.as_str();
        let range = at..at + written.len();
        at = range.end;
        let mut decoded = None;
        let kind = match pair.as_rule() {
            Rule::unclosed => {
                // The rest is inside the quotes.
                let quote = written.chars().next().unwrap_or_default();
                errors.push(SyntaxError { fault: Fault::Unclosed(quote), range });
                break;
            }
            Rule::unknown if written != "=" => {
                let character = written.chars().next().unwrap_or_default();
                errors.push(SyntaxError { fault: Fault::UnknownCharacter(character), range });
                continue;
            }
            Rule::quoted => {
                match json::parse_text(written) {
                    Ok(name) => decoded = Some(name),
                    Err(error) => {
                        errors.push(SyntaxError { fault: Fault::Json(error), range });
                        continue;
                    }
                }
                TokenKind::Quoted
            }
            rule => kind_of(rule),
        };
        tokens.push(Token { kind, range, decoded });
    }
    tokens.push(Token { kind: TokenKind::End, range: text.len()..text.len(), decoded: None });
    (tokens, errors)
}

fn kind_of(rule: Rule) -> TokenKind {
    match rule {
        Rule::identifier => TokenKind::Identifier,
        Rule::number => TokenKind::Number,
        Rule::quoted => TokenKind::Quoted,
        Rule::literal => TokenKind::Literal,
        Rule::raw => TokenKind::Raw,
        Rule::filter => TokenKind::Filter,
        Rule::flatten => TokenKind::Flatten,
        Rule::lbracket => TokenKind::LeftBracket,
        Rule::rbracket => TokenKind::RightBracket,
        Rule::lparen => TokenKind::LeftParen,
        Rule::rparen => TokenKind::RightParen,
        Rule::lbrace => TokenKind::LeftBrace,
        Rule::rbrace => TokenKind::RightBrace,
        Rule::or => TokenKind::Or,
        Rule::pipe => TokenKind::Pipe,
        Rule::and => TokenKind::And,
        Rule::expref => TokenKind::Reference,
        Rule::eq => TokenKind::Equal,
        Rule::ne => TokenKind::NotEqual,
        Rule::not => TokenKind::Not,
        Rule::lte => TokenKind::LessOrEqual,
        Rule::lt => TokenKind::Less,
        Rule::gte => TokenKind::GreaterOrEqual,
        Rule::gt => TokenKind::Greater,
        Rule::dot => TokenKind::Dot,
        Rule::star => TokenKind::Star,
        Rule::comma => TokenKind::Comma,
        Rule::colon => TokenKind::Colon,
        Rule::current => TokenKind::Current,
        Rule::token | Rule::unclosed | Rule::unknown => TokenKind::Unknown,
    }
}
