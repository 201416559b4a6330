//! `reverse`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "reverse",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "subject", kinds: &[Kind::List, Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The items of a list or the characters of a text, last first.",
    examples: &[("reverse(['a', 'b'])", r#"["b", "a"]"#), ("reverse('abc')", r#""cba""#)],
    call: |arguments, _| match arguments.value(0)? {
        Value::Text(text) => Ok(Value::text(text.chars().rev().collect::<String>())),
        _ => Ok(Value::list(arguments.list(0)?.iter().rev().cloned())),
    },
};
