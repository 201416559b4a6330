//! `join`

use crate::Value;
use crate::bounds::check_text;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "join",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "separator", kinds: &[Kind::Text] },
        Parameter { name: "texts", kinds: &[Kind::Texts] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The texts of a list one after the other, with `separator` between them.",
    examples: &[("join(', ', ['a', 'b', 'c'])", r#""a, b, c""#), ("join('-', `[]`)", r#""""#)],
    call: |arguments, _| {
        let separator = arguments.text(0)?;
        let texts: Vec<&str> = arguments.list(1)?.iter().filter_map(Value::as_text).collect();
        let length = texts.iter().map(|text| text.len()).sum();
        check_text(length, separator.len(), texts.len()).map_err(FunctionError::failed)?;
        Ok(Value::text(texts.join(separator)))
    },
};
