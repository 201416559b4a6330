//! `time_parse`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::go_parse::parse_int;
use crate::time::Time;

/// A time in a layout of Go; when the layout is a whole number, the time is in seconds since 1970.
///
/// # Errors
///
/// A text that does not fit the layout.
fn time_parse(layout: &str, text: &str) -> Result<Time, FunctionError> {
    if parse_int(layout).is_ok() {
        return parse_int(text).map(Time::from_unix_seconds).map_err(FunctionError::Failed);
    }
    Time::parse(layout, text).map_err(FunctionError::failed)
}

pub(crate) static FUNCTION: Function = Function {
    name: "time_parse",
    topic: Topic::Time,
    parameters: &[Parameter { name: "layout", kinds: &[Kind::Text] }, Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A time that is written as the layout shows: the layout is how `Mon Jan 2 15:04:05 -0700 MST 2006` would be \
              written. When the layout is a whole number, the time is in seconds since 1970.",
    examples: &[
        ("time_parse('2006-01-02 15:04', '2024-02-29 10:30')", r#""2024-02-29T10:30:00Z""#),
        ("time_parse('1', '86400')", r#""1970-01-02T00:00:00Z""#),
    ],
    call: |arguments, _| Ok(Value::text(time_parse(arguments.text(0)?, arguments.text(1)?)?.to_string())),
};
