//! What the arithmetic functions compute with (Kyverno `pkg/engine/jmespath/arithmetic.go`).

use crate::Value;
use crate::duration::GoDuration;
use crate::functions::{Arguments, FunctionError, Kind, Parameter};
use crate::go_format;
use crate::quantity::{Quantity, QuantityError};

/// A number, an amount or a length of time.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    /// A number.
    Scalar(f64),
    /// Text that is a Kubernetes quantity; `5m` is one, five thousandths.
    Quantity(Quantity),
    /// Text that is a Go duration and no quantity.
    Duration(GoDuration),
}

/// The parameters of a function of two operands.
pub(super) const OPERANDS: &[Parameter] =
    &[Parameter { name: "left", kinds: &[Kind::Any] }, Parameter { name: "right", kinds: &[Kind::Any] }];

impl Operand {
    /// Both operands of a call.
    pub(super) fn pair(function: &'static str, arguments: Arguments<'_>) -> Result<(Self, Self), FunctionError> {
        Ok((Self::of(function, arguments.value(0)?)?, Self::of(function, arguments.value(1)?)?))
    }

    /// The operand that a value stands for.
    pub(super) fn of(function: &'static str, value: &Value) -> Result<Self, FunctionError> {
        let invalid = || FunctionError::refused(function, "invalid operand");
        match value {
            Value::Float(number) => Ok(Self::Scalar(*number)),
            Value::Text(text) => Quantity::parse(text)
                .ok()
                .map(Self::Quantity)
                .or_else(|| GoDuration::read(text).map(Self::Duration))
                .ok_or_else(invalid),
            _ => Err(invalid()),
        }
    }
}

impl From<Operand> for Value {
    fn from(operand: Operand) -> Self {
        match operand {
            Operand::Scalar(number) => Self::Float(number),
            Operand::Quantity(quantity) => Self::text(quantity.to_string()),
            Operand::Duration(duration) => Self::text(duration.to_string()),
        }
    }
}

/// A number as a quantity, by way of its text.
pub(super) fn quantity_of(number: f64) -> Result<Quantity, FunctionError> {
    Quantity::parse(&go_format::general(number)).map_err(FunctionError::failed)
}

/// The operands are of kinds that do not go together.
pub(super) fn mismatch(function: &'static str) -> FunctionError {
    FunctionError::refused(function, "Types mismatch")
}

/// The divisor is zero.
pub(super) fn zero_divisor(function: &'static str) -> FunctionError {
    FunctionError::refused(function, "Zero divisor passed")
}

/// A remainder was asked of numbers with fractions, or too large.
pub(super) fn not_whole(function: &'static str) -> FunctionError {
    FunctionError::refused(function, format_args!("Non-integer argument(s) passed for {function}"))
}

/// What a function says when a computation with quantities has no result.
pub(super) fn quantity_fault(function: &'static str) -> impl Fn(QuantityError) -> FunctionError {
    move |error| match error {
        QuantityError::DivisionByZero => zero_divisor(function),
        QuantityError::NotWhole => not_whole(function),
        other => FunctionError::refused(function, other),
    }
}
