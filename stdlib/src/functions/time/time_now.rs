//! `time_now`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Topic};
use crate::time::Time;

pub(crate) static FUNCTION: Function = Function {
    name: "time_now",
    topic: Topic::Time,
    parameters: &[],
    arity: Arity::Ignored,
    result: Kind::Text,
    volatile: true,
    summary: "The present moment in the local zone of the process.",
    examples: &[("time_after(time_now(), '2024-01-01T00:00:00Z')", "true")],
    call: |_, environment| {
        let now = Time::from_unix_ns(environment.now_unix_ns(), environment.local_offset_seconds());
        Ok(Value::text(now.to_string()))
    },
};
