//! `sum`

use super::add::add;
use super::operand::Operand;
use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// The sum of operands of one kind, from left to right. A single item is handed back as it is, whatever it is.
///
/// Each step is a call of `add`: it reads again what the step before it printed, and so starts from the rounding, the
/// bounds and the suffix of that text.
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
    rest.iter().try_fold(first.clone(), |total, item| {
        let (total, item) = (Operand::of("sum", &total)?, Operand::of("sum", item)?);
        add("sum", total, item).map(Value::from)
    })
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

    #[test]
    fn each_step_reads_the_text_of_the_one_before() {
        let cases: [(&[&str], &str); 2] = [
            (&["1025Ki", "1e19", "3Mi"], "9223372036857921535"),
            (&["1e19", "1", "1e-10", "1.1Ki"], "10000000000000001127400000001n"),
        ];
        for (items, total) in cases {
            let items: Vec<Value> = items.iter().copied().map(Value::text).collect();
            assert_eq!(sum(&items), Ok(Value::text(total)));
        }
    }
}
