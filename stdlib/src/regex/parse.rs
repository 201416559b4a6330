//! Go's syntax of regular expressions, read into a tree (Go `regexp/syntax`).
//!
//! The parser keeps its open groups on a stack of its own and so does not recurse; how deep the tree may become is
//! bounded, because those who walk over it do.

use super::class::{before, parse_class, parse_escaped_set};
use super::error::{RegexError, RegexErrorKind as Kind};
use super::syntax::{Assertion, Class, ClassItem, Node, Parsed};

/// Nodes below each other. Go takes 1000; who needs that many?
const MAX_DEPTH: u32 = 250;

/// How often something may be repeated, all nested repetitions taken together.
const MAX_REPEAT: u32 = 1000;

/// Which of Go's two sets of syntax is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// What `regexp.Compile` reads.
    Perl,
    /// No escapes for sets, no `(?`, no lazy repetition, and `^` and `$` mean lines.
    Posix,
}

/// Reads an expression.
pub(super) fn parse(expression: &str, dialect: Dialect) -> Result<Parsed, RegexError> {
    let mut parser = Parser::new(expression, dialect);
    let mut rest = expression;
    let mut last_repeat = None;
    while let Some(character) = rest.chars().next() {
        let at = rest;
        let mut repeat = None;
        rest = match character {
            '(' => parser.open(at)?,
            ')' => {
                parser.close()?;
                &at[1..]
            }
            '|' => {
                parser.branch()?;
                &at[1..]
            }
            '*' | '+' | '?' => {
                repeat = Some(at);
                let bounds = match character {
                    '*' => (0, None),
                    '+' => (1, None),
                    _ => (0, Some(1)),
                };
                parser.repeat(bounds, at, &at[1..], last_repeat)?
            }
            '{' => match parse_bounds(at) {
                Some((bounds, after)) => {
                    repeat = Some(at);
                    let bounds = bounds.ok_or_else(|| RegexError::new(Kind::RepeatCount, before(at, after)))?;
                    parser.repeat(bounds, at, after, last_repeat)?
                }
                None => parser.literal(at)?,
            },
            '[' => {
                let (class, after) = parse_class(at, dialect, parser.flags.fold)?;
                parser.push(Node::Class(class), 1, 1)?;
                after
            }
            '.' => {
                parser.push(Node::Any { line_feed: parser.flags.dot_all }, 1, 1)?;
                &at[1..]
            }
            '^' => parser.assertion(Assertion::TextStart, Assertion::LineStart, &at[1..])?,
            '$' => parser.assertion(Assertion::TextEnd, Assertion::LineEnd, &at[1..])?,
            '\\' => parser.escape(at)?,
            _ => parser.literal(at)?,
        };
        last_repeat = repeat;
    }
    parser.finish()
}

#[derive(Clone, Copy)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_all: bool,
    lazy: bool,
}

/// A node with what limits are checked against.
struct Item {
    node: Node,
    /// Nodes below each other.
    depth: u32,
    /// How often its innermost part is repeated at most by counted repetitions.
    repeats: u32,
}

/// A group that is open, or the whole expression.
struct Frame {
    branches: Vec<Item>,
    sequence: Vec<Item>,
    capture: bool,
    /// The flags outside.
    flags: Flags,
}

struct Parser<'t> {
    whole: &'t str,
    dialect: Dialect,
    flags: Flags,
    current: Frame,
    outer: Vec<Frame>,
    names: Vec<Option<String>>,
}

impl<'t> Parser<'t> {
    fn new(whole: &'t str, dialect: Dialect) -> Self {
        let flags = Flags { fold: false, lines: dialect == Dialect::Posix, dot_all: false, lazy: false };
        Self { whole, dialect, flags, current: Frame::new(false, flags), outer: Vec::new(), names: vec![None] }
    }

    fn push(&mut self, node: Node, depth: u32, repeats: u32) -> Result<(), RegexError> {
        if depth > MAX_DEPTH {
            return Err(RegexError::new(Kind::TooDeep, self.whole));
        }
        self.current.sequence.push(Item { node, depth, repeats });
        Ok(())
    }

