//! A tree as an expression of the `regex` crate.

use std::fmt::Write;

use super::syntax::{Assertion, Class, ClassItem, NamedSet, Node};

/// The crate's expression with the meaning of the tree.
pub(super) fn translate(root: &Node) -> String {
    let mut out = String::new();
    write_node(root, &mut out);
    out
}

/// The crate's expression for a set of characters.
pub(super) fn translate_class(class: &Class) -> String {
    let mut out = String::new();
    write_class(class, &mut out);
    out
}

fn write_node(node: &Node, out: &mut String) {
    match node {
        Node::Empty => out.push_str("(?:)"),
        Node::Literal { character, fold: false } => write_character(*character, out),
        Node::Literal { character, fold: true } => {
            out.push_str("(?i:");
            write_character(*character, out);
            out.push(')');
        }
        Node::Any { line_feed } => out.push_str(if *line_feed { "(?s:.)" } else { "." }),
        Node::Class(class) => write_class(class, out),
        Node::Assertion(assertion) => out.push_str(match assertion {
            Assertion::TextStart => r"\A",
            Assertion::TextEnd => r"\z",
            Assertion::LineStart => "(?m:^)",
            Assertion::LineEnd => "(?m:$)",
            Assertion::WordBoundary => r"(?-u:\b)",
            Assertion::NotWordBoundary => r"(?-u:\B)",
        }),
        Node::Capture(body) => {
            out.push('(');
            write_node(body, out);
            out.push(')');
        }
        Node::Repeat { body, min, max, greedy } => {
            out.push_str("(?:");
            write_node(body, out);
            out.push(')');
            write_bounds(*min, *max, out);
            if !greedy {
                out.push('?');
            }
        }
        Node::Concat(parts) => parts.iter().for_each(|part| write_node(part, out)),
        Node::Alternate(branches) => {
            out.push_str("(?:");
            for (at, branch) in branches.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write_node(branch, out);
            }
            out.push(')');
        }
    }
}

fn write_bounds(min: u32, max: Option<u32>, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = match max {
        Some(max) => write!(out, "{{{min},{max}}}"),
        None => write!(out, "{{{min},}}"),
    };
}

fn write_class(class: &Class, out: &mut String) {
    if class.items.is_empty() {
        // Of surrogates only, which no text contains.
        out.push_str(if class.negated { "(?s:.)" } else { r"[^\x{0}-\x{10FFFF}]" });
        return;
    }
    out.push_str(if class.fold { "(?i:[" } else { "[" });
    if class.negated {
        out.push('^');
    }
    for item in &class.items {
        match item {
            ClassItem::Range(first, last) => {
                write_character(*first, out);
                out.push('-');
                write_character(*last, out);
            }
            ClassItem::Named { set, negated } => write_set(set, *negated, out),
        }
    }
    out.push_str(if class.fold { "])" } else { "]" });
}

fn write_set(set: &NamedSet, negated: bool, out: &mut String) {
    let not = if negated { "^" } else { "" };
    // Writing to a string cannot fail.
    let _ = match set {
        NamedSet::Digit => write!(out, "[{not}0-9]"),
        NamedSet::Space => write!(out, r"[{not}\t\n\x0C\r\x20]"),
        NamedSet::Word => write!(out, "[{not}0-9A-Za-z_]"),
        NamedSet::Posix(name) => write!(out, "[{not}[:{name}:]]"),
        NamedSet::Unicode(name) => write!(out, r"[{not}\p{{{name}}}]"),
    };
}

fn write_character(character: char, out: &mut String) {
    if character.is_ascii_alphanumeric() {
        out.push(character);
    } else {
        // Writing to a string cannot fail.
        let _ = write!(out, r"\x{{{:X}}}", u32::from(character));
    }
}
