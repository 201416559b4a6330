//! Writing a tree as text that parses to the same tree.

use std::fmt::{self, Display, Formatter};

use super::ast::{Ast, Node, Projector};
use crate::json::write_quoted;

impl Display for Ast {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Identity | Node::Current => out.write_str("@"),
            Node::Literal(value) => write!(out, "`{}`", value.to_string().replace('`', "\\`")),
            Node::Raw(text) => write!(out, "'{}'", text.replace('\'', "\\'")),
            Node::Field(_) | Node::Hash(_) | Node::Call { .. } => self.member(out),
            Node::List(items) => list(out, items),
            Node::Sub(left, right) => {
                left.operand(out, Position::BeforeDot)?;
                out.write_str(".")?;
                right.member(out)
            }
            Node::Index { of, position } => {
                of.operand(out, Position::BeforeBracket)?;
                write!(out, "[{position}]")
            }
            Node::Project { of, by, body } => self.projection(out, of, by, body),
            Node::Compare(comparator, left, right) => {
                left.operand(out, Position::Compared)?;
                write!(out, " {} ", comparator.as_str())?;
                right.operand(out, Position::RightOfComparison)
            }
            Node::And(left, right) => {
                left.operand(out, Position::LeftOfAnd)?;
                out.write_str(" && ")?;
                right.operand(out, Position::RightOfAnd)
            }
            Node::Or(left, right) => {
                left.operand(out, Position::LeftOfOr)?;
                out.write_str(" || ")?;
                right.operand(out, Position::RightOfOr)
            }
            Node::Pipe(left, right) => {
                left.operand(out, Position::LeftOfPipe)?;
                out.write_str(" | ")?;
                right.operand(out, Position::RightOfPipe)
            }
            // Parentheses around each of many would be higher than what the parser takes.
            Node::Not(operand) if matches!(operand.node, Node::Not(_)) => write!(out, "!{operand}"),
            Node::Not(operand) => {
                out.write_str("!")?;
                operand.operand(out, Position::BeforeBracket)
            }
            // Two of them side by side would read as `&&`.
            Node::Reference(body) if matches!(body.node, Node::Reference(_)) => write!(out, "& {body}"),
            Node::Reference(body) => write!(out, "&{body}"),
            // Whatever follows must not complete it.
            Node::Unfinished => out.write_str("([1)"),
        }
    }
}

/// Where an operand stands: decides which forms need no parentheses.
#[derive(Clone, Copy)]
enum Position {
    BeforeDot,
    BeforeBracket,
    BeforeFlatten,
    Compared,
    RightOfComparison,
    LeftOfAnd,
    RightOfAnd,
    LeftOfOr,
    RightOfOr,
    LeftOfPipe,
    RightOfPipe,
}

impl Position {
    fn takes(self, node: &Node) -> bool {
        let tight = |node: &Node| {
            matches!(
                node,
                Node::Current
                    | Node::Field(_)
                    | Node::Literal(_)
                    | Node::Raw(_)
                    | Node::Call { .. }
                    | Node::List(_)
                    | Node::Hash(_)
                    | Node::Index { .. }
            )
        };
        let path = |node: &Node| tight(node) || matches!(node, Node::Sub(..) | Node::Project { .. });
        let compared = |node: &Node| path(node) || matches!(node, Node::Not(_));
        match self {
            Self::BeforeBracket => tight(node),
            Self::BeforeDot => tight(node) || matches!(node, Node::Sub(..)),
            Self::BeforeFlatten => path(node),
            Self::Compared => compared(node) || matches!(node, Node::Compare(..)),
            Self::RightOfComparison => compared(node),
            Self::LeftOfAnd => compared(node) || matches!(node, Node::Compare(..) | Node::And(..)),
            Self::RightOfAnd => compared(node) || matches!(node, Node::Compare(..)),
            Self::LeftOfOr => compared(node) || matches!(node, Node::Compare(..) | Node::And(..) | Node::Or(..)),
            Self::RightOfOr => compared(node) || matches!(node, Node::Compare(..) | Node::And(..)),
            Self::LeftOfPipe => !matches!(node, Node::Reference(_) | Node::Unfinished),
            Self::RightOfPipe => !matches!(node, Node::Reference(_) | Node::Unfinished | Node::Pipe(..)),
        }
    }
}

