//! `ceil`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "ceil",
    topic: Topic::Arithmetic,
    parameters: &[Parameter { name: "number", kinds: &[Kind::Number] }],
    arity: Arity::Fixed,
    result: Kind::Number,
    volatile: false,
    summary: "The smallest whole number that is not less than a number.",
    examples: &[("ceil(`1.2`)", "2"), ("ceil(`-1.2`)", "-1")],
    call: |arguments, _| Ok(Value::Float(arguments.number(0)?.ceil())),
};
