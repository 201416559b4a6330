//! `divide`

use super::operand::{OPERANDS, Operand, mismatch, quantity_fault, quantity_of, zero_divisor};
use crate::duration::GoDuration;
use crate::functions::{Arity, Function, FunctionError, Kind, Topic};

/// The quotient: a number of two operands of one kind, a quantity or duration of one divided by a number.
///
/// # Errors
///
/// A zero divisor, and operands that do not go together.
fn divide(left: Operand, right: Operand) -> Result<Operand, FunctionError> {
    let zero = || zero_divisor("divide");
    match (left, right) {
        (Operand::Quantity(_) | Operand::Duration(_) | Operand::Scalar(_), Operand::Scalar(0.0)) => Err(zero()),
        (Operand::Scalar(left), Operand::Scalar(right)) => Ok(Operand::Scalar(left / right)),
        (Operand::Quantity(left), Operand::Quantity(right)) => {
            left.ratio(&right).map(Operand::Scalar).map_err(quantity_fault("divide"))
        }
        (Operand::Quantity(left), Operand::Scalar(right)) => {
            let quotient = left.divide(&quantity_of(right)?);
            quotient.map(Operand::Quantity).map_err(quantity_fault("divide"))
        }
        (Operand::Duration(_), Operand::Duration(GoDuration(0))) => Err(zero()),
        (Operand::Duration(left), Operand::Duration(right)) => Ok(Operand::Scalar(left.seconds() / right.seconds())),
        (Operand::Duration(left), Operand::Scalar(right)) => {
            Ok(Operand::Duration(GoDuration::from_float(left.seconds() / right * 1e9)))
        }
        _ => Err(mismatch("divide")),
    }
}

pub(crate) static FUNCTION: Function = Function {
    name: "divide",
    topic: Topic::Arithmetic,
    parameters: OPERANDS,
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The quotient of two operands of one kind (a number), or of a quantity or duration and a number. \
              A quantity is cut to the decimal places that it is written with.",
    examples: &[
        ("divide(`7`, `2`)", "3.5"),
        ("divide('12Ki', '200')", "61.44"),
        ("divide('10', `3`)", r#""3""#),
        ("divide('1h', `4`)", r#""15m0s""#),
        ("divide('1h', '30s')", "120"),
    ],
    call: |arguments, _| {
        let (left, right) = Operand::pair("divide", arguments)?;
        divide(left, right).map(Into::into)
    },
};
