//! `split`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// The parts between separators; the single characters when the separator is empty (Go `strings.Split`).
fn split(text: &str, separator: &str) -> Value {
    if separator.is_empty() {
        return Value::list(text.chars().map(|character| Value::text(character.to_string())));
    }
    Value::list(text.split(separator).map(Value::text))
}

pub(crate) static FUNCTION: Function = Function {
    name: "split",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "text", kinds: &[Kind::Text] },
        Parameter { name: "separator", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Texts,
    volatile: false,
    summary: "The parts of a text between separators; its characters when the separator is empty.",
    examples: &[("split('a,b,', ',')", r#"["a", "b", ""]"#), ("split('abc', '')", r#"["a", "b", "c"]"#)],
    call: |arguments, _| Ok(split(arguments.text(0)?, arguments.text(1)?)),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_one_part_but_no_characters() {
        assert_eq!(split("", ","), Value::list([Value::text("")]));
        assert_eq!(split("", ""), Value::list([]));
    }
}
