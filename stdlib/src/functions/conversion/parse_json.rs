//! `parse_json`

use dikast_grammar::json;

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// The value that a JSON text stands for; all numbers are floats.
///
/// # Errors
///
/// Text that is no JSON, or more than one value.
fn parse_json(text: &str) -> Result<Value, FunctionError> {
    json::parse(text).map(|json| Value::from(&json)).map_err(FunctionError::failed)
}

pub(crate) static FUNCTION: Function = Function {
    name: "parse_json",
    topic: Topic::Conversion,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The value that a JSON text stands for.",
    examples: &[(r#"parse_json('{"a": [1, true]}').a"#, "[1, true]"), ("parse_json('null')", "null")],
    call: |arguments, _| parse_json(arguments.text(0)?),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_floats() {
        assert_eq!(parse_json("[1]"), Ok(Value::list([Value::Float(1.0)])));
    }

    #[test]
    fn one_value_and_nothing_else() {
        for text in ["", "1 2", "{'a': 1}", "[1,]", "// no\n1"] {
            assert!(parse_json(text).is_err(), "{text}");
        }
    }
}
