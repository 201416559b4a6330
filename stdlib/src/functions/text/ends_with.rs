//! `ends_with`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "ends_with",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }, Parameter { name: "suffix", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether a text ends with another.",
    examples: &[("ends_with('app.yaml', '.yaml')", "true")],
    call: |arguments, _| Ok(Value::Bool(arguments.text(0)?.ends_with(arguments.text(1)?))),
};
