//! Texts in patterns that no value fits.

use std::cmp::Ordering;
use std::sync::Arc;

use dikast_stdlib::pattern::{Comparison, Operand, Test, TextPattern};
use dikast_stdlib::wildcard;

/// Whether no value fits a text pattern but the pattern's own text.
pub(super) fn is_impossible(text: &str) -> bool {
    let pattern = TextPattern::new(&Arc::from(text));
    !pattern.alternatives().is_empty() && pattern.alternatives().iter().all(|tests| is_contradiction(tests))
}

/// Whether a text looks like a regular expression, which patterns do not know.
pub(crate) fn is_regex(text: &str) -> bool {
    const SIGNS: [&str; 9] = ["[a-z", "[A-Z", "[0-9", "\\d", "\\w", "\\.", ".+", "/.*", "(?"];
    let is_group = || {
        let inner = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        inner.is_some_and(|(inner, _)| inner.contains('|'))
    };
    text.len() > 2 && text.starts_with('^') && text.ends_with('$')
        || SIGNS.iter().any(|sign| text.contains(sign))
        || is_group()
}

/// How many tests of a group are held against each other.
const MOST_TESTS: usize = 64;

fn is_contradiction(tests: &[Test]) -> bool {
    let compared: Vec<(Comparison, &Operand)> = tests
        .iter()
        .take(MOST_TESTS)
        .filter_map(|test| match test {
            Test::Compare(comparison, operand) => Some((*comparison, operand)),
            Test::Outside(..) => None,
        })
        .collect();
    let pairs =
        compared.iter().enumerate().flat_map(|(at, left)| compared.iter().skip(at + 1).map(move |right| (left, right)));
    compared.iter().any(|(comparison, operand)| is_without_order(*comparison, operand))
        || pairs.into_iter().any(|(left, right)| exclude_each_other(*left, *right) || exclude_each_other(*right, *left))
}

/// Whether something is asked to be more or less than what has no order.
fn is_without_order(comparison: Comparison, operand: &Operand) -> bool {
    !matches!(comparison, Comparison::Equal | Comparison::NotEqual)
        && operand.duration.is_none()
        && operand.quantity.is_none()
}

/// Whether nothing passes both tests, told from what the left one asks.
fn exclude_each_other(left: (Comparison, &Operand), right: (Comparison, &Operand)) -> bool {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let order = order(left.1, right.1);
    match (left.0, right.0, order) {
        (Equal, Equal, Some(order)) => order.is_ne(),
        (Equal, NotEqual, Some(order)) => order.is_eq(),
        (Equal, comparison, Some(order)) => !comparison.accepts(order),
        (Greater, Less | LessOrEqual, Some(order)) | (GreaterOrEqual, Less, Some(order)) => order.is_ge(),
        (GreaterOrEqual, LessOrEqual, Some(order)) => order.is_gt(),
        (Equal, Equal | NotEqual, None) if is_plain(left.1) => {
            let fits = right.1.wildcard.matches(left.1.wildcard.pattern());
            fits == (right.0 == NotEqual)
        }
        _ => false,
    }
}

/// The order of two operands in a reading that both have.
fn order(left: &Operand, right: &Operand) -> Option<Ordering> {
    match (left.duration, right.duration) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => Some(left.quantity.as_ref()?.compare(right.quantity.as_ref()?)),
    }
}

/// Whether an operand is nothing but its text.
fn is_plain(operand: &Operand) -> bool {
    operand.duration.is_none() && operand.quantity.is_none() && !wildcard::is_wildcard(operand.wildcard.pattern())
}

#[cfg(test)]
mod tests {
    use dikast_stdlib::Value;
    use dikast_stdlib::pattern::ScalarPattern;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn contradictions_are_seen() {
        for pattern in [
            ">5 & <3",
            ">5&<=5",
            "10-5",
            "100Mi-10Mi",
            ">=2h & <1h",
            "a & b",
            "!a & a",
            "5 & 6",
            ">abc",
            "a & b | >5 & <3",
        ] {
            assert!(is_impossible(pattern), "{pattern}");
        }
        for pattern in
            ["", "*", ">3 & <5", "5-10", "a | b", "!a & !b", ">1h & <5", "a* & *b", "5 & 5.0", "10!-5", "a & b | c"]
        {
            assert!(!is_impossible(pattern), "{pattern}");
        }
    }

    #[test]
    fn regular_expressions_are_told_from_wildcards() {
        assert!(is_regex("^[a-z]+$") && is_regex("v\\d") && is_regex("^registry/.*$"));
        assert!(is_regex("registry/.+") && is_regex("(a|b)/*"));
        assert!(!is_regex("*.example.org") && !is_regex("^") && !is_regex("[::1]") && !is_regex("5$"));
    }

    proptest! {
        #[test]
        fn nothing_fits_what_is_impossible(
            pattern in "(>|<|>=|<=|!)?[0-3a](Mi|h)?( & (>|<|!)?[0-3a](Mi|h)?){0,2}",
            value in "[0-3a](Mi|h)?",
            number in 0_i64..4,
        ) {
            if is_impossible(&pattern) && value != pattern {
                let pattern = ScalarPattern::new(&Value::text(pattern.as_str()));
                prop_assert!(!pattern.matches(&Value::text(value.as_str())));
                prop_assert!(!pattern.matches(&Value::Int(number)));
            }
        }
    }
}
