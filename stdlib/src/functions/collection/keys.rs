//! `keys`

use std::sync::Arc;

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "keys",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "object", kinds: &[Kind::Object] }],
    arity: Arity::Fixed,
    result: Kind::Texts,
    volatile: false,
    summary: "The names of an object's members, sorted. (Kyverno gives them in random order.)",
    examples: &[(r#"keys(`{"b": 1, "a": 2}`)"#, r#"["a", "b"]"#)],
    call: |arguments, _| Ok(Value::list(arguments.object(0)?.keys().map(|key| Value::Text(Arc::clone(key))))),
};
