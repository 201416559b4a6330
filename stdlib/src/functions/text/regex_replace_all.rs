//! `regex_replace_all`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "regex_replace_all",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "expression", kinds: &[Kind::Text] },
        Parameter { name: "subject", kinds: &[Kind::Text, Kind::Number] },
        Parameter { name: "replacement", kinds: &[Kind::Text, Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text with all matches of a regular expression replaced. `$1`, `${1}` and `$name` in the replacement stand \
              for what a group matched; `$1x` is the group named `1x`.",
    examples: &[
        ("regex_replace_all('(a)(b)', 'abab', '$2$1')", r#""baba""#),
        ("regex_replace_all('[0-9]+', 'v1.20', 'N')", r#""vN.N""#),
    ],
    call: |arguments, environment| {
        let regex = environment.regex(arguments.text(0)?);
        let regex = regex.map_err(|error| FunctionError::refused("regex_replace_all", error))?;
        let replaced = regex.replace_all(&arguments.scalar(1)?, &arguments.scalar(2)?);
        replaced.map(Value::text).map_err(FunctionError::failed)
    },
};
