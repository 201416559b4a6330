//! Exact decimal numbers: a sign, digits and a power of ten.
//!
//! The digits stay decimal throughout, so that reading, comparing and printing take time linear in the text even when
//! the text is a megabyte long, and a huge exponent costs nothing. Everyday numbers fit a `u128` and never allocate.

use std::cmp::Ordering;

use super::QuantityError;

/// More digits than this are not computed with; comparing and printing have no such bound.
const MAX_RESULT_DIGITS: i64 = 10_000;

/// The largest power of ten that a `u128` holds.
const MAX_SMALL_DIGITS: i64 = 38;

/// `coefficient` times ten to the power of `exponent`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decimal {
    pub(super) negative: bool,
    pub(super) coefficient: Coefficient,
    pub(super) exponent: i64,
}

/// The digits of a number without its sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Coefficient {
    Small(u128),
    /// Digits 0 to 9, most significant first, the first of them not 0. At least one digit.
    Long(Box<[u8]>),
}

impl Coefficient {
    /// From digits, most significant first.
    pub(super) fn from_digits(digits: &[u8]) -> Self {
        let first = digits.iter().position(|&digit| digit != 0).unwrap_or(digits.len());
        let digits = &digits[first..];
        if digits.len() as i64 <= MAX_SMALL_DIGITS {
            Self::Small(digits.iter().fold(0, |value, &digit| value * 10 + u128::from(digit)))
        } else {
            Self::Long(digits.into())
        }
    }

    fn is_zero(&self) -> bool {
        matches!(self, Self::Small(0))
    }

    /// The digits, most significant first; none for zero.
    pub(super) fn digits(&self) -> Vec<u8> {
        match self {
            Self::Small(0) => Vec::new(),
            Self::Small(value) => value.to_string().bytes().map(|byte| byte - b'0').collect(),
            Self::Long(digits) => digits.to_vec(),
        }
    }
}

impl Decimal {
    pub(super) fn new(negative: bool, coefficient: Coefficient, exponent: i64) -> Self {
        Self { negative: negative && !coefficient.is_zero(), coefficient, exponent }
    }

    pub(super) fn from_int(value: i64) -> Self {
        Self::new(value < 0, Coefficient::Small(u128::from(value.unsigned_abs())), 0)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.coefficient.is_zero()
    }

    pub(super) fn negated(&self) -> Self {
        Self::new(!self.negative, self.coefficient.clone(), self.exponent)
    }