impl Ast {
    fn operand(&self, out: &mut Formatter<'_>, position: Position) -> fmt::Result {
        match &self.node {
            Node::Identity => Ok(()),
            node if position.takes(node) => write!(out, "{self}"),
            _ => write!(out, "({self})"),
        }
    }

    /// What stands after a dot, or is written alike elsewhere.
    fn member(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Identity => Ok(()),
            Node::Field(name) => identifier(out, name),
            Node::Hash(members) => {
                out.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { ", " })?;
                    identifier(out, &key.text)?;
                    write!(out, ": {value}")?;
                }
                out.write_str("}")
            }
            Node::List(items) => list(out, items),
            Node::Call { name, arguments } => {
                match name {
                    Some(name) if is_identifier(&name.text) => out.write_str(&name.text)?,
                    Some(name) => write!(out, "'{}'", name.text.replace('\'', "\\'"))?,
                    None => out.write_str("@")?,
                }
                out.write_str("(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    write!(out, "{}{argument}", if index == 0 { "" } else { ", " })?;
                }
                out.write_str(")")
            }
            Node::Index { of, position } => {
                of.member(out)?;
                write!(out, "[{position}]")
            }
            Node::Sub(left, right) => {
                left.member(out)?;
                out.write_str(".")?;
                right.member(out)
            }
            Node::Project { of, by, body } => {
                match (&of.node, by) {
                    (Node::Identity, _) => {}
                    (_, Projector::Values) => {
                        of.member(out)?;
                        out.write_str(".")?;
                    }
                    _ => of.member(out)?,
                }
                projector(out, by)?;
                body.projected(out)
            }
            _ => write!(out, "{self}"),
        }
    }

    fn projection(&self, out: &mut Formatter<'_>, of: &Ast, by: &Projector, body: &Ast) -> fmt::Result {
        let position = match by {
            Projector::Flatten => Position::BeforeFlatten,
            Projector::Values | Projector::Filter(_) => Position::BeforeDot,
            Projector::Items | Projector::Slice { .. } => Position::BeforeBracket,
        };
        of.operand(out, position)?;
        if matches!(by, Projector::Values) && !matches!(of.node, Node::Identity) {
            out.write_str(".")?;
        }
        projector(out, by)?;
        body.projected(out)
    }

    /// What a projection is asked of each value.
    fn projected(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Identity => Ok(()),
            Node::Unfinished => out.write_str("[1"),
            _ if self.begins_with_bracket() => self.member(out),
            _ => {
                out.write_str(".")?;
                self.member(out)
            }
        }
    }

    /// Whether the first thing asked is an index or a projection of the present value, or a list with more to follow:
    /// a list after a dot ends the projection, one without a dot does not.
    fn begins_with_bracket(&self) -> bool {
        let first = |left: &Self| matches!(left.node, Node::List(_)) || left.begins_with_bracket();
        match &self.node {
            Node::Sub(left, _) => first(left),
            Node::Index { of, .. } => matches!(of.node, Node::Identity) || first(of),
            Node::Project { of, by, .. } => match of.node {
                Node::Identity => !matches!(by, Projector::Values),
                _ => first(of),
            },
            Node::Unfinished => true,
            _ => false,
        }
    }
}

fn projector(out: &mut Formatter<'_>, by: &Projector) -> fmt::Result {
    match by {
        Projector::Items => out.write_str("[*]"),
        Projector::Flatten => out.write_str("[]"),
        Projector::Values => out.write_str("*"),
        Projector::Filter(condition) => write!(out, "[?{condition}]"),
        Projector::Slice { start, stop, step } => {
            let part = |number: &Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
            write!(out, "[{}:{}", part(start), part(stop))?;
            match step {
                Some(step) => write!(out, ":{step}]"),
                None => out.write_str("]"),
            }
        }
    }
}

fn list(out: &mut Formatter<'_>, items: &[Ast]) -> fmt::Result {
    out.write_str("[")?;
    for (index, item) in items.iter().enumerate() {
        write!(out, "{}{item}", if index == 0 { "" } else { ", " })?;
    }
    out.write_str("]")
}

fn identifier(out: &mut Formatter<'_>, name: &str) -> fmt::Result {
    if is_identifier(name) { out.write_str(name) } else { write_quoted(out, name) }
}

/// Whether a name needs no quotes.
pub fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
