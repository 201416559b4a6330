//! `abs`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "abs",
    topic: Topic::Arithmetic,
    parameters: &[Parameter { name: "number", kinds: &[Kind::Number] }],
    arity: Arity::Fixed,
    result: Kind::Number,
    volatile: false,
    summary: "A number without its sign.",
    examples: &[("abs(`-1.5`)", "1.5")],
    call: |arguments, _| Ok(Value::Float(arguments.number(0)?.abs())),
};
