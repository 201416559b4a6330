//! `to_array`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "to_array",
    topic: Topic::Conversion,
    parameters: &[Parameter { name: "value", kinds: &[Kind::Any] }],
    arity: Arity::Fixed,
    result: Kind::List,
    volatile: false,
    summary: "A list as it is, anything else as a list of one item.",
    examples: &[("to_array('a')", r#"["a"]"#), ("to_array(['a'])", r#"["a"]"#), ("to_array(`null`)", "[null]")],
    call: |arguments, _| match arguments.value(0)? {
        list @ Value::List(_) => Ok(list.clone()),
        other => Ok(Value::list([other.clone()])),
    },
};
