//! Quantity to text (`Quantity.String`): as large a suffix as loses nothing and leaves no fraction.

use std::cmp::Ordering;
use std::fmt;

use super::decimal::{Coefficient, Decimal, without_trailing_zeros};
use super::{Format, Quantity};

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            return out.write_str(text);
        }
        if self.value.is_zero() {
            return out.write_str("0");
        }
        if self.value.negative {
            out.write_str("-")?;
        }
        match self.format {
            Format::BinarySi => match binary_integer(&self.value) {
                Some(integer) => write_binary(out, integer),
                None => write_decimal(out, &self.value, Format::DecimalSi),
            },
            format => write_decimal(out, &self.value, format),
        }
    }
}

/// The magnitude, when it prints with a binary suffix: at least 1024 and without fraction.
fn binary_integer(value: &Decimal) -> Option<Decimal> {
    let (rounded, exact) = value.round_up(0);
    let kibi = Decimal::from_int(1024);
    (exact && value.compare_magnitude(&kibi) != Ordering::Less).then_some(rounded)
}

fn write_binary(out: &mut fmt::Formatter<'_>, integer: Decimal) -> fmt::Result {
    let mut digits = integer.coefficient.digits();
    digits.resize(digits.len() + integer.exponent.clamp(0, MAX_ZEROS) as usize, 0);
    let mut power = 0;
    while let Some(quotient) = exact_quotient(&digits, 1024) {
        digits = quotient;
        power += 1;
    }
    write_digits(out, &digits)?;
    // Beyond `Ei` Kubernetes has no suffix and writes none.
    out.write_str(["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].get(power).copied().unwrap_or_default())
}

/// Binary quantities of more digits than this do not come out of parsing or computing.
const MAX_ZEROS: i64 = 20_000;

fn write_decimal(out: &mut fmt::Formatter<'_>, value: &Decimal, format: Format) -> fmt::Result {
    let all = value.coefficient.digits();
    let digits = without_trailing_zeros(&all);
    let exponent = value.exponent + (all.len() - digits.len()) as i64;
    let surplus = exponent.rem_euclid(3);
    write_digits(out, digits)?;
    for _ in 0..surplus {
        out.write_str("0")?;
    }
    let exponent = exponent - surplus;
    if format == Format::DecimalExponent {
        return if exponent == 0 { Ok(()) } else { write!(out, "e{exponent}") };
    }
    // Outside of `n` to `E` Kubernetes has no suffix and writes none.
    out.write_str(match exponent {
        -9 => "n",
        -6 => "u",
        -3 => "m",
        3 => "k",
        6 => "M",
        9 => "G",
        12 => "T",
        15 => "P",
        18 => "E",
        _ => "",
    })
}

fn write_digits(out: &mut fmt::Formatter<'_>, digits: &[u8]) -> fmt::Result {
    digits.iter().try_for_each(|&digit| fmt::Write::write_char(out, char::from(b'0' + digit)))
}

/// The quotient, when the division leaves no rest and the number is not zero.
fn exact_quotient(digits: &[u8], divisor: u32) -> Option<Vec<u8>> {
    let mut rest = 0u32;
    let quotient: Vec<u8> = digits
        .iter()
        .map(|&digit| {
            let part = rest * 10 + u32::from(digit);
            rest = part % divisor;
            (part / divisor) as u8
        })
        .skip_while(|&digit| digit == 0)
        .collect();
    (rest == 0 && !quotient.is_empty()).then_some(quotient)
}

/// The digits that Go's representation holds at `scale`, as the nearest float.
pub(super) fn unscaled_float(value: &Decimal, scale: i64) -> f64 {
    let exponent = value.exponent + scale;
    let magnitude = match &value.coefficient {
        Coefficient::Small(digits) if exponent == 0 => *digits as f64,
        coefficient => {
            let digits: String = coefficient.digits().iter().map(|&digit| char::from(b'0' + digit)).collect();
            format!("{digits}e{exponent}").parse().unwrap_or(0.0)
        }
    };
    if value.negative { -magnitude } else { magnitude }
}
