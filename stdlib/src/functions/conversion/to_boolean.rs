//! `to_boolean`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// The truth value that a word names, in any case.
///
/// # Errors
///
/// Any other word.
fn to_boolean(text: &str) -> Result<bool, FunctionError> {
    match text.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(FunctionError::refused(
            "to_boolean",
            format_args!("lowercase argument must be 'true' or 'false' (provided: '{text}')"),
        )),
    }
}

pub(crate) static FUNCTION: Function = Function {
    name: "to_boolean",
    topic: Topic::Conversion,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "The truth value of `true` or `false`, written in any case.",
    examples: &[("to_boolean('True')", "true"), ("to_boolean('false')", "false")],
    call: |arguments, _| to_boolean(arguments.text(0)?).map(Value::Bool),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_words_are_taken() {
        assert_eq!(to_boolean("TRUE"), Ok(true));
        let error = to_boolean("Yes").unwrap_err().to_string();
        assert_eq!(
            error,
            "JMESPath function 'to_boolean': lowercase argument must be 'true' or 'false' (provided: 'Yes')"
        );
    }
}
