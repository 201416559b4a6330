//! `truncate`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// The first `length` characters; none when `length` is negative.
fn truncate(text: &str, length: i64) -> String {
    text.chars().take(usize::try_from(length).unwrap_or(0)).collect()
}

pub(crate) static FUNCTION: Function = Function {
    name: "truncate",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "text", kinds: &[Kind::Text] },
        Parameter { name: "length", kinds: &[Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The first characters of a text, `length` at most.",
    examples: &[("truncate('hello', `2`)", r#""he""#), ("truncate('日本語', `2`)", r#""日本""#)],
    call: |arguments, _| Ok(Value::text(truncate(arguments.text(0)?, arguments.whole(1)?))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(truncate("éa", 1), "é");
        assert_eq!(truncate("éa", 9), "éa");
        assert_eq!(truncate("éa", -1), "");
    }
}
