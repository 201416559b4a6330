//! `to_string`

use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::{Value, encode};

pub(crate) static FUNCTION: Function = Function {
    name: "to_string",
    topic: Topic::Conversion,
    parameters: &[Parameter { name: "value", kinds: &[Kind::Any] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "Text as it is, anything else as compact JSON with sorted keys.",
    examples: &[
        ("to_string('a')", r#""a""#),
        ("to_string(`1.50`)", r#""1.5""#),
        (r#"to_string(`{"b": [1], "a": "<"}`)"#, r#""{\"a\":\"\\u003c\",\"b\":[1]}""#),
    ],
    call: |arguments, _| match arguments.value(0)? {
        text @ Value::Text(_) => Ok(text.clone()),
        other => encode::to_go_json(other).map(Value::text).map_err(FunctionError::failed),
    },
};
