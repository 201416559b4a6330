//! `floor`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "floor",
    topic: Topic::Arithmetic,
    parameters: &[Parameter { name: "number", kinds: &[Kind::Number] }],
    arity: Arity::Fixed,
    result: Kind::Number,
    volatile: false,
    summary: "The largest whole number that is not greater than a number.",
    examples: &[("floor(`1.8`)", "1"), ("floor(`-1.2`)", "-2")],
    call: |arguments, _| Ok(Value::Float(arguments.number(0)?.floor())),
};
