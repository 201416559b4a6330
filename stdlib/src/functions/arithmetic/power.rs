//! Whole powers as Go computes them (`math.Pow`).
//!
//! A power that no float holds exactly has a last digit that depends on the order of the multiplications. Rust leaves
//! `powf` to the platform, so the order is spelled out here: squares of the fraction of the base are multiplied in from
//! the lowest bit of the exponent up, and the powers of two are counted apart.

/// Powers of two that a product takes in one step without leaving the range of normal floats.
const STEP: i64 = 1000;

/// Beyond this power of two no further square is taken: the result is infinite or zero whatever the fraction is.
const LIMIT: i64 = 1 << 12;

/// `base`, which is positive and no subnormal number, to the power of `exponent`. Infinite when it is too large.
pub(super) fn power(base: f64, exponent: u64) -> f64 {
    let (mut square, mut square_twos) = fraction_and_twos(base);
    let (mut fraction, mut twos) = (1.0, 0);
    let mut bits = exponent;
    while bits != 0 {
        if square_twos.abs() > LIMIT {
            twos += square_twos;
            break;
        }
        if bits & 1 == 1 {
            fraction *= square;
            twos += square_twos;
        }
        square *= square;
        square_twos *= 2;
        if square < 0.5 {
            square *= 2.0;
            square_twos -= 1;
        }
        bits >>= 1;
    }
    scaled(fraction, twos)
}

/// A normal float as a fraction from 0.5 up to 1 and a power of two (`math.Frexp`).
fn fraction_and_twos(number: f64) -> (f64, i64) {
    const FRACTION_BITS: u32 = 52;
    const EXPONENT_MASK: u64 = 0x7ff;
    /// The exponent field of the floats from 0.5 up to 1.
    const HALF: u64 = 0x3fe;
    let bits = number.to_bits();
    let field = bits >> FRACTION_BITS & EXPONENT_MASK;
    let fraction = f64::from_bits(bits & !(EXPONENT_MASK << FRACTION_BITS) | HALF << FRACTION_BITS);
    (fraction, field as i64 - HALF as i64)
}

/// A number times a power of two (`math.Ldexp`).
fn scaled(mut number: f64, twos: i64) -> f64 {
    let mut left = twos;
    while left != 0 && number != 0.0 && number.is_finite() {
        let step = left.clamp(-STEP, STEP);
        number *= 2f64.powi(step as i32);
        left -= step;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_that_floats_hold_are_exact() {
        for (places, exact) in [(0, 1.0), (1, 10.0), (2, 100.0), (15, 1e15), (22, 1e22)] {
            assert_eq!(power(10.0, places), exact);
        }
        assert_eq!(power(2.0, 1023), 8.98846567431158e307);
        assert_eq!(power(0.5, 1022), f64::MIN_POSITIVE);
    }

    #[test]
    fn results_leave_the_range_on_both_sides() {
        assert!(power(10.0, 308).is_finite());
        for exponent in [309, 5000, u64::MAX] {
            assert_eq!(power(10.0, exponent), f64::INFINITY);
            assert_eq!(power(0.05, exponent), 0.0);
        }
    }
}
