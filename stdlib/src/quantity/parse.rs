//! Text to quantity (`resource.ParseQuantity`).
//!
//! Kubernetes reads short numbers into an `int64` with a scale and all others into a big decimal, and rounds and caps
//! only the latter. The two ways differ in results (`1e30` keeps its value, `0.1n` becomes `1n`), so the same
//! distinction is made here.

use std::cmp::Ordering;

use super::decimal::{Coefficient, Decimal, without_trailing_zeros};
use super::{Format, Quantity, QuantityError};

/// Digits that Kubernetes is sure to fit into an `int64`.
const SHORT_DIGITS: i64 = 18;

/// What is finer than this many digits after the point is rounded up.
const FINEST_PLACE: i64 = 9;

/// The parts of a quantity's text.
struct Parts<'a> {
    negative: bool,
    /// Digits before the point without leading zeros; `0` when there are none.
    whole: &'a [u8],
    /// Digits after the point.
    fraction: &'a [u8],
    /// Whether the number has any digit; a bare suffix counts as zero where the short way is taken.
    has_digits: bool,
    suffix: &'a str,
}

/// What a suffix says.
struct Unit {
    base: u32,
    exponent: i32,
    format: Format,
}

pub(super) fn parse(text: &str) -> Result<Quantity, QuantityError> {
    if text.is_empty() {
        return Err(QuantityError::Format);
    }
    let parts = split(text)?;
    let unit = Unit::read(parts.suffix).ok_or(QuantityError::Suffix)?;
    if let Some(short) = parse_short(text, &parts, &unit) {
        return Ok(short);
    }
    parse_long(&parts, &unit)
}

fn split(text: &str) -> Result<Parts<'_>, QuantityError> {
    let bytes = text.as_bytes();
    let digits_end =
        |from: usize| bytes[from..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| from + n);
    let negative = bytes[0] == b'-';
    let start = usize::from(matches!(bytes[0], b'-' | b'+'));
    let first = bytes[start..].iter().position(|&b| b != b'0').map_or(bytes.len(), |n| start + n);
    let whole_end = digits_end(first);
    let (fraction_start, fraction_end) = if bytes.get(whole_end) == Some(&b'.') {
        (whole_end + 1, digits_end(whole_end + 1))
    } else {
        (whole_end, whole_end)
    };
    let letters_end = bytes[fraction_end..]
        .iter()
        .position(|b| !b"eEinumkKMGTP".contains(b))
        .map_or(bytes.len(), |n| fraction_end + n);
    let signed = letters_end + usize::from(matches!(bytes.get(letters_end), Some(b'-' | b'+')));
    if digits_end(signed) != bytes.len() {
        return Err(QuantityError::Format);
    }
    Ok(Parts {
        negative,
        whole: if whole_end > first { &bytes[first..whole_end] } else { b"0" },
        fraction: &bytes[fraction_start..fraction_end],
        has_digits: whole_end > start || fraction_end > fraction_start,
        // Every boundary so far lies behind an ASCII byte.
        suffix: text.get(fraction_end..).unwrap_or_default(),
    })
}

impl Unit {
    fn read(suffix: &str) -> Option<Self> {
        let decimal = |exponent| Some(Self { base: 10, exponent, format: Format::DecimalSi });
        let binary = |exponent| Some(Self { base: 2, exponent, format: Format::BinarySi });
        match suffix {
            "" => decimal(0),
            "n" => decimal(-9),
            "u" => decimal(-6),
            "m" => decimal(-3),
            "k" => decimal(3),
            "M" => decimal(6),
            "G" => decimal(9),
            "T" => decimal(12),
            "P" => decimal(15),
            "E" => decimal(18),
            "Ki" => binary(10),
            "Mi" => binary(20),
            "Gi" => binary(30),
            "Ti" => binary(40),
            "Pi" => binary(50),
            "Ei" => binary(60),
            _ => {
                // The exponent is narrowed without a check, as in Kubernetes.
                let exponent = suffix.strip_prefix(['e', 'E'])?.parse::<i64>().ok()?;
                Some(Self { base: 10, exponent: exponent as i32, format: Format::DecimalExponent })
            }
        }
    }
}

