//! `to_number`

use crate::functions::{Arity, Function, Kind, Parameter, Topic};
use crate::{Value, go_parse};

pub(crate) static FUNCTION: Function = Function {
    name: "to_number",
    topic: Topic::Conversion,
    parameters: &[Parameter { name: "value", kinds: &[Kind::Any] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "A number as it is, the number that a text stands for, null for anything else.",
    examples: &[("to_number('1.5')", "1.5"), ("to_number('1Gi')", "null"), ("to_number(`7`)", "7")],
    call: |arguments, _| match arguments.value(0)? {
        number @ Value::Float(_) => Ok(number.clone()),
        Value::Text(text) => Ok(go_parse::parse_float(text).map_or(Value::Null, Value::Float)),
        Value::Int(_) => Err(super::r#type::unknown_type()),
        _ if arguments.is_lambda(0) => Err(super::r#type::unknown_type()),
        _ => Ok(Value::Null),
    },
};
