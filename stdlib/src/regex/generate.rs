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
    root: Part,
}

/// A part of the text to come. The sets of characters are worked out once, as a repetition writes them thousands of times.
#[derive(Clone, Debug)]
enum Part {
    Empty,
    Literal(char),
    Any,
    Class(Characters),
    Repeat { body: Box<Part>, min: u32, max: u32 },
    Concat(Vec<Part>),
    Alternate(Vec<Part>),
}

/// The characters of a class: ranges, and how many there are in all.
#[derive(Clone, Debug)]
struct Characters {
    ranges: Vec<(char, char)>,
    total: u64,
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
        Ok(Self { root: Part::new(root, expression)? })
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

impl Part {
    /// The part that a node of the expression stands for. A class without any character has no text, and is an error.
    fn new(node: Node, expression: &str) -> Result<Self, RegexError> {
        let all =
            |nodes: Vec<Node>| nodes.into_iter().map(|node| Self::new(node, expression)).collect::<Result<_, _>>();
        Ok(match node {
            Node::Empty | Node::Assertion(_) => Self::Empty,
            Node::Literal { character, .. } => Self::Literal(character),
            Node::Any { .. } => Self::Any,
            Node::Class(class) => {
                let characters = Characters::new(&class);
                if characters.total == 0 {
                    return Err(RegexError::new(RegexErrorKind::CharacterClassRange, expression));
                }
                Self::Class(characters)
            }
            Node::Capture(body) => Self::new(*body, expression)?,
            Node::Repeat { body, min, max, .. } => {
                let body = Box::new(Self::new(*body, expression)?);
                Self::Repeat { body, min, max: max.unwrap_or(UNBOUNDED).max(min) }
            }
            Node::Concat(nodes) => Self::Concat(all(nodes)?),
            Node::Alternate(nodes) => Self::Alternate(all(nodes)?),
        })
    }
}

impl Characters {
    fn new(class: &Class) -> Self {
        let ranges = ranges(class);
        let total = ranges.iter().map(size).sum();
        Self { ranges, total }
    }

    /// One of them; `at` is below their number.
    fn get(&self, mut at: u64) -> Option<char> {
        for range in &self.ranges {
            let size = size(range);
            if at < size {
                let code = u32::from(range.0) + u32::try_from(at).ok()?;
                return char::from_u32(if is_across_gap(range) && code >= GAP.0 {
                    code + (GAP.1 - GAP.0)
                } else {
                    code
                });
            }
            at -= size;
        }
        None
    }
}

/// The numbers from the first to before the second are no characters.
const GAP: (u32, u32) = (0xd800, 0xe000);

fn is_across_gap(&(first, last): &(char, char)) -> bool {
    u32::from(first) < GAP.0 && u32::from(last) >= GAP.1
}

/// How many characters a range has.
fn size(range: &(char, char)) -> u64 {
    let gap = if is_across_gap(range) { GAP.1 - GAP.0 } else { 0 };
    u64::from(u32::from(range.1) - u32::from(range.0) + 1 - gap)
}

struct Writer<'a> {
    random_below: &'a dyn Fn(u64) -> u64,
    out: String,
    steps: u32,
}

impl Writer<'_> {
    fn write(&mut self, part: &Part) -> Result<(), TextTooLong> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(TextTooLong);
        }
        match part {
            Part::Empty => {}
            Part::Literal(character) => self.out.push(*character),
            Part::Any => {
                let code = ANY.0 + (self.random_below)(ANY.1 - ANY.0 + 1);
                let character = u32::try_from(code).ok().and_then(char::from_u32);
                self.out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Part::Class(characters) => {
                let at = (self.random_below)(characters.total);
                self.out.extend(characters.get(at));
            }
            Part::Repeat { body, min, max } => {
                let count = u64::from(*min) + (self.random_below)(u64::from(max - min) + 1);
                for _ in 0..count {
                    self.write(body)?;
                }
            }
            Part::Concat(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            Part::Alternate(branches) => {
                if let Some(branch) = branches.get((self.random_below)(branches.len() as u64) as usize) {
                    self.write(branch)?;
                }
            }
        }
        Ok(())
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