/// The way of short numbers: nothing is rounded or capped.
fn parse_short(text: &str, parts: &Parts<'_>, unit: &Unit) -> Option<Quantity> {
    let (whole, fraction) = (parts.whole.len() as i64, parts.fraction.len() as i64);
    let (scale, precision, factor) = match unit.format {
        Format::BinarySi if fraction == 0 => {
            (0, 15 - whole - i64::from(unit.exponent) * 3 / 10 - 1, 1i64 << unit.exponent)
        }
        Format::BinarySi => return None,
        _ => (i64::from(unit.exponent), SHORT_DIGITS - whole - fraction, 1),
    };
    let scale = scale - fraction;
    if precision < 0 || scale < -FINEST_PLACE {
        return None;
    }
    let digits = || parts.whole.iter().chain(parts.fraction).map(|byte| byte - b'0');
    let number = digits().fold(0i64, |number, digit| number * 10 + i64::from(digit));
    let value = number.checked_mul(factor)?;
    let canonical = match unit.format {
        Format::BinarySi => unit.exponent % 10 == 0 && number & 7 != 0,
        _ => scale % 3 == 0 && digits().next() != Some(0) && !ends_in_thousand(parts),
    };
    Some(Quantity {
        value: Decimal::new(parts.negative, Coefficient::Small(u128::from(value.unsigned_abs())), scale),
        format: unit.format,
        scale: -scale,
        text: canonical.then(|| text.into()),
    })
}

fn ends_in_thousand(parts: &Parts<'_>) -> bool {
    let mut last = parts.fraction.iter().rev().chain(parts.whole.iter().rev());
    (0..3).all(|_| last.next() == Some(&b'0'))
}

/// The way of all other numbers: rounded up to billionths, and capped if binary.
fn parse_long(parts: &Parts<'_>, unit: &Unit) -> Result<Quantity, QuantityError> {
    if !parts.has_digits {
        return Err(QuantityError::Number);
    }
    let digits: Vec<u8> = parts.whole.iter().chain(parts.fraction).map(|byte| byte - b'0').collect();
    let fraction = parts.fraction.len() as i64;
    let unscaled = Decimal::new(false, Coefficient::from_digits(&digits), -fraction);
    let (mut value, mut scale) = match unit.base {
        2 => (unscaled.times(1 << unit.exponent), fraction),
        _ => {
            // Kubernetes keeps the scale in 32 bits.
            let scale = i64::from((fraction as i32).wrapping_sub(unit.exponent));
            (Decimal { exponent: -scale, ..unscaled }, scale)
        }
    };
    let mut format = unit.format;
    if !value.is_zero() {
        value = value.round_up(FINEST_PLACE).0;
        scale = FINEST_PLACE;
    }
    if format == Format::BinarySi && !value.is_zero() {
        let largest = Decimal::from_int(i64::MAX);
        if value.compare(&largest) == Ordering::Greater {
            value = largest;
            scale = 0;
        }
        if value.compare(&Decimal::from_int(1)) == Ordering::Less {
            format = Format::DecimalSi;
        }
    }
    let value = Decimal::new(parts.negative, value.coefficient, value.exponent);
    Ok(Quantity { value: compact(value), format, scale, text: None })
}

/// Long digits that end in zeros may fit the small form.
fn compact(value: Decimal) -> Decimal {
    match &value.coefficient {
        Coefficient::Long(digits) => {
            let kept = without_trailing_zeros(digits);
            let dropped = (digits.len() - kept.len()) as i64;
            Decimal::new(value.negative, Coefficient::from_digits(kept), value.exponent + dropped)
        }
        Coefficient::Small(_) => value,
    }
}
