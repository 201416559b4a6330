//! `time_between`

use super::instant;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "time_between",
    topic: Topic::Time,
    parameters: &[
        Parameter { name: "time", kinds: &[Kind::Text] },
        Parameter { name: "start", kinds: &[Kind::Text] },
        Parameter { name: "end", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether an instant is after one and before another; neither of the two is between.",
    examples: &[("time_between('2024-01-02T00:00:00Z', '2024-01-01T00:00:00Z', '2024-01-03T00:00:00Z')", "true")],
    call: |arguments, _| {
        let (time, start, end) = (instant(arguments, 0)?, instant(arguments, 1)?, instant(arguments, 2)?);
        Ok(Value::Bool(time.compare(start).is_gt() && time.compare(end).is_lt()))
    },
};
