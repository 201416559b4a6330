//! Kubernetes quantities such as `100m` and `1.5Gi` (`k8s.io/apimachinery/pkg/api/resource`, `Quantity`).
//!
//! Values are exact. As in Kubernetes, what is finer than a billionth is rounded up (away from zero) and quantities
//! with a binary suffix are capped at the largest `int64`; short decimal texts keep their exponent, however large.

mod decimal;
mod parse;
mod print;

use std::cmp::Ordering;
use std::sync::Arc;

use decimal::Decimal;

/// The family of suffixes that a quantity is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `n`, `u`, `m`, none, `k`, `M`, `G`, `T`, `P`, `E`.
    DecimalSi,
    /// `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`.
    BinarySi,
    /// `e3`, `E-3`.
    DecimalExponent,
}

/// Why a text is no quantity, or a computation gives none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The text has not the form of a quantity.
    #[error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    Format,
    /// The number is none.
    #[error("unable to parse numeric part of quantity")]
    Number,
    /// The suffix is none of the known ones.
    #[error("unable to parse quantity's suffix")]
    Suffix,
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A remainder was asked of numbers with fractions, or too large for an `int64`.
    #[error("not a whole number")]
    NotWhole,
    /// The exact result has more digits than we compute with.
    #[error("the result has too many digits")]
    TooLong,
}

/// A Kubernetes quantity.
///
/// `==` compares how quantities are represented; [`Quantity::compare`] compares what they are worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    value: Decimal,
    format: Format,
    /// Digits after the point in Go's representation: quotients are cut there, and approximations start from it.
    scale: i64,
    /// The text, when it was read from its canonical form.
    text: Option<Arc<str>>,
}

impl Quantity {
    /// Reads a quantity, as `resource.ParseQuantity` does.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::parse(text)
    }

    /// A whole number without suffix.
    pub fn from_int(value: i64) -> Self {
        Self { value: Decimal::from_int(value), format: Format::DecimalSi, scale: 0, text: None }
    }

    /// The family of suffixes that it prints with.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.value.is_zero()
    }

    /// Order by value, exact.
    pub fn compare(&self, other: &Self) -> Ordering {
        self.value.compare(&other.value)
    }

    /// The sum; a zero takes the format of what is added to it. Errors when the exact sum is too long to hold.
    pub fn add(&self, other: &Self) -> Result<Self, QuantityError> {
        let format = if self.is_zero() { other.format } else { self.format };
        Ok(Self::computed(self.value.plus(&other.value)?, format))
    }

    /// The difference, see [`Quantity::add`].
    pub fn subtract(&self, other: &Self) -> Result<Self, QuantityError> {
        let format = if self.is_zero() { other.format } else { self.format };
        Ok(Self::computed(self.value.plus(&other.value.negated())?, format))
    }

    /// The exact product in the format of `self`. Errors when it is too long to hold.
    pub fn multiply(&self, factor: &Self) -> Result<Self, QuantityError> {
        Ok(Self::computed(self.value.multiply(&factor.value)?, self.format))
    }

    /// The quotient in the format of `self`, cut towards zero at as many digits after the point as the finer of the
    /// two has in Go's representation (Kyverno `pkg/engine/jmespath/arithmetic.go`). Errors on division by zero.
    pub fn divide(&self, divisor: &Self) -> Result<Self, QuantityError> {
        Ok(Self::computed(self.value.divide(&divisor.value, self.scale.max(divisor.scale))?, self.format))
    }

    /// How often `divisor` goes into `self`, as floats. Errors on division by zero.
    pub fn ratio(&self, divisor: &Self) -> Result<f64, QuantityError> {
        let divisor = divisor.approximate();
        if divisor == 0.0 { Err(QuantityError::DivisionByZero) } else { Ok(self.approximate() / divisor) }
    }

    /// The remainder of two whole numbers, with the sign and the format of `self`. Errors on fractions, on numbers
    /// beyond `int64` and on division by zero.
    pub fn remainder(&self, divisor: &Self) -> Result<Self, QuantityError> {
        let (dividend, divisor) = (whole(self.approximate())?, whole(divisor.approximate())?);
        if divisor == 0 {
            return Err(QuantityError::DivisionByZero);
        }
        Ok(Self::computed(Decimal::from_int(dividend.wrapping_rem(divisor)), self.format))
    }

    /// The value as a float, rounded as `AsApproximateFloat64` rounds: digits and power of ten apart, then their
    /// product.
    pub fn approximate(&self) -> f64 {
        let unscaled = print::unscaled_float(&self.value, self.scale);
        if self.scale == 0 { unscaled } else { unscaled * power_of_ten(-self.scale) }
    }

    fn computed(value: Decimal, format: Format) -> Self {
        let scale = -value.exponent;
        Self { value, format, scale, text: None }
    }
}

/// A float without fraction as an integer.
fn whole(number: f64) -> Result<i64, QuantityError> {
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    if number.fract() == 0.0 && (-BOUND..BOUND).contains(&number) {
        Ok(number as i64)
    } else {
        Err(QuantityError::NotWhole)
    }
}

/// Go's `math.Pow10`: built from two correctly rounded factors, zero and infinite outside the range of a float.
fn power_of_ten(exponent: i64) -> f64 {
    let (coarse, fine) = (exponent / 32 * 32, exponent % 32);
    let ten_to = |exponent: i64| format!("1e{exponent}").parse::<f64>().unwrap_or(f64::NAN);
    match exponent {
        0..=308 => ten_to(coarse) * ten_to(fine),
        -323..0 => ten_to(coarse) / ten_to(-fine),
        ..-323 => 0.0,
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests;
