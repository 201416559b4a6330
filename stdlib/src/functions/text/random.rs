//! `random`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::regex::Generator;

/// A random text that matches an expression.
///
/// # Errors
///
/// No expression, one that is none, and one whose text would be too long.
fn random(expression: &str, random_below: &dyn Fn(u64) -> u64) -> Result<String, FunctionError> {
    if expression.is_empty() {
        return Err(FunctionError::failed("no pattern provided"));
    }
    let generator = Generator::parse(expression).map_err(FunctionError::failed)?;
    generator.generate(random_below).map_err(FunctionError::failed)
}

pub(crate) static FUNCTION: Function = Function {
    name: "random",
    topic: Topic::Text,
    parameters: &[Parameter { name: "expression", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: true,
    summary: "A random text that matches a regular expression. Only POSIX syntax: `[0-9]` and not `\\d`, no `(?...)`.",
    examples: &[("length(random('[a-z0-9]{6}'))", "6"), ("random('a{3}')", r#""aaa""#)],
    call: |arguments, environment| {
        random(arguments.text(0)?, &|bound| environment.random_below(bound)).map(Value::text)
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_chooses() {
        assert_eq!(random("[a-c]{3}", &|bound| bound - 1).unwrap(), "ccc");
        assert_eq!(random("", &|_| 0).unwrap_err().to_string(), "no pattern provided");
    }
}
