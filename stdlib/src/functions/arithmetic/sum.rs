//! `sum`

use super::add::add;
use super::operand::Operand;
use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// The sum of operands of one kind, from left to right. A single item is handed back as it is, whatever it is.
///
/// # Errors
///
/// No item, items that are no operands or of different kinds.
fn sum(items: &[Value]) -> Result<Value, FunctionError> {
    let (first, rest) = match items {
        [] => return Err(FunctionError::refused("sum", "at least one element in the array is required")),
        [only] => return Ok(only.clone()),
        [first, rest @ ..] => (first, rest),
    };
    let mut total = Operand::of("sum", first)?;
    for item in rest {
        total = add("sum", total, Operand::of("sum", item)?)?;
    }
    Ok(total.into())
}

pub(crate) static FUNCTION: Function = Function {
    name: "sum",
    topic: Topic::Arithmetic,
    parameters: &[Parameter { name: "items", kinds: &[Kind::List] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The sum of a list of numbers, quantities or durations, all of one kind. The list must not be empty.",
    examples: &[
        ("sum(`[1, 2, 3.5]`)", "6.5"),
        ("sum(['1Gi', '512Mi'])", r#""1536Mi""#),
        ("sum(['1h', '10s', '300s'])", r#""1h5m10s""#),
    ],
    call: |arguments, _| sum(arguments.list(0)?),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_item_is_not_looked_at() {
        assert_eq!(sum(&[Value::Bool(true)]), Ok(Value::Bool(true)));
        assert!(sum(&[]).is_err());
        assert!(sum(&[Value::Bool(true), Value::Float(1.0)]).is_err());
        assert!(sum(&[Value::text("1"), Value::Float(1.0)]).is_err());
    }
}