    /// The first character as it is.
    fn literal(&mut self, at: &'t str) -> Result<&'t str, RegexError> {
        let mut characters = at.chars();
        if let Some(character) = characters.next() {
            self.push(Node::Literal { character, fold: self.flags.fold }, 1, 1)?;
        }
        Ok(characters.as_str())
    }

    fn assertion(&mut self, text: Assertion, line: Assertion, after: &'t str) -> Result<&'t str, RegexError> {
        self.push(Node::Assertion(if self.flags.lines { line } else { text }), 1, 1)?;
        Ok(after)
    }

    fn open(&mut self, at: &'t str) -> Result<&'t str, RegexError> {
        if self.dialect == Dialect::Perl && at.starts_with("(?") {
            return self.open_perl(at);
        }
        self.open_group(true, None);
        Ok(&at[1..])
    }

    fn open_group(&mut self, capture: bool, name: Option<&str>) {
        if capture {
            self.names.push(name.map(str::to_owned));
        }
        let frame = Frame::new(capture, self.flags);
        self.outer.push(std::mem::replace(&mut self.current, frame));
    }

    /// `(?P<name>`, `(?<name>`, `(?flags)` and `(?flags:`.
    fn open_perl(&mut self, at: &'t str) -> Result<&'t str, RegexError> {
        if let Some(named) = at.strip_prefix("(?P<").or_else(|| at.strip_prefix("(?<")) {
            let refused = |part: &str| RegexError::new(Kind::NamedCapture, part);
            let (name, after) = named.split_once('>').ok_or_else(|| refused(at))?;
            if name.is_empty() || !name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
                return Err(refused(before(at, after)));
            }
            self.open_group(true, Some(name));
            return Ok(after);
        }
        let mut flags = self.flags;
        let (mut on, mut saw_flag) = (true, false);
        let mut rest = at[2..].chars();
        while let Some(character) = rest.next() {
            match character {
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_all = on,
                'U' => flags.lazy = on,
                '-' if on => {
                    (on, saw_flag) = (false, false);
                    continue;
                }
                ':' | ')' if on || saw_flag => {
                    if character == ':' {
                        self.open_group(false, None);
                    }
                    self.flags = flags;
                    return Ok(rest.as_str());
                }
                _ => break,
            }
            saw_flag = true;
        }
        Err(RegexError::new(Kind::PerlSyntax, before(at, rest.as_str())))
    }

    fn branch(&mut self) -> Result<(), RegexError> {
        let branch = self.current.take_sequence();
        self.current.branches.push(branch);
        Ok(())
    }

    fn close(&mut self) -> Result<(), RegexError> {
        let Some(outer) = self.outer.pop() else {
            return Err(RegexError::new(Kind::UnexpectedParenthesis, self.whole));
        };
        let group = std::mem::replace(&mut self.current, outer);
        self.flags = group.flags;
        let capture = group.capture;
        let Item { node, depth, repeats } = group.into_item();
        if capture {
            self.push(Node::Capture(Box::new(node)), depth + 1, repeats)
        } else {
            self.push(node, depth, repeats)
        }
    }

    /// Repeats the node before. `at` is where the operator stands, `after` what follows it, `last` where an operator
    /// stands that this one follows at once.
    fn repeat(
        &mut self,
        (min, max): (u32, Option<u32>),
        at: &'t str,
        mut after: &'t str,
        last: Option<&'t str>,
    ) -> Result<&'t str, RegexError> {
        let mut greedy = !self.flags.lazy;
        if self.dialect == Dialect::Perl {
            if let Some(lazy) = after.strip_prefix('?') {
                after = lazy;
                greedy = !greedy;
            }
            if let Some(last) = last {
                return Err(RegexError::new(Kind::NestedRepetition, before(last, after)));
            }
        }
        let Some(Item { node, depth, repeats }) = self.current.sequence.pop() else {
            return Err(RegexError::new(Kind::MissingArgument, before(at, after)));
        };
        let repeats = match max {
            Some(0) => 1,
            Some(max) => max.saturating_mul(repeats),
            None => min.max(1).saturating_mul(repeats),
        };
        if repeats > MAX_REPEAT {
            return Err(RegexError::new(Kind::RepeatCount, before(at, after)));
        }
        self.push(Node::Repeat { body: Box::new(node), min, max, greedy }, depth + 1, repeats)?;
        Ok(after)
    }

    fn escape(&mut self, at: &'t str) -> Result<&'t str, RegexError> {
        if self.dialect == Dialect::Perl {
            let after = at.get(2..).unwrap_or_default();
            match at.as_bytes().get(1) {
                Some(b'A') => return self.assertion(Assertion::TextStart, Assertion::TextStart, after),
                Some(b'z') => return self.assertion(Assertion::TextEnd, Assertion::TextEnd, after),
                Some(b'b') => return self.assertion(Assertion::WordBoundary, Assertion::WordBoundary, after),
                Some(b'B') => return self.assertion(Assertion::NotWordBoundary, Assertion::NotWordBoundary, after),
                Some(b'Q') => return self.quoted(after),
                _ => {}
            }
            if let Some((item, after)) = parse_escaped_set(at)? {
                self.push(Node::Class(Class { items: vec![item], negated: false, fold: self.flags.fold }), 1, 1)?;
                return Ok(after);
            }
        }
        let (code, after) = parse_escape(at)?;
        let fold = self.flags.fold;
        let node = match char::from_u32(code) {
            Some(character) => Node::Literal { character, fold },
            None => Node::Class(Class { items: Vec::<ClassItem>::new(), negated: false, fold }),
        };
        self.push(node, 1, 1)?;
        Ok(after)
    }

    /// The characters up to `\E` or the end.
    fn quoted(&mut self, after: &'t str) -> Result<&'t str, RegexError> {
        let (mut quoted, rest) = after.split_once("\\E").unwrap_or((after, ""));
        while !quoted.is_empty() {
            quoted = self.literal(quoted)?;
        }
        Ok(rest)
    }

    fn finish(self) -> Result<Parsed, RegexError> {
        if !self.outer.is_empty() {
            return Err(RegexError::new(Kind::MissingParenthesis, self.whole));
        }
        Ok(Parsed { root: self.current.into_item().node, names: self.names })
    }
}

impl Frame {
    fn new(capture: bool, flags: Flags) -> Self {
        Self { branches: Vec::new(), sequence: Vec::new(), capture, flags }
    }

    fn take_sequence(&mut self) -> Item {
        combine(std::mem::take(&mut self.sequence), Node::Concat)
    }

    fn into_item(mut self) -> Item {
        let last = self.take_sequence();
        self.branches.push(last);
        combine(self.branches, Node::Alternate)
    }
}

/// Several items as one; one item as it is.
fn combine(mut items: Vec<Item>, node: fn(Vec<Node>) -> Node) -> Item {
    if items.len() == 1
        && let Some(only) = items.pop()
    {
        return only;
    }
    let depth = items.iter().map(|item| item.depth).max();
    let repeats = items.iter().map(|item| item.repeats).max().unwrap_or(1);
    match depth {
        None => Item { node: Node::Empty, depth: 1, repeats },
        Some(depth) => {
            Item { node: node(items.into_iter().map(|item| item.node).collect()), depth: depth + 1, repeats }
        }
    }
}

/// The bounds of a repetition, absent when they are out of range or out of order.
type Bounds = Option<(u32, Option<u32>)>;

/// `{n}`, `{n,}` or `{n,m}`, and what follows; nothing when the brace is an ordinary character.
fn parse_bounds(at: &str) -> Option<(Bounds, &str)> {
    let (min, rest) = parse_count(&at[1..])?;
    let (max, rest) = match rest.strip_prefix(',') {
        None => (Some(min), rest),
        Some(rest) if rest.starts_with('}') => (None, rest),
        Some(rest) => {
            let (max, rest) = parse_count(rest)?;
            (Some(max), rest)
        }
    };
    let after = rest.strip_prefix('}')?;
    let valid = min <= MAX_REPEAT && max.is_none_or(|max| (min..=MAX_REPEAT).contains(&max));
    Some((valid.then_some((min, max)), after))
}

/// A decimal number without leading zeros; the largest one when it is too large.
fn parse_count(text: &str) -> Option<(u32, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().unwrap_or(u32::MAX), rest))
}

/// The code point of an escaped character at the beginning of `text`, and what follows it.
pub(super) fn parse_escape(text: &str) -> Result<(u32, &str), RegexError> {
    let mut rest = text[1..].chars();
    let Some(escaped) = rest.next() else { return Err(RegexError::new(Kind::TrailingBackslash, "")) };
    let after = rest.as_str();
    let code = match escaped {
        '0' => return Ok(parse_octal(0, 2, after)),
        '1'..='7' if after.starts_with(|next| matches!(next, '0'..='7')) => {
            return Ok(parse_octal(u32::from(escaped) - u32::from('0'), 2, after));
        }
        'x' => return parse_hexadecimal(after).map_err(|rest| RegexError::new(Kind::Escape, before(text, rest))),
        'a' => 7,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        punctuation if punctuation.is_ascii() && !punctuation.is_ascii_alphanumeric() => u32::from(punctuation),
        _ => return Err(RegexError::new(Kind::Escape, before(text, after))),
    };
    Ok((code, after))
}

fn parse_octal(mut code: u32, digits: usize, mut text: &str) -> (u32, &str) {
    for _ in 0..digits {
        let Some(digit) = text.chars().next().and_then(|digit| digit.to_digit(8)) else { break };
        code = code * 8 + digit;
        text = &text[1..];
    }
    (code, text)
}

/// Two digits or any number of them in braces; otherwise how far the text was read.
fn parse_hexadecimal(text: &str) -> Result<(u32, &str), &str> {
    let mut rest = text.chars();
    let mut next = || {
        let character = rest.next();
        (character, rest.as_str())
    };
    match next() {
        (Some('{'), _) => {}
        (Some(high), _) => {
            let (low, after) = next();
            let digits = high.to_digit(16).zip(low.and_then(|low| low.to_digit(16)));
            return digits.map(|(high, low)| (high * 16 + low, after)).ok_or(after);
        }
        (None, after) => return Err(after),
    }
    let (mut code, mut digits) = (0u32, 0);
    loop {
        match next() {
            (Some('}'), after) if digits > 0 => return Ok((code, after)),
            (Some(character), after) => {
                let digit = character.to_digit(16).ok_or(after)?;
                code = Some(code * 16 + digit).filter(|&code| code <= u32::from(char::MAX)).ok_or(after)?;
                digits += 1;
            }
            (None, after) => return Err(after),
        }
    }
}