    /// Order by value.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero(), self.negative, other.negative) {
            (true, true, ..) => Ordering::Equal,
            (true, false, _, negative) => {
                if negative {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (false, true, negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (_, _, true, false) => Ordering::Less,
            (_, _, false, true) => Ordering::Greater,
            (_, _, false, false) => self.compare_magnitude(other),
            (_, _, true, true) => other.compare_magnitude(self),
        }
    }

    /// Order of the magnitudes of two numbers, neither of them zero.
    pub(super) fn compare_magnitude(&self, other: &Self) -> Ordering {
        if let (Coefficient::Small(left), Coefficient::Small(right)) = (&self.coefficient, &other.coefficient) {
            let shift = self.exponent - other.exponent;
            // A product that does not fit is larger than any coefficient that does.
            return if shift >= 0 {
                scaled(*left, shift).map_or(Ordering::Greater, |left| left.cmp(right))
            } else {
                scaled(*right, -shift).map_or(Ordering::Less, |right| left.cmp(&right))
            };
        }
        let (left, right) = (self.coefficient.digits(), other.coefficient.digits());
        let order = (left.len() as i64 + self.exponent).cmp(&(right.len() as i64 + other.exponent));
        order.then_with(|| without_trailing_zeros(&left).cmp(without_trailing_zeros(&right)))
    }

    /// The number cut to `places` digits after the point, or grown by one in the last place when that lost something
    /// (away from zero). Says whether nothing was lost.
    pub(super) fn round_up(&self, places: i64) -> (Self, bool) {
        let surplus = -places - self.exponent;
        if surplus <= 0 || self.is_zero() {
            return (self.clone(), true);
        }
        let (mut kept, lost) = match &self.coefficient {
            Coefficient::Small(value) => match scaled(1, surplus) {
                Some(divisor) => (Coefficient::Small(value / divisor), value % divisor != 0),
                None => (Coefficient::Small(0), true),
            },
            Coefficient::Long(digits) => {
                let split = (digits.len() as i64 - surplus).max(0) as usize;
                let (kept, dropped) = digits.split_at(split);
                (Coefficient::from_digits(kept), dropped.iter().any(|&digit| digit != 0))
            }
        };
        if lost {
            kept = match kept {
                Coefficient::Small(value) => Coefficient::Small(value + 1),
                Coefficient::Long(digits) => {
                    let mut digits = digits.into_vec();
                    increment(&mut digits);
                    Coefficient::from_digits(&digits)
                }
            };
        }
        (Self::new(self.negative, kept, -places), !lost)
    }

    /// The product with a small factor.
    pub(super) fn times(&self, factor: u64) -> Self {
        if let Coefficient::Small(value) = self.coefficient
            && let Some(product) = value.checked_mul(u128::from(factor))
        {
            return Self::new(self.negative, Coefficient::Small(product), self.exponent);
        }
        let mut digits = self.coefficient.digits();
        let mut carry: u128 = 0;
        for digit in digits.iter_mut().rev() {
            let sum = u128::from(*digit) * u128::from(factor) + carry;
            *digit = (sum % 10) as u8;
            carry = sum / 10;
        }
        let mut front: Vec<u8> = Vec::new();
        while carry > 0 {
            front.push((carry % 10) as u8);
            carry /= 10;
        }
        front.reverse();
        front.extend(digits);
        Self::new(self.negative, Coefficient::from_digits(&front), self.exponent)
    }

    /// The sum.
    pub(super) fn plus(&self, other: &Self) -> Result<Self, QuantityError> {
        if self.is_zero() {
            return Ok(other.clone());
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        let exponent = self.exponent.min(other.exponent);
        let (larger, smaller) =
            if self.compare_magnitude(other) == Ordering::Less { (other, self) } else { (self, other) };
        let mut sum = larger.digits_at(exponent)?;
        let addend = smaller.digits_at(exponent)?;
        let subtract = larger.negative != smaller.negative;
        let mut carry = 0i8;
        let mut addend = addend.iter().rev();
        for digit in sum.iter_mut().rev() {
            let step = addend.next().map_or(0, |&digit| digit as i8);
            let total = *digit as i8 + if subtract { -step - carry } else { step + carry };
            carry = i8::from(!(0..10).contains(&total));
            *digit = total.rem_euclid(10) as u8;
        }
        if carry != 0 {
            sum.insert(0, 1);
        }
        Ok(Self::new(larger.negative, Coefficient::from_digits(&sum), exponent))
    }

    /// The product, exact.
    pub(super) fn multiply(&self, other: &Self) -> Result<Self, QuantityError> {
        let (left, right) = (self.coefficient.digits(), other.coefficient.digits());
        bounded((left.len() + right.len()) as i64)?;
        let mut product = vec![0u32; left.len() + right.len()];
        for (i, &a) in left.iter().enumerate().rev() {
            let mut carry = 0;
            for (j, &b) in right.iter().enumerate().rev() {
                let total = product[i + j + 1] + u32::from(a) * u32::from(b) + carry;
                product[i + j + 1] = total % 10;
                carry = total / 10;
            }
            product[i] = carry;
        }
        let digits: Vec<u8> = product.into_iter().map(|digit| digit as u8).collect();
        Ok(Self::new(
            self.negative != other.negative,
            Coefficient::from_digits(&digits),
            self.exponent + other.exponent,
        ))
    }

    /// The quotient cut (towards zero) to `places` digits after the point; negative places cut before it.
    pub(super) fn divide(&self, divisor: &Self, places: i64) -> Result<Self, QuantityError> {
        let divisor_value = match divisor.coefficient {
            Coefficient::Small(0) => return Err(QuantityError::DivisionByZero),
            Coefficient::Small(value) if value < u128::MAX / 10 => value,
            _ => return Err(QuantityError::TooLong),
        };
        let shift = self.exponent - divisor.exponent + places;
        let mut digits = self.coefficient.digits();
        if shift >= 0 {
            let length = bounded(digits.len() as i64 + shift)?;
            digits.resize(length, 0);
        } else {
            digits.truncate((digits.len() as i64 + shift).max(0) as usize);
        }
        let mut rest: u128 = 0;
        for digit in &mut digits {
            // The rest is below the divisor, which leaves room for one more digit.
            rest = rest * 10 + u128::from(*digit);
            *digit = (rest / divisor_value) as u8;
            rest %= divisor_value;
        }
        Ok(Self::new(self.negative != divisor.negative, Coefficient::from_digits(&digits), -places))
    }

    /// The digits with as many zeros behind them as bring the exponent down to `exponent`.
    fn digits_at(&self, exponent: i64) -> Result<Vec<u8>, QuantityError> {
        let mut digits = self.coefficient.digits();
        let length = bounded(digits.len() as i64 + (self.exponent - exponent))?;
        digits.resize(length, 0);
        Ok(digits)
    }
}

fn bounded(length: i64) -> Result<usize, QuantityError> {
    if (0..=MAX_RESULT_DIGITS).contains(&length) { Ok(length as usize) } else { Err(QuantityError::TooLong) }
}

/// `value` times ten to the power of `exponent`, if a `u128` holds it.
fn scaled(value: u128, exponent: i64) -> Option<u128> {
    if exponent > MAX_SMALL_DIGITS {
        return (value == 0).then_some(0);
    }
    value.checked_mul(10u128.pow(exponent as u32))
}

pub(super) fn without_trailing_zeros(digits: &[u8]) -> &[u8] {
    let end = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    &digits[..end]
}

fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        *digit += 1;
        if *digit < 10 {
            return;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
}
