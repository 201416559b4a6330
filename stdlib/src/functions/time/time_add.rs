//! `time_add`

use super::{duration, instant};
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "time_add",
    topic: Topic::Time,
    parameters: &[
        Parameter { name: "time", kinds: &[Kind::Text] },
        Parameter { name: "duration", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "An instant so much later, in its zone. In durations `5m` is five minutes.",
    examples: &[("time_add('2024-02-28T23:30:00Z', '1h')", r#""2024-02-29T00:30:00Z""#)],
    call: |arguments, _| {
        let (time, duration) = (instant(arguments, 0)?, duration(arguments, 1)?);
        Ok(Value::text(time.plus(duration).to_string()))
    },
};
