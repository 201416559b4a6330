//! `regex_replace_all_literal`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "regex_replace_all_literal",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "expression", kinds: &[Kind::Text] },
        Parameter { name: "subject", kinds: &[Kind::Text, Kind::Number] },
        Parameter { name: "replacement", kinds: &[Kind::Text, Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text with all matches of a regular expression replaced by a text as it is.",
    examples: &[("regex_replace_all_literal('(a)b', 'abab', '$1')", r#""$1$1""#)],
    call: |arguments, environment| {
        let regex = environment.regex(arguments.text(0)?);
        let regex = regex.map_err(|error| FunctionError::refused("regex_replace_all_literal", error))?;
        let replaced = regex.replace_all_literal(&arguments.scalar(1)?, &arguments.scalar(2)?);
        replaced.map(Value::text).map_err(FunctionError::failed)
    },
};
