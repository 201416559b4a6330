//! `replace`

use crate::Value;
use crate::bounds::check_text;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// `text` with the first `count` occurrences of `old` replaced, all when `count` is negative. Empty `old` occurs before
/// each character and at the end (Go `strings.Replace`).
///
/// # Errors
///
/// The result would be too long.
pub(super) fn replace(text: &str, old: &str, new: &str, count: i64) -> Result<Value, FunctionError> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let occurrences = text.matches(old).take(count).count();
    check_text(text.len(), new.len(), occurrences).map_err(FunctionError::failed)?;
    Ok(Value::text(text.replacen(old, new, count)))
}

pub(crate) static FUNCTION: Function = Function {
    name: "replace",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "text", kinds: &[Kind::Text] },
        Parameter { name: "old", kinds: &[Kind::Text] },
        Parameter { name: "new", kinds: &[Kind::Text] },
        Parameter { name: "count", kinds: &[Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text with the first `count` occurrences of `old` replaced by `new`; all of them when `count` is negative.",
    examples: &[("replace('a-b-c', '-', '.', `1`)", r#""a.b-c""#), ("replace('a-b-c', '-', '.', `-1`)", r#""a.b.c""#)],
    call: |arguments, _| {
        let count = arguments.whole(3)?;
        replace(arguments.text(0)?, arguments.text(1)?, arguments.text(2)?, count)
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_occurs_between_all_characters() {
        let cases = [("éa", "", -1, "-é-a-"), ("éa", "", 2, "-é-a"), ("", "", 1, "-"), ("aa", "a", 0, "aa")];
        for (text, old, count, replaced) in cases {
            assert_eq!(replace(text, old, "-", count), Ok(Value::text(replaced)));
        }
    }

    #[test]
    fn results_are_bounded() {
        let long = "a".repeat(1 << 16);
        assert!(replace(&long, "a", &long, -1).is_err());
        assert!(replace(&long, "a", &long, 2).is_ok());
    }
}
