//! Random texts that match an expression (Go package `goregen`, which Kyverno's `random` uses).

use regex_syntax::hir;

use super::error::{RegexError, RegexErrorKind};
use super::parse::{Dialect, parse};
use super::syntax::{Class, Node};
use super::translate::translate_class;
use crate::bounds::TextTooLong;

/// How often `*`, `+` and `{n,}` repeat at most.
const UNBOUNDED: u32 = 4096;

/// How many steps one text may take; nested unbounded repetitions would take millions.
const MAX_STEPS: u32 = 1 << 20;

/// What `.` becomes: a number from here up to what a Go `rune` holds. Nearly all of them are no character and are
/// written as the replacement character.
const ANY: (u64, u64) = (0xb, i32::MAX as u64);

/// Makes random texts that match an expression in the POSIX syntax.
#[derive(Clone, Debug)]
pub struct Generator {
    root: Node,
}

impl Generator {
    /// Reads the expression.
    ///
    /// # Errors
    ///
    /// What Go's `syntax.Parse` refuses without the Perl flags: `\d`, `(?i)` and the like.
    pub fn parse(expression: &str) -> Result<Self, RegexError> {
        if expression.len() > super::LENGTH_MAX {
            let part: String = expression.chars().take(40).collect();
            return Err(RegexError::new(RegexErrorKind::TooLarge, &part));
        }
        let root = parse(expression, Dialect::Posix)?.root;
        check_classes(&root, expression)?;
        Ok(Self { root })
    }

    /// A text; `random_below` gives a number below its argument.
    ///
    /// # Errors
    ///
    /// Nested repetitions without bound came out too long.
    pub fn generate(&self, random_below: &dyn Fn(u64) -> u64) -> Result<String, TextTooLong> {
        let mut writer = Writer { random_below, out: String::new(), steps: 0 };
        writer.write(&self.root)?;
        Ok(writer.out)
    }
}

/// A class without any character has no text.
fn check_classes(node: &Node, expression: &str) -> Result<(), RegexError> {
    match node {
        Node::Class(class) if ranges(class).is_empty() => {
            Err(RegexError::new(RegexErrorKind::CharacterClassRange, expression))
        }
        Node::Capture(body) | Node::Repeat { body, .. } => check_classes(body, expression),
        Node::Concat(parts) | Node::Alternate(parts) => {
            parts.iter().try_for_each(|part| check_classes(part, expression))
        }
        Node::Empty | Node::Literal { .. } | Node::Any { .. } | Node::Class(_) | Node::Assertion(_) => Ok(()),
    }
}

struct Writer<'a> {
    random_below: &'a dyn Fn(u64) -> u64,
    out: String,
    steps: u32,
}

impl Writer<'_> {
    fn write(&mut self, node: &Node) -> Result<(), TextTooLong> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(TextTooLong);
        }
        match node {
            Node::Empty | Node::Assertion(_) => {}
            Node::Literal { character, .. } => self.out.push(*character),
            Node::Any { .. } => {
                let code = ANY.0 + (self.random_below)(ANY.1 - ANY.0 + 1);
                let character = u32::try_from(code).ok().and_then(char::from_u32);
                self.out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Node::Class(class) => self.write_from(&ranges(class)),
            Node::Capture(body) => self.write(body)?,
            Node::Repeat { body, min, max, .. } => {
                let max = max.unwrap_or(UNBOUNDED).max(*min);
                let count = u64::from(*min) + (self.random_below)(u64::from(max - min) + 1);
                for _ in 0..count {
                    self.write(body)?;
                }
            }
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            Node::Alternate(branches) => {
                if let Some(branch) = branches.get((self.random_below)(branches.len() as u64) as usize) {
                    self.write(branch)?;
                }
            }
        }
        Ok(())
    }

    /// One character of some ranges, each as likely as any other.
    fn write_from(&mut self, ranges: &[(char, char)]) {
        let size = |&(first, last): &(char, char)| (first..=last).count() as u64;
        let total: u64 = ranges.iter().map(size).sum();
        let mut at = (self.random_below)(total.max(1));
        for range in ranges {
            if at < size(range) {
                self.out.extend((range.0..=range.1).nth(at as usize));
                return;
            }
            at -= size(range);
        }
    }
}

/// The characters of a class.
fn ranges(class: &Class) -> Vec<(char, char)> {
    let Ok(parsed) = regex_syntax::parse(&translate_class(class)) else { return Vec::new() };
    match parsed.kind() {
        hir::HirKind::Class(hir::Class::Unicode(class)) => {
            class.ranges().iter().map(|range| (range.start(), range.end())).collect()
        }
        hir::HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            text.chars().map(|character| (character, character)).collect()
        }
        _ => Vec::new(),
    }
}
