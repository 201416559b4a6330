//! `items`

use std::sync::Arc;

use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::{Object, Value};

/// One `{key_name: key, value_name: value}` per entry. When both names are the same, the value wins.
fn rows(entries: impl Iterator<Item = (Value, Value)>, key_name: &str, value_name: &str) -> Value {
    let (key_name, value_name): (Arc<str>, Arc<str>) = (key_name.into(), value_name.into());
    Value::list(entries.map(|(key, value)| {
        Value::Object(Arc::new(Object::from_iter([(Arc::clone(&key_name), key), (Arc::clone(&value_name), value)])))
    }))
}

pub(crate) static FUNCTION: Function = Function {
    name: "items",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "subject", kinds: &[Kind::Object, Kind::List] },
        Parameter { name: "key_name", kinds: &[Kind::Text] },
        Parameter { name: "value_name", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::List,
    volatile: false,
    summary: "The members of an object in key order, or the items of a list with their positions, as a list of objects.",
    examples: &[
        (
            r#"items(`{"app": "web", "tier": "front"}`, 'key', 'value')"#,
            r#"[{"key": "app", "value": "web"}, {"key": "tier", "value": "front"}]"#,
        ),
        ("items(['a', 'b'], 'at', 'item')", r#"[{"at": 0, "item": "a"}, {"at": 1, "item": "b"}]"#),
    ],
    call: |arguments, _| {
        let (key_name, value_name) = (arguments.text(1)?, arguments.text(2)?);
        match arguments.value(0)? {
            Value::Object(members) => {
                let entries = members.iter().map(|(key, value)| (Value::Text(Arc::clone(key)), value.clone()));
                Ok(rows(entries, key_name, value_name))
            }
            Value::List(items) => {
                let entries = items.iter().enumerate().map(|(at, item)| (Value::Float(at as f64), item.clone()));
                Ok(rows(entries, key_name, value_name))
            }
            _ => Err(FunctionError::not_of_type("items", 1, "Object or Array")),
        }
    },
};
