//! `time_since`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::time::{RFC3339, Time};

pub(crate) static FUNCTION: Function = Function {
    name: "time_since",
    topic: Topic::Time,
    parameters: &[
        Parameter { name: "layout", kinds: &[Kind::Text] },
        Parameter { name: "start", kinds: &[Kind::Text] },
        Parameter { name: "end", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: true,
    summary: "How long an instant is after another, both in a layout of Go. An empty layout is RFC 3339, an empty `end` is \
              the present moment.",
    examples: &[("time_since('2006-01-02', '2024-02-28', '2024-03-01')", r#""48h0m0s""#)],
    call: |arguments, environment| {
        let layout = Some(arguments.text(0)?).filter(|layout| !layout.is_empty()).unwrap_or(RFC3339);
        let start = Time::parse(layout, arguments.text(1)?).map_err(FunctionError::failed)?;
        let end = match arguments.text(2)? {
            "" => Time::from_unix_ns(environment.now_unix_ns(), 0),
            end => Time::parse(layout, end).map_err(FunctionError::failed)?,
        };
        Ok(Value::text(end.since(start).to_string()))
    },
};
