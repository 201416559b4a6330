//! From tokens to the syntax tree.
//!
//! [`Parser::prefix`] and [`Parser::infix`] are the two halves of a precedence climb: what a token means where an
//! expression begins, and what it means after one.

use std::ops::Range;

use super::ast::{Ast, Comparator, FunctionName, HashKey, Node, Projector};
use super::error::{Fault, SyntaxError};
use super::lexer::{Token, TokenKind};
use super::power::{AND, COMPARISON, DOT, ENDS_PROJECTION, FILTER, FLATTEN, NOT, OR, PIPE, STAR, power};
use super::{GREATEST_HEIGHT, Parsed};
use crate::json;

/// Forms that the fork accepts though the language has no such form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leniency {
    /// `f(a,)`
    TrailingComma,
    /// `f(a b)` or `{a: b c: d}`
    MissingComma,
    /// `[1:`: an error when it runs.
    Unfinished,
    /// `[1:2 3]`: the last of two numbers counts.
    RepeatedNumber,
    /// `'f'(a)`, `f(a)(b)` and the like: what stands before the parentheses is no name.
    NotAName,
}

impl Leniency {
    /// What is wrong with the form, for its author.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::TrailingComma => "a comma before `)` is no JMESPath, though Kyverno accepts it",
            Self::MissingComma => "a comma is missing, though Kyverno accepts it",
            Self::Unfinished => "the index or slice has no end: Kyverno accepts the policy, and the expression fails",
            Self::RepeatedNumber => "two numbers follow each other in a slice: the first is ignored",
            Self::NotAName => "only a name can be called",
        }
    }
}

/// A tree and its height.
struct Tree {
    ast: Ast,
    height: usize,
}

type Outcome<T = Tree> = Result<T, SyntaxError>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    lenient: Vec<(Range<usize>, Leniency)>,
}

pub(super) fn parse(text: &str, tokens: Vec<Token>) -> Parsed {
    let mut parser = Parser { text, tokens, at: 0, depth: 0, lenient: Vec::new() };
    let outcome = parser.expression(0).and_then(|tree| match parser.kind() {
        TokenKind::End => Ok(tree.ast),
        kind => Err(parser.error(Fault::Trailing(kind))),
    });
    match outcome {
        Ok(ast) => Parsed { ast: Some(ast), errors: Vec::new(), lenient: parser.lenient },
        Err(error) => Parsed { ast: None, errors: vec![error], lenient: parser.lenient },
    }
}

