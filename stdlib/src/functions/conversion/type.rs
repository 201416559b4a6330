//! `type`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// What Kyverno says of an integer or an expression, which are of none of JMESPath's types.
pub(super) fn unknown_type() -> FunctionError {
    FunctionError::failed("unknown type")
}

pub(crate) static FUNCTION: Function = Function {
    name: "type",
    topic: Topic::Conversion,
    parameters: &[Parameter { name: "value", kinds: &[Kind::Any] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The type of a value: `string`, `number`, `boolean`, `array`, `object` or `null`.",
    examples: &[("type('a')", r#""string""#), ("type(`1`)", r#""number""#), ("type(`null`)", r#""null""#)],
    call: |arguments, _| match arguments.value(0)? {
        Value::Int(_) => Err(unknown_type()),
        _ if arguments.is_lambda(0) => Err(unknown_type()),
        value => Ok(Value::text(value.type_name())),
    },
};
