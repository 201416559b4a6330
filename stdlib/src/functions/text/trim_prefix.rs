//! `trim_prefix`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "trim_prefix",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }, Parameter { name: "prefix", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text without a prefix; the text itself when it does not start with it.",
    examples: &[("trim_prefix('v1.2', 'v')", r#""1.2""#), ("trim_prefix('1.2', 'v')", r#""1.2""#)],
    call: |arguments, _| {
        let text = arguments.text(0)?;
        Ok(Value::text(text.strip_prefix(arguments.text(1)?).unwrap_or(text)))
    },
};
