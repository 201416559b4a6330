//! `add`

use super::operand::{OPERANDS, Operand, mismatch, quantity_fault};
use crate::duration::GoDuration;
use crate::functions::{Arity, Function, FunctionError, Kind, Topic};

/// The sum of two operands of one kind, for the function of a name.
///
/// # Errors
///
/// Operands of different kinds.
pub(super) fn add(function: &'static str, left: Operand, right: Operand) -> Result<Operand, FunctionError> {
    match (left, right) {
        (Operand::Scalar(left), Operand::Scalar(right)) => Ok(Operand::Scalar(left + right)),
        (Operand::Quantity(left), Operand::Quantity(right)) => {
            left.add(&right).map(Operand::Quantity).map_err(quantity_fault(function))
        }
        (Operand::Duration(left), Operand::Duration(right)) => {
            Ok(Operand::Duration(GoDuration(left.nanoseconds().wrapping_add(right.nanoseconds()))))
        }
        _ => Err(mismatch(function)),
    }
}

pub(crate) static FUNCTION: Function = Function {
    name: "add",
    topic: Topic::Arithmetic,
    parameters: OPERANDS,
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The sum of two numbers, two quantities or two durations.",
    examples: &[
        ("add(`1`, `2.5`)", "3.5"),
        ("add('500m', '0.5')", r#""1""#),
        ("add('1Gi', '512Mi')", r#""1536Mi""#),
        ("add('1h', '300s')", r#""1h5m0s""#),
    ],
    call: |arguments, _| {
        let (left, right) = Operand::pair("add", arguments)?;
        add("add", left, right).map(Into::into)
    },
};
