//! `values`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "values",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "object", kinds: &[Kind::Object] }],
    arity: Arity::Fixed,
    result: Kind::List,
    volatile: false,
    summary: "The values of an object's members in the order of their names. (Kyverno gives them in random order.)",
    examples: &[(r#"values(`{"b": 1, "a": 2}`)"#, "[2, 1]")],
    call: |arguments, _| Ok(Value::list(arguments.object(0)?.values().cloned())),
};
