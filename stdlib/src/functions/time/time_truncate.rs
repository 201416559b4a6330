//! `time_truncate`

use super::{duration, instant};
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "time_truncate",
    topic: Topic::Time,
    parameters: &[
        Parameter { name: "time", kinds: &[Kind::Text] },
        Parameter { name: "duration", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "An instant rounded down to a multiple of a duration since the beginning of year 1.",
    examples: &[("time_truncate('2024-01-02T17:45:12Z', '1h')", r#""2024-01-02T17:00:00Z""#)],
    call: |arguments, _| {
        let (time, duration) = (instant(arguments, 0)?, duration(arguments, 1)?);
        Ok(Value::text(time.truncate(duration).to_string()))
    },
};
