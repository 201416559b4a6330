//! `starts_with`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "starts_with",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }, Parameter { name: "prefix", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether a text starts with another.",
    examples: &[("starts_with('kube-system', 'kube-')", "true")],
    call: |arguments, _| Ok(Value::Bool(arguments.text(0)?.starts_with(arguments.text(1)?))),
};
