//! The syntax tree.

use std::ops::Range;

use crate::json::Json;

/// An expression and the bytes that it was written in.
///
/// Parentheses leave no node. The range of an operator runs from its left operand, parentheses included, to its right.
#[derive(Clone, Debug, PartialEq)]
pub struct Ast {
    /// What it is.
    pub node: Node,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// The value that the expression is asked of, where the text leaves it out: before `[0]`, after `[*]`.
    Identity,
    /// `@`
    Current,
    /// `name` or `"name"`
    Field(String),
    /// `` `json` ``
    Literal(Json),
    /// `'text'`
    Raw(String),
    /// `left.right`: right is asked of what left gives.
    Sub(Box<Ast>, Box<Ast>),
    /// `of[position]`
    Index {
        /// The list.
        of: Box<Ast>,
        /// The position.
        position: i64,
    },
    /// A projection: `body` is asked of each of several values.
    Project {
        /// Where the values come from.
        of: Box<Ast>,
        /// Which values.
        by: Projector,
        /// What is asked of each.
        body: Box<Ast>,
    },
    /// `[a, b]`
    List(Vec<Ast>),
    /// `{a: b}`
    Hash(Vec<(HashKey, Ast)>),
    /// `left == right` and its like
    Compare(Comparator, Box<Ast>, Box<Ast>),
    /// `left && right`
    And(Box<Ast>, Box<Ast>),
    /// `left || right`
    Or(Box<Ast>, Box<Ast>),
    /// `!operand`
    Not(Box<Ast>),
    /// `left | right`
    Pipe(Box<Ast>, Box<Ast>),
    /// `&expression`
    Reference(Box<Ast>),
    /// `name(arguments)`
    Call {
        /// The function; nothing when parentheses follow something that has no name, an error when it runs.
        name: Option<FunctionName>,
        /// The arguments.
        arguments: Vec<Ast>,
    },
    /// An index or slice that breaks off, as in `[1:`; an error when it runs.
    Unfinished,
}

/// The name of a function where it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionName {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub range: Range<usize>,
}

/// The name of a member of `{a: b}`.
#[derive(Clone, Debug, PartialEq)]
pub struct HashKey {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub range: Range<usize>,
}

/// Which values a projection is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Projector {
    /// `[*]`: the items of a list.
    Items,
    /// `[]`: the items of a list, those of its list items in their place.
    Flatten,
    /// `.*`: the members of an object.
    Values,
    /// `[?condition]`: the items for which the condition is true.
    Filter(Box<Ast>),
    /// `[start:stop:step]`: part of a list.
    Slice {
        /// First position.
        start: Option<i64>,
        /// One past the last position.
        stop: Option<i64>,
        /// Step.
        step: Option<i64>,
    },
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Ast {
    /// The direct parts, in the order of the text.
    pub fn children(&self) -> Vec<&Ast> {
        match &self.node {
            Node::Identity | Node::Current | Node::Field(_) | Node::Literal(_) | Node::Raw(_) | Node::Unfinished => {
                Vec::new()
            }
            Node::Sub(left, right)
            | Node::Compare(_, left, right)
            | Node::And(left, right)
            | Node::Or(left, right)
            | Node::Pipe(left, right) => vec![left, right],
            Node::Index { of, .. } | Node::Not(of) | Node::Reference(of) => vec![of],
            Node::Project { of, by: Projector::Filter(condition), body } => vec![of, condition, body],
            Node::Project { of, body, .. } => vec![of, body],
            Node::List(items) | Node::Call { arguments: items, .. } => items.iter().collect(),
            Node::Hash(members) => members.iter().map(|(_, value)| value).collect(),
        }
    }

    /// Calls `visit` for this node and all below it, outer ones first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Ast)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
