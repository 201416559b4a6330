//! `pattern_match`

use crate::functions::{Arity, Function, Kind, Parameter, Topic};
use crate::{Value, wildcard};

pub(crate) static FUNCTION: Function = Function {
    name: "pattern_match",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "pattern", kinds: &[Kind::Text] },
        Parameter { name: "subject", kinds: &[Kind::Text, Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether a wildcard pattern fits a whole text or number: `*` is any run of characters, `?` any one.",
    examples: &[("pattern_match('dev-*', 'dev-eu')", "true"), ("pattern_match('v?', 'v10')", "false")],
    call: |arguments, _| Ok(Value::Bool(wildcard::matches(arguments.text(0)?, &arguments.scalar(1)?))),
};
