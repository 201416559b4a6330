//! `length`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "length",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "subject", kinds: &[Kind::Text, Kind::List, Kind::Object] }],
    arity: Arity::Fixed,
    result: Kind::Number,
    volatile: false,
    summary: "How many characters a text, items a list or members an object has.",
    examples: &[("length('déjà')", "4"), ("length(['a', 'b'])", "2"), (r#"length(`{"a": 1}`)"#, "1")],
    call: |arguments, _| {
        let length = match arguments.value(0)? {
            Value::Text(text) => text.chars().count(),
            Value::List(items) => items.len(),
            _ => arguments.object(0)?.len(),
        };
        Ok(Value::Float(length as f64))
    },
};
