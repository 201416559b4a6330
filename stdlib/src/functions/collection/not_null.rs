//! `not_null`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "not_null",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "values", kinds: &[Kind::Any] }],
    arity: Arity::Repeated,
    result: Kind::Any,
    volatile: false,
    summary: "The first argument that is not null; null when all are.",
    examples: &[("not_null(`null`, 'a', 'b')", r#""a""#), ("not_null(`null`)", "null")],
    call: |arguments, _| {
        for value in arguments.values() {
            let value = value?;
            if !value.is_null() {
                return Ok(value.clone());
            }
        }
        Ok(Value::Null)
    },
};
