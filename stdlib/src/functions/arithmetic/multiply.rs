//! `multiply`

use super::operand::{OPERANDS, Operand, mismatch, quantity_fault, quantity_of};
use crate::duration::GoDuration;
use crate::functions::{Arity, Function, FunctionError, Kind, Topic};

/// The product of a number and an operand of any kind.
///
/// # Errors
///
/// No operand is a number, or the number is none that a quantity can be multiplied with.
fn multiply(left: Operand, right: Operand) -> Result<Operand, FunctionError> {
    match (left, right) {
        (Operand::Scalar(left), Operand::Scalar(right)) => Ok(Operand::Scalar(left * right)),
        (Operand::Quantity(quantity), Operand::Scalar(factor))
        | (Operand::Scalar(factor), Operand::Quantity(quantity)) => {
            let product = quantity.multiply(&quantity_of(factor)?);
            product.map(Operand::Quantity).map_err(quantity_fault("multiply"))
        }
        (Operand::Duration(duration), Operand::Scalar(factor))
        | (Operand::Scalar(factor), Operand::Duration(duration)) => {
            Ok(Operand::Duration(GoDuration::from_float(duration.seconds() * factor * 1e9)))
        }
        _ => Err(mismatch("multiply")),
    }
}

pub(crate) static FUNCTION: Function = Function {
    name: "multiply",
    topic: Topic::Arithmetic,
    parameters: OPERANDS,
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The product of two numbers, or of a number and a quantity or duration in either order.",
    examples: &[
        ("multiply(`2.5`, `2`)", "5"),
        ("multiply(`2.5`, '12Ki')", r#""30Ki""#),
        ("multiply('1h', `0.5`)", r#""30m0s""#),
    ],
    call: |arguments, _| {
        let (left, right) = Operand::pair("multiply", arguments)?;
        multiply(left, right).map(Into::into)
    },
};
