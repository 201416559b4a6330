//! `time_utc`

use super::instant;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "time_utc",
    topic: Topic::Time,
    parameters: &[Parameter { name: "time", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "An instant in UTC.",
    examples: &[("time_utc('2024-02-29T23:05:00+02:00')", r#""2024-02-29T21:05:00Z""#)],
    call: |arguments, _| Ok(Value::text(instant(arguments, 0)?.to_utc().to_string())),
};
