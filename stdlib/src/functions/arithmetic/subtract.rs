//! `subtract`

use super::operand::{OPERANDS, Operand, mismatch, quantity_fault};
use crate::duration::GoDuration;
use crate::functions::{Arity, Function, FunctionError, Kind, Topic};

/// The difference of two operands of one kind.
///
/// # Errors
///
/// Operands of different kinds.
fn subtract(left: Operand, right: Operand) -> Result<Operand, FunctionError> {
    match (left, right) {
        (Operand::Scalar(left), Operand::Scalar(right)) => Ok(Operand::Scalar(left - right)),
        (Operand::Quantity(left), Operand::Quantity(right)) => {
            left.subtract(&right).map(Operand::Quantity).map_err(quantity_fault("subtract"))
        }
        (Operand::Duration(left), Operand::Duration(right)) => {
            Ok(Operand::Duration(GoDuration(left.nanoseconds().wrapping_sub(right.nanoseconds()))))
        }
        _ => Err(mismatch("subtract")),
    }
}

pub(crate) static FUNCTION: Function = Function {
    name: "subtract",
    topic: Topic::Arithmetic,
    parameters: OPERANDS,
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The difference of two numbers, two quantities or two durations.",
    examples: &[
        ("subtract(`1`, `2.5`)", "-1.5"),
        ("subtract('12Ki', '13Ki')", r#""-1Ki""#),
        ("subtract('1h', '10s')", r#""59m50s""#),
    ],
    call: |arguments, _| {
        let (left, right) = Operand::pair("subtract", arguments)?;
        subtract(left, right).map(Into::into)
    },
};
