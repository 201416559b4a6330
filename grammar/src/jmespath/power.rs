//! How tightly tokens bind.

use super::lexer::TokenKind;

/// Binding powers (`bindingPowers` in the fork's `parser.go`); tokens that are not listed have none.
pub(super) fn power(kind: TokenKind) -> u8 {
    match kind {
        TokenKind::Pipe => PIPE,
        TokenKind::Or => OR,
        TokenKind::And => AND,
        TokenKind::Equal
        | TokenKind::NotEqual
        | TokenKind::Less
        | TokenKind::LessOrEqual
        | TokenKind::Greater
        | TokenKind::GreaterOrEqual => COMPARISON,
        TokenKind::Flatten => FLATTEN,
        TokenKind::Star => STAR,
        TokenKind::Filter => FILTER,
        TokenKind::Dot => DOT,
        TokenKind::Not => NOT,
        TokenKind::LeftBrace => 50,
        TokenKind::LeftBracket => 55,
        TokenKind::LeftParen => 60,
        _ => 0,
    }
}

pub(super) const PIPE: u8 = 1;
pub(super) const OR: u8 = 2;
pub(super) const AND: u8 = 3;
pub(super) const COMPARISON: u8 = 5;
pub(super) const FLATTEN: u8 = 9;
/// What a projection is asked of each value ends before a token of less power.
pub(super) const ENDS_PROJECTION: u8 = 10;
pub(super) const STAR: u8 = 20;
pub(super) const FILTER: u8 = 21;
pub(super) const DOT: u8 = 40;
pub(super) const NOT: u8 = 45;
