//! JMESPath as Kyverno's fork of go-jmespath accepts it (`github.com/kyverno/go-jmespath`, `lexer.go` and `parser.go`).
//!
//! Tokens are a pest grammar (`tokens.pest`). Above them stands a precedence climb: the fork's binding powers depend
//! on the token that comes next as much as on the operator (a projection ends before a token of power below 10, `!`
//! and `{` bind as infix operators without being any), which neither pest's rules nor its Pratt parser can say.
//!
//! What the fork accepts beyond the language is accepted too and listed in [`Parsed::lenient`].

mod ast;
mod error;
mod lexer;
mod parser;
mod power;
mod print;

pub use ast::{Ast, Comparator, FunctionName, HashKey, Node, Projector};
pub use error::{Fault, SyntaxError};
pub use lexer::TokenKind;
pub use parser::Leniency;
pub use print::is_identifier;

use std::ops::Range;

/// The longest text that is parsed, in bytes. Policies come nowhere near it; text from a request might.
pub const LONGEST_TEXT: usize = 256 * 1024;

/// The most tokens that are parsed.
pub const MOST_TOKENS: usize = 32 * 1024;

/// The greatest height of a syntax tree. Whoever walks a tree may recurse this deep.
pub const GREATEST_HEIGHT: usize = 160;

/// What the parser made of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The expression; nothing when there are errors.
    pub ast: Option<Ast>,
    /// What is wrong with the text, in Kyverno's order: the first is the one that Kyverno reports.
    pub errors: Vec<SyntaxError>,
    /// Forms that Kyverno accepts though they are no JMESPath.
    pub lenient: Vec<(Range<usize>, Leniency)>,
}

/// Parses an expression. Ranges in the answer are bytes of `text`.
///
/// Takes time linear in the text, which may hold anything; texts over [`LONGEST_TEXT`], [`MOST_TOKENS`] or
/// [`GREATEST_HEIGHT`] are errors.
pub fn parse(text: &str) -> Parsed {
    if text.len() > LONGEST_TEXT {
        let error = SyntaxError { fault: Fault::TooLong, range: 0..text.len() };
        return Parsed { errors: vec![error], ..Parsed::default() };
    }
    let (tokens, errors) = lexer::tokens(text);
    if !errors.is_empty() {
        return Parsed { errors, ..Parsed::default() };
    }
    parser::parse(text, tokens)
}

#[cfg(test)]
mod tests;