impl Parser<'_> {
    fn kind_after(&self, count: usize) -> TokenKind {
        self.tokens.get(self.at + count).map_or(TokenKind::End, |token| token.kind)
    }

    fn kind(&self) -> TokenKind {
        self.kind_after(0)
    }

    fn range(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.text.len()..self.text.len(), |token| token.range.clone())
    }

    /// Where the last token ended.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.range.end)
    }

    fn error(&self, fault: Fault) -> SyntaxError {
        SyntaxError { fault, range: self.range() }
    }

    fn expect(&mut self, expected: TokenKind) -> Outcome<()> {
        match self.kind() {
            kind if kind == expected => {
                self.at += 1;
                Ok(())
            }
            received => Err(self.error(Fault::Expected { expected, received })),
        }
    }

    /// A tree over others, from `start` to the last token.
    fn tree(&self, node: Node, start: usize, below: usize) -> Outcome {
        let height = below + 1;
        let range = start..self.end().max(start);
        if height > GREATEST_HEIGHT {
            return Err(SyntaxError { fault: Fault::TooDeep, range });
        }
        Ok(Tree { ast: Ast { node, range }, height })
    }

    /// The value that is asked, where the text leaves it out.
    fn identity(&self, at: usize) -> Tree {
        Tree { ast: Ast { node: Node::Identity, range: at..at }, height: 1 }
    }

    fn expression(&mut self, least: u8) -> Outcome {
        self.depth += 1;
        if self.depth > GREATEST_HEIGHT {
            return Err(self.error(Fault::TooDeep));
        }
        let start = self.range().start;
        let mut left = self.prefix()?;
        while least < power(self.kind()) {
            left = self.infix(left, start)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self) -> Outcome {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Err(self.error(Fault::Incomplete)) };
        let Range { start, end } = token.range.clone();
        let written = self.text.get(start..end).unwrap_or_default();
        // The end of the text stays where it is, so that errors after it have a place.
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        match token.kind {
            TokenKind::Identifier => self.tree(Node::Field(written.to_owned()), start, 0),
            TokenKind::Quoted if self.kind() == TokenKind::LeftParen => {
                Err(SyntaxError { fault: Fault::QuotedFunction, range: token.range })
            }
            TokenKind::Quoted => self.tree(Node::Field(token.decoded.unwrap_or_default()), start, 0),
            TokenKind::Literal => match json::parse(&between_quotes(written).replace("\\`", "`")) {
                Ok(value) => self.tree(Node::Literal(value), start, 0),
                Err(error) => Err(SyntaxError { fault: Fault::Json(error), range: token.range }),
            },
            TokenKind::Raw => self.tree(Node::Raw(between_quotes(written).replace("\\'", "'")), start, 0),
            TokenKind::Current => self.tree(Node::Current, start, 0),
            TokenKind::Star => {
                let of = self.identity(start);
                let body = match self.kind() {
                    TokenKind::RightBracket => self.identity(end),
                    _ => self.projected(STAR)?,
                };
                self.projection(of, Projector::Values, body, start)
            }
            TokenKind::Filter => {
                let of = self.identity(start);
                self.filter(of, start)
            }
            TokenKind::Flatten => {
                let of = self.identity(start);
                let body = self.projected(FLATTEN)?;
                self.projection(of, Projector::Flatten, body, start)
            }
            TokenKind::LeftBracket => self.bracket(start),
            TokenKind::LeftBrace => self.hash(start),
            TokenKind::Reference => {
                let body = self.expression(0)?;
                self.tree(Node::Reference(Box::new(body.ast)), start, body.height)
            }
            TokenKind::Not => {
                let operand = self.expression(NOT)?;
                self.tree(Node::Not(Box::new(operand.ast)), start, operand.height)
            }
            TokenKind::LeftParen => {
                let inner = self.expression(0)?;
                self.expect(TokenKind::RightParen)?;
                Ok(inner)
            }
            TokenKind::End => Err(SyntaxError { fault: Fault::Incomplete, range: token.range }),
            kind => Err(SyntaxError { fault: Fault::NoExpression(kind), range: token.range }),
        }
    }

    /// `[` where an expression begins: an index, a slice or a projection of the present value, or a list.
    fn bracket(&mut self, start: usize) -> Outcome {
        let of = self.identity(start);
        match self.kind() {
            TokenKind::Number | TokenKind::Colon => match self.position() {
                Ok(position) => self.positioned(of, position, start),
                // The fork loses this error and goes on after the token that it stopped at.
                Err(_) => {
                    self.lenient.push((start..self.end(), Leniency::Unfinished));
                    self.tree(Node::Unfinished, start, 0)
                }
            },
            TokenKind::Star if self.kind_after(1) == TokenKind::RightBracket => {
                self.at += 2;
                let body = self.projected(STAR)?;
                self.projection(of, Projector::Items, body, start)
            }
            _ => self.list(start),
        }
    }

    fn infix(&mut self, left: Tree, start: usize) -> Outcome {
        let operator = self.range();
        let kind = self.kind();
        self.at += 1;
        match kind {
            TokenKind::Dot if self.kind() == TokenKind::Star => {
                self.at += 1;
                let body = self.projected(DOT)?;
                self.projection(left, Projector::Values, body, start)
            }
            TokenKind::Dot => {
                let right = self.member(DOT)?;
                self.pair(Node::Sub, left, right, start)
            }
            TokenKind::Pipe => {
                let right = self.expression(PIPE)?;
                self.pair(Node::Pipe, left, right, start)
            }
            TokenKind::Or => {
                let right = self.expression(OR)?;
                self.pair(Node::Or, left, right, start)
            }
            TokenKind::And => {
                let right = self.expression(AND)?;
                self.pair(Node::And, left, right, start)
            }
            TokenKind::LeftParen => self.call(left, start),
            TokenKind::Filter => self.filter(left, start),
            TokenKind::Flatten => {
                let body = self.projected(FLATTEN)?;
                self.projection(left, Projector::Flatten, body, start)
            }
            TokenKind::LeftBracket => match self.kind() {
                TokenKind::Number | TokenKind::Colon => {
                    let position = self.position()?;
                    self.positioned(left, position, start)
                }
                _ => {
                    self.expect(TokenKind::Star)?;
                    self.expect(TokenKind::RightBracket)?;
                    let body = self.projected(STAR)?;
                    self.projection(left, Projector::Items, body, start)
                }
            },
            _ => match comparator(kind) {
                Some(comparator) => {
                    let right = self.expression(COMPARISON)?;
                    self.pair(|left, right| Node::Compare(comparator, left, right), left, right, start)
                }
                None => Err(SyntaxError { fault: Fault::NoOperator(kind), range: operator }),
            },
        }
    }

    fn pair(&self, node: impl FnOnce(Box<Ast>, Box<Ast>) -> Node, left: Tree, right: Tree, start: usize) -> Outcome {
        let below = left.height.max(right.height);
        self.tree(node(Box::new(left.ast), Box::new(right.ast)), start, below)
    }

    fn projection(&self, of: Tree, by: Projector, body: Tree, start: usize) -> Outcome {
        let below = of.height.max(body.height);
        self.tree(Node::Project { of: Box::new(of.ast), by, body: Box::new(body.ast) }, start, below)
    }

    /// What stands after a dot.
    fn member(&mut self, least: u8) -> Outcome {
        let start = self.range().start;
        match self.kind() {
            TokenKind::Identifier | TokenKind::Quoted | TokenKind::Star => self.expression(least),
            TokenKind::LeftBracket => {
                self.at += 1;
                self.list(start)
            }
            TokenKind::LeftBrace => {
                self.at += 1;
                self.hash(start)
            }
            _ => Err(self.error(Fault::ExpectedMember)),
        }
    }

    /// What a projection is asked of each value.
    fn projected(&mut self, least: u8) -> Outcome {
        match self.kind() {
            kind if power(kind) < ENDS_PROJECTION => Ok(self.identity(self.end())),
            TokenKind::LeftBracket | TokenKind::Filter => self.expression(least),
            TokenKind::Dot => {
                self.at += 1;
                self.member(least)
            }
            kind => Err(self.error(Fault::AfterProjection(kind))),
        }
    }

    fn filter(&mut self, of: Tree, start: usize) -> Outcome {
        let condition = self.expression(0)?;
        self.expect(TokenKind::RightBracket)?;
        let body = match self.kind() {
            TokenKind::Flatten => self.identity(self.end()),
            _ => self.projected(FILTER)?,
        };
        let below = of.height.max(body.height).max(condition.height);
        let by = Projector::Filter(Box::new(condition.ast));
        self.tree(Node::Project { of: Box::new(of.ast), by, body: Box::new(body.ast) }, start, below)
    }

    /// The inside of `[0]` or `[1:2]` and the closing bracket.
    fn position(&mut self) -> Outcome<Position> {
        if self.kind() == TokenKind::Colon || self.kind_after(1) == TokenKind::Colon {
            return self.slice();
        }
        let index = self.number()?;
        self.expect(TokenKind::RightBracket)?;
        Ok(Position::Index(index))
    }

    fn number(&mut self) -> Outcome<i64> {
        let text = self.text.get(self.range()).unwrap_or_default();
        match text.parse::<i64>() {
            Ok(number) => {
                self.at += 1;
                Ok(number)
            }
            Err(error) => {
                use std::num::IntErrorKind::{NegOverflow, PosOverflow};
                let overflow = matches!(error.kind(), PosOverflow | NegOverflow);
                Err(self.error(Fault::Position { text: text.to_owned(), overflow }))
            }
        }
    }

    fn slice(&mut self) -> Outcome<Position> {
        let mut parts = [None; 3];
        let mut part = 0;
        while self.kind() != TokenKind::RightBracket && part < parts.len() {
            match self.kind() {
                TokenKind::Colon => {
                    part += 1;
                    self.at += 1;
                }
                TokenKind::Number => {
                    let range = self.range();
                    let number = self.number()?;
                    if parts[part].replace(number).is_some() {
                        self.lenient.push((range, Leniency::RepeatedNumber));
                    }
                }
                kind => return Err(self.error(Fault::ExpectedSlice(kind))),
            }
        }
        self.expect(TokenKind::RightBracket)?;
        let [start, stop, step] = parts;
        Ok(Position::Slice { start, stop, step })
    }

    /// An index is an index; a slice opens a projection.
    fn positioned(&mut self, of: Tree, position: Position, start: usize) -> Outcome {
        match position {
            Position::Index(position) => {
                let below = of.height;
                self.tree(Node::Index { of: Box::new(of.ast), position }, start, below)
            }
            Position::Slice { start: first, stop, step } => {
                let body = self.projected(STAR)?;
                self.projection(of, Projector::Slice { start: first, stop, step }, body, start)
            }
        }
    }

    fn call(&mut self, callee: Tree, start: usize) -> Outcome {
        let mut arguments = Vec::new();
        let mut below = 0;
        while self.kind() != TokenKind::RightParen {
            let argument = self.expression(0)?;
            below = below.max(argument.height);
            arguments.push(argument.ast);
            let gap = self.range();
            match self.kind() {
                TokenKind::Comma => {
                    self.at += 1;
                    if self.kind() == TokenKind::RightParen {
                        self.lenient.push((gap, Leniency::TrailingComma));
                    }
                }
                TokenKind::RightParen | TokenKind::End => {}
                _ => self.lenient.push((gap, Leniency::MissingComma)),
            }
        }
        self.expect(TokenKind::RightParen)?;
        if !matches!(callee.ast.node, Node::Field(_)) {
            self.lenient.push((callee.ast.range.clone(), Leniency::NotAName));
        }
        let name = called_name(callee.ast);
        self.tree(Node::Call { name, arguments }, start, below)
    }

    fn list(&mut self, start: usize) -> Outcome {
        let mut items = Vec::new();
        let mut below = 0;
        loop {
            let item = self.expression(0)?;
            below = below.max(item.height);
            items.push(item.ast);
            if self.kind() == TokenKind::RightBracket {
                self.at += 1;
                return self.tree(Node::List(items), start, below);
            }
            self.expect(TokenKind::Comma)?;
        }
    }

    fn hash(&mut self, start: usize) -> Outcome {
        let mut members = Vec::new();
        let mut below = 0;
        loop {
            let key = self.key()?;
            self.expect(TokenKind::Colon)?;
            let value = self.expression(0)?;
            below = below.max(value.height);
            members.push((key, value.ast));
            match self.kind() {
                TokenKind::Comma => self.at += 1,
                TokenKind::RightBrace => {
                    self.at += 1;
                    return self.tree(Node::Hash(members), start, below);
                }
                _ => self.lenient.push((self.range(), Leniency::MissingComma)),
            }
        }
    }

    fn key(&mut self) -> Outcome<HashKey> {
        let range = self.range();
        let text = match self.tokens.get(self.at) {
            Some(Token { kind: TokenKind::Identifier, .. }) => {
                self.text.get(range.clone()).unwrap_or_default().to_owned()
            }
            Some(Token { kind: TokenKind::Quoted, decoded, .. }) => decoded.clone().unwrap_or_default(),
            _ => return Err(self.error(Fault::ExpectedKey)),
        };
        self.at += 1;
        Ok(HashKey { text, range })
    }
}

enum Position {
    Index(i64),
    Slice { start: Option<i64>, stop: Option<i64>, step: Option<i64> },
}

fn between_quotes(written: &str) -> &str {
    written.get(1..written.len().saturating_sub(1)).unwrap_or_default()
}

fn comparator(kind: TokenKind) -> Option<Comparator> {
    match kind {
        TokenKind::Equal => Some(Comparator::Equal),
        TokenKind::NotEqual => Some(Comparator::NotEqual),
        TokenKind::Less => Some(Comparator::Less),
        TokenKind::LessOrEqual => Some(Comparator::LessOrEqual),
        TokenKind::Greater => Some(Comparator::Greater),
        TokenKind::GreaterOrEqual => Some(Comparator::GreaterOrEqual),
        _ => None,
    }
}

/// The fork takes for a function's name whatever text the node before the parentheses carries: a field's name, a
/// literal, the name of another call.
fn called_name(callee: Ast) -> Option<FunctionName> {
    let range = callee.range;
    match callee.node {
        Node::Field(text) | Node::Raw(text) | Node::Literal(json::Json::Text(text)) => {
            Some(FunctionName { text, range })
        }
        Node::Call { name, .. } => name,
        _ => None,
    }
}
