//! `label_match`

use crate::functions::{Arity, Function, Kind, Parameter, Topic};
use crate::{Object, Value};

/// Whether each of the wanted labels is there with the same value.
fn labels_match(wanted: &Object, labels: &Object) -> bool {
    wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
}

pub(crate) static FUNCTION: Function = Function {
    name: "label_match",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "wanted", kinds: &[Kind::Object] },
        Parameter { name: "labels", kinds: &[Kind::Object] },
    ],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether each member of `wanted` is in `labels` with the same value. No wildcards.",
    examples: &[
        (r#"label_match(`{"app": "web"}`, `{"app": "web", "tier": "front"}`)"#, "true"),
        (r#"label_match(`{"app": "web"}`, `{"app": "db"}`)"#, "false"),
        (r#"label_match(`{}`, `{"app": "db"}`)"#, "true"),
    ],
    call: |arguments, _| Ok(Value::Bool(labels_match(arguments.object(0)?, arguments.object(1)?))),
};
