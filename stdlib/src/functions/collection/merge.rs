//! `merge`

use std::sync::Arc;

use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::{Object, Value};

pub(crate) static FUNCTION: Function = Function {
    name: "merge",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "objects", kinds: &[Kind::Object] }],
    arity: Arity::Repeated,
    result: Kind::Object,
    volatile: false,
    summary: "An object with the members of all given ones; of two with the same name the later wins. Not deep.",
    examples: &[(r#"merge(`{"a": 1, "b": 1}`, `{"b": 2}`)"#, r#"{"a": 1, "b": 2}"#)],
    call: |arguments, _| {
        let mut merged = Object::new();
        for (at, value) in arguments.values().enumerate() {
            let members = value?.as_object().ok_or_else(|| {
                FunctionError::crash(format_args!(
                    "JMESPath function 'merge': argument #{} is not of type Object",
                    at + 1
                ))
            })?;
            merged.extend(members.iter().map(|(key, member)| (Arc::clone(key), member.clone())));
        }
        Ok(Value::Object(Arc::new(merged)))
    },
};
