//! `time_diff`

use super::instant;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "time_diff",
    topic: Topic::Time,
    parameters: &[Parameter { name: "start", kinds: &[Kind::Text] }, Parameter { name: "end", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "How long an instant is after another.",
    examples: &[("time_diff('2024-01-01T00:00:00Z', '2024-01-02T01:30:00Z')", r#""25h30m0s""#)],
    call: |arguments, _| {
        let (start, end) = (instant(arguments, 0)?, instant(arguments, 1)?);
        Ok(Value::text(end.since(start).to_string()))
    },
};
