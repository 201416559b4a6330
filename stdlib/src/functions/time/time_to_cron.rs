//! `time_to_cron`

use super::instant;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "time_to_cron",
    topic: Topic::Time,
    parameters: &[Parameter { name: "time", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The cron schedule of an instant in its zone: minute, hour, day, month, weekday.",
    examples: &[("time_to_cron('2024-02-29T23:05:00+02:00')", r#""5 23 29 2 4""#)],
    call: |arguments, _| Ok(Value::text(instant(arguments, 0)?.to_cron())),
};
