//! `time_after`

use super::instant;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "time_after",
    topic: Topic::Time,
    parameters: &[Parameter { name: "time", kinds: &[Kind::Text] }, Parameter { name: "other", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether an instant is after another.",
    examples: &[("time_after('2024-01-02T00:00:00Z', '2024-01-01T00:00:00Z')", "true")],
    call: |arguments, _| {
        let order = instant(arguments, 0)?.compare(instant(arguments, 1)?);
        Ok(Value::Bool(order.is_gt()))
    },
};
