//! `object_from_lists`

use std::sync::Arc;

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic, scalar_text};

pub(crate) static FUNCTION: Function = Function {
    name: "object_from_lists",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "keys", kinds: &[Kind::List] }, Parameter { name: "values", kinds: &[Kind::List] }],
    arity: Arity::Fixed,
    result: Kind::Object,
    volatile: false,
    summary: "An object of a list of names and a list of values; missing values are null, surplus ones are ignored.",
    examples: &[
        ("object_from_lists(['a', 'b'], ['1', '2'])", r#"{"a": "1", "b": "2"}"#),
        ("object_from_lists(['a', 'b'], ['1'])", r#"{"a": "1", "b": null}"#),
    ],
    call: |arguments, _| {
        let values = arguments.list(1)?;
        let members = arguments.list(0)?.iter().enumerate().map(|(at, key)| {
            let key: Arc<str> = scalar_text(key)
                .ok_or_else(|| FunctionError::not_of_type("object_from_lists", 1, "StringArray"))?
                .into();
            Ok((key, values.get(at).cloned().unwrap_or_default()))
        });
        Ok(Value::Object(Arc::new(members.collect::<Result<_, FunctionError>>()?)))
    },
};
