//! `compare`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "compare",
    topic: Topic::Text,
    parameters: &[Parameter { name: "left", kinds: &[Kind::Text] }, Parameter { name: "right", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "-1, 0 or 1 as one text comes before, equals or comes after another in byte order. The result is a Go \
              integer, which JMESPath does not take for a number: it equals no number literal.",
    examples: &[("to_string(compare('a', 'b'))", r#""-1""#), ("to_string(compare('a', 'a'))", r#""0""#)],
    call: |arguments, _| Ok(Value::Int(arguments.text(0)?.cmp(arguments.text(1)?) as i64)),
};
