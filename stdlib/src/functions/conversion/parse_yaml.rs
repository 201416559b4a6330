//! `parse_yaml`

use dikast_grammar::yaml;

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// The value of the first document of a YAML text; all numbers are floats.
///
/// # Errors
///
/// A document that cannot be read, or has a value or key that JSON lacks.
fn parse_yaml(text: &str) -> Result<Value, FunctionError> {
    let document = yaml::parse_first(text).map_err(|error| FunctionError::failed(yaml::go_words(&error, text)))?;
    Ok(Value::from(&document).to_floats())
}

pub(crate) static FUNCTION: Function = Function {
    name: "parse_yaml",
    topic: Topic::Conversion,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The value of the first document of a YAML 1.1 text, in which `yes` and `on` are truth values.",
    examples: &[("parse_yaml('{replicas: 3, debug: off}')", r#"{"debug": false, "replicas": 3}"#)],
    call: |arguments, _| parse_yaml(arguments.text(0)?),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_document_counts() {
        let object = Value::object([("a", Value::Float(1.0))]);
        for text in ["a: 1", "---\na: 1", "a: 1\n---\nb: [", "a: 1\n...\nb: 2", "# c\n---\na: 1.0\n"] {
            assert_eq!(parse_yaml(text), Ok(object.clone()), "{text}");
        }
        assert_eq!(parse_yaml(""), Ok(Value::Null));
        assert_eq!(parse_yaml("|\n  a\n  b"), Ok(Value::text("a\nb")));
        assert_eq!(parse_yaml("--- x"), Ok(Value::text("x")));
        assert!(parse_yaml("a: [\n---\nb: 2").is_err());
        assert!(parse_yaml(".inf").is_err());
    }
}
