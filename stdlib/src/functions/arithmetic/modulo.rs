//! `modulo`

use super::operand::{OPERANDS, Operand, mismatch, not_whole, quantity_fault, zero_divisor};
use crate::duration::{GoDuration, float_to_int};
use crate::functions::{Arity, Function, FunctionError, Kind, Topic};

/// The remainder of a division, with the sign of the dividend.
///
/// # Errors
///
/// Numbers and quantities that are not whole, a zero divisor, operands of different kinds.
fn modulo(left: Operand, right: Operand) -> Result<Operand, FunctionError> {
    match (left, right) {
        (Operand::Scalar(left), Operand::Scalar(right)) => {
            let rest = remainder(whole(left)?, whole(right)?)?;
            Ok(Operand::Scalar(rest as f64))
        }
        (Operand::Quantity(left), Operand::Quantity(right)) => {
            left.remainder(&right).map(Operand::Quantity).map_err(quantity_fault("modulo"))
        }
        (Operand::Duration(left), Operand::Duration(right)) => {
            remainder(left.nanoseconds(), right.nanoseconds()).map(|rest| Operand::Duration(GoDuration(rest)))
        }
        _ => Err(mismatch("modulo")),
    }
}

fn whole(number: f64) -> Result<i64, FunctionError> {
    let whole = float_to_int(number);
    if whole as f64 == number { Ok(whole) } else { Err(not_whole("modulo")) }
}

fn remainder(dividend: i64, divisor: i64) -> Result<i64, FunctionError> {
    if divisor == 0 { Err(zero_divisor("modulo")) } else { Ok(dividend.wrapping_rem(divisor)) }
}

pub(crate) static FUNCTION: Function = Function {
    name: "modulo",
    topic: Topic::Arithmetic,
    parameters: OPERANDS,
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The remainder of a division of two whole numbers, two whole quantities or two durations; it has the sign \
              of the dividend.",
    examples: &[
        ("modulo(`7`, `3`)", "1"),
        ("modulo(`-7`, `3`)", "-1"),
        ("modulo('12Ki', '1k')", r#""288""#),
        ("modulo('10s', '3s')", r#""1s""#),
    ],
    call: |arguments, _| {
        let (left, right) = Operand::pair("modulo", arguments)?;
        modulo(left, right).map(Into::into)
    },
};
