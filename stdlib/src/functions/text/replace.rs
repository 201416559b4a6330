//! `replace`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// `text` with the first `count` occurrences of `old` replaced, all when `count` is negative. Empty `old` occurs before
/// each character and at the end (Go `strings.Replace`).
fn replace(text: &str, old: &str, new: &str, count: i64) -> String {
    match usize::try_from(count) {
        Ok(count) => text.replacen(old, new, count),
        Err(_) => text.replace(old, new),
    }
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
        Ok(Value::text(replace(arguments.text(0)?, arguments.text(1)?, arguments.text(2)?, count)))
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_occurs_between_all_characters() {
        assert_eq!(replace("éa", "", "-", -1), "-é-a-");
        assert_eq!(replace("éa", "", "-", 2), "-é-a");
        assert_eq!(replace("", "", "-", 1), "-");
        assert_eq!(replace("aa", "a", "b", 0), "aa");
    }
}
