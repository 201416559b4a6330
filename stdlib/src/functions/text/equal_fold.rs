//! `equal_fold`

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// Whether two texts are equal when letter case does not count, by Unicode's simple case folding (Go
/// `strings.EqualFold`).
fn equal_fold(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.chars(), right.chars());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(left), Some(right)) if folds_alike(left, right) => {}
            _ => return false,
        }
    }
}

fn folds_alike(left: char, right: char) -> bool {
    if left == right || (left.is_ascii() && right.is_ascii()) {
        return left.eq_ignore_ascii_case(&right);
    }
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(left, left)]);
    class.try_case_fold_simple().is_ok()
        && class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&right))
}

pub(crate) static FUNCTION: Function = Function {
    name: "equal_fold",
    topic: Topic::Text,
    parameters: &[Parameter { name: "left", kinds: &[Kind::Text] }, Parameter { name: "right", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether two texts are equal when letter case does not count.",
    examples: &[("equal_fold('Nginx', 'nGINX')", "true"), ("equal_fold('ß', 'ss')", "false")],
    call: |arguments, _| Ok(Value::Bool(equal_fold(arguments.text(0)?, arguments.text(1)?))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_is_simple_and_unicode() {
        for (left, right) in [("", ""), ("É", "é"), ("K", "\u{212a}"), ("Σ", "ς"), ("ſ", "S")] {
            assert!(equal_fold(left, right) && equal_fold(right, left), "{left} {right}");
        }
        for (left, right) in [("a", ""), ("ß", "ss"), ("İ", "i"), ("a", "b"), ("é", "e")] {
            assert!(!equal_fold(left, right) && !equal_fold(right, left), "{left} {right}");
        }
    }
}
