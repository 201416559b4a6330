//! `time_now_utc`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Topic};
use crate::time::Time;

pub(crate) static FUNCTION: Function = Function {
    name: "time_now_utc",
    topic: Topic::Time,
    parameters: &[],
    arity: Arity::Ignored,
    result: Kind::Text,
    volatile: true,
    summary: "The present moment in UTC.",
    examples: &[("time_after(time_now_utc(), '2024-01-01T00:00:00Z')", "true")],
    call: |_, environment| Ok(Value::text(Time::from_unix_ns(environment.now_unix_ns(), 0).to_string())),
};
