//! Text patterns: `a | b & c`, `>= 5`, `!nginx:*`, `10Mi-2Gi`, `1!-5`
//! (Kyverno `pkg/engine/pattern/pattern.go`, `pkg/engine/operator/operator.go`).
//!
//! A pattern is a choice (`|`) of groups (`&`) of tests; there is no grouping and no escape. A text that is identical
//! to the whole pattern always fits.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::subject::Subject;
use crate::duration::GoDuration;
use crate::quantity::Quantity;
use crate::wildcard::Wildcard;

/// A text pattern, parsed once.
#[derive(Clone, Debug, PartialEq)]
pub struct TextPattern {
    text: Arc<str>,
    alternatives: Vec<Vec<Test>>,
}

/// One test of a text pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The value stands in this relation to the operand.
    Compare(Comparison, Operand),
    /// The value is less than the first operand or greater than the second (`1!-5`).
    Outside(Operand, Operand),
}

/// How a value is compared with an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// No operator.
    Equal,
    /// `!`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// The right side of a test in all its readings. The first in which the value can be read too decides: duration,
/// quantity, then (only for equality) wildcard.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// As a duration, if it is one.
    pub duration: Option<GoDuration>,
    /// As a quantity, if it is one.
    pub quantity: Option<Box<Quantity>>,
    /// As a wildcard.
    pub wildcard: Wildcard,
}

impl TextPattern {
    /// Parses a pattern; every text is one.
    pub fn new(text: &Arc<str>) -> Self {
        let group = |group: &str| distinct(group.split('&')).flat_map(parse_tests).collect();
        Self { text: Arc::clone(text), alternatives: distinct(text.split('|')).map(group).collect() }
    }

    /// The whole pattern, which fits itself.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The choice of groups: all tests of one group must hold.
    pub fn alternatives(&self) -> &[Vec<Test>] {
        &self.alternatives
    }

    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        subject.as_text() == Some(&*self.text)
            || self.alternatives.iter().any(|tests| tests.iter().all(|test| test.holds(subject)))
    }
}

/// Whether a text has the form of a range such as `1-10`, with a bound on each side and nothing before them.
pub fn is_range(text: &str) -> bool {
    split_operator(text).is_none() && matches!(split_range(text), Some(Range::Inside(..)))
}

enum Range<'a> {
    Inside(&'a str, &'a str),
    Outside(&'a str, &'a str),
}

/// Parts without the spaces around them, each once: a repeated part asks nothing new.
fn distinct<'t>(parts: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    let mut seen = BTreeSet::new();
    parts.map(|part| part.trim_matches(' ')).filter(move |part| seen.insert(*part))
}

/// The tests of one part of a group; a range is two.
fn parse_tests(part: &str) -> Vec<Test> {
    if let Some((comparison, operand)) = split_operator(part) {
        return vec![Test::Compare(comparison, Operand::new(operand))];
    }
    match split_range(part) {
        Some(Range::Inside(low, high)) => vec![
            Test::Compare(Comparison::GreaterOrEqual, Operand::new(low)),
            Test::Compare(Comparison::LessOrEqual, Operand::new(high)),
        ],
        Some(Range::Outside(low, high)) => vec![Test::Outside(Operand::new(low), Operand::new(high))],
        None => vec![Test::Compare(Comparison::Equal, Operand::new(part))],
    }
}

/// A leading operator and what follows it; a lone character is never an operator.
fn split_operator(part: &str) -> Option<(Comparison, &str)> {
    const OPERATORS: [(&str, Comparison); 5] = [
        (">=", Comparison::GreaterOrEqual),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::Greater),
        ("<", Comparison::Less),
        ("!", Comparison::NotEqual),
    ];
    if part.len() < 2 {
        return None;
    }
    OPERATORS.iter().find_map(|&(sign, comparison)| Some((comparison, part.strip_prefix(sign)?)))
}

fn split_range(part: &str) -> Option<Range<'_>> {
    let (low, rest) = part.split_at(bound_end(part)?);
    let (outside, rest) = match rest.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let high = rest.strip_prefix('-')?;
    if bound_end(high)? != high.len() {
        return None;
    }
    Some(if outside { Range::Outside(low, high) } else { Range::Inside(low, high) })
}

/// Where a bound of a range ends: a sign (`|` is taken for one), digits, perhaps a fraction, letters.
fn bound_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let skip = |from: usize, accept: fn(&u8) -> bool| {
        bytes[from..].iter().position(|byte| !accept(byte)).map_or(bytes.len(), |count| from + count)
    };
    let start = usize::from(matches!(bytes.first()?, b'-' | b'|' | b'+'));
    let mut end = skip(start, u8::is_ascii_digit);
    if end == start {
        return None;
    }
    if bytes.get(end) == Some(&b'.') {
        let fraction_end = skip(end + 1, u8::is_ascii_digit);
        if fraction_end == end + 1 {
            return Some(end);
        }
        end = fraction_end;
    }
    Some(skip(end, u8::is_ascii_alphabetic))
}

