//! `regex_match`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "regex_match",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "expression", kinds: &[Kind::Text] },
        Parameter { name: "subject", kinds: &[Kind::Text, Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether a regular expression matches anywhere in a text or number.",
    examples: &[("regex_match('^v[0-9]+$', 'v12')", "true"), ("regex_match('b+', 'abbc')", "true")],
    call: |arguments, environment| {
        let regex = environment.regex(arguments.text(0)?).map_err(FunctionError::failed)?;
        Ok(Value::Bool(regex.is_match(&arguments.scalar(1)?)))
    },
};