impl Operand {
    fn new(text: &str) -> Self {
        let text = text.trim();
        Self {
            duration: GoDuration::read(text),
            quantity: Quantity::parse(text).ok().map(Box::new),
            wildcard: Wildcard::new(text),
        }
    }

    /// The order of the value against this operand, where both read as durations or both as quantities.
    fn order(&self, subject: &Subject<'_>) -> Option<Ordering> {
        if let Some(wanted) = self.duration
            && let Some(found) = subject.duration()
        {
            return Some(found.cmp(&wanted));
        }
        Some(subject_quantity(self, subject)?.compare(self.quantity.as_ref()?))
    }
}

/// The value's quantity, read only when the operand has one.
fn subject_quantity<'a>(operand: &Operand, subject: &'a Subject<'_>) -> Option<&'a Quantity> {
    operand.quantity.as_ref().and_then(|_| subject.quantity())
}

impl Test {
    fn holds(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::Compare(comparison, operand) => comparison.holds(subject, operand),
            Self::Outside(low, high) => {
                Comparison::Less.holds(subject, low) || Comparison::Greater.holds(subject, high)
            }
        }
    }
}

impl Comparison {
    fn holds(self, subject: &Subject<'_>, operand: &Operand) -> bool {
        if let Some(order) = operand.order(subject) {
            return self.accepts(order);
        }
        let fits = || subject.wildcard_text().map(|text| operand.wildcard.matches(text));
        match self {
            Self::Equal => fits() == Some(true),
            Self::NotEqual => fits() == Some(false),
            _ => false,
        }
    }

    /// Whether a value in this order to the operand satisfies the comparison.
    pub fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Value;

    fn fits(pattern: &str, value: impl Into<Value>) -> bool {
        TextPattern::new(&pattern.into()).matches(&Subject::new(&value.into()))
    }

    #[test]
    fn the_first_common_reading_decides() {
        assert!(fits("1h", "60m"));
        assert!(fits("100m", "0.1"));
        assert!(fits("1024Mi", "1Gi"));
        assert!(fits("1.5", Value::Float(1.5)));
        assert!(fits("true", true));
        assert!(fits("1.2*", Value::Float(1.25)));
        assert!(!fits("12*", Value::Float(12.5)), "the text of the float is 1.25E+01");
        assert!(fits("!*:latest", "nginx:1"));
        assert!(!fits(">5", "abc"));
    }

    #[test]
    fn absent_counts_as_zero_but_has_no_text() {
        for pattern in ["<10", "<=1Gi", "0", "0s", "!5"] {
            assert!(fits(pattern, Value::Null), "{pattern}");
        }
        for pattern in ["!foo", "*", "?*", ""] {
            assert!(!fits(pattern, Value::Null), "{pattern}");
        }
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert!(fits("a | b & c", "a"));
        assert!(!fits("a | b & c", "b"));
        assert!(fits("!a & !b", "c"));
        assert!(fits(">5 & <10 | 20", Value::Int(7)));
        assert!(fits("a|b&c", "a|b&c"), "the whole pattern fits itself");
    }

    #[test]
    fn ranges() {
        assert!(fits("1-10", Value::Int(10)));
        assert!(!fits("1-10", Value::Int(11)));
        assert!(fits("10Mi-2Gi", "1Gi"));
        assert!(fits("-5--1", Value::Int(-3)));
        assert!(fits("1!-10", Value::Int(11)));
        assert!(!fits("1!-10", "x"));
        assert!(fits("2024-06", "2024-06"));
        assert!(!fits("2024-06", "2024-07"));
        for range in ["1-3", "1.5-2.5", "1h-2h", "-3--1", "+1-+3", "|1-3"] {
            assert!(is_range(range), "{range}");
        }
        for text in ["", "1-", "-1", "a-b", "v1-2", "10-20-30", "1m-1h30m", "!1-3", "1!-3", "1.-2", ">1-3", "é"] {
            assert!(!is_range(text), "{text}");
        }
    }

    #[test]
    fn lone_characters_are_no_operators() {
        assert!(fits("!", "!"));
        assert!(fits(">", ">"));
        assert!(fits(">=", ">="), "by identity");
        assert!(!fits(" >= ", ">="));
    }

    #[test]
    fn long_patterns_take_no_time() {
        let start = std::time::Instant::now();
        for unit in ["a|", "1&", "1-", ">", "9", "1h"] {
            let pattern = unit.repeat((1 << 18) / unit.len());
            assert!(!fits(&pattern, "b"));
        }
        assert!(start.elapsed().as_secs() < 5);
    }

    proptest! {
        #[test]
        fn any_text_is_a_pattern(pattern in "[ |&!<>=*?.0-9a-mhMGi-]{0,20}", text in "[ |&!<>=.0-9a-mhMGi-]{0,10}") {
            prop_assert!(fits(&pattern, pattern.as_str()));
            let _ = fits(&pattern, text.as_str());
            let _ = (fits(&pattern, Value::Null), fits(&pattern, Value::Int(3)), fits(&pattern, Value::Float(0.5)));
        }
    }
}
