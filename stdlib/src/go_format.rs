//! Numbers as Go prints them: `strconv.FormatFloat` with the shortest digits, `fmt`'s `%v`, and `encoding/json`.
//!
//! All forms start from the same digits, the shortest that read back as the same number; they differ in where the
//! exponent begins.

use std::fmt::LowerExp;
use std::str::FromStr;

/// Text of a float as Go's `fmt.Sprint` and `%v` give it: an exponent below 1e-4 and from 1e+06 on.
pub fn general(number: f64) -> String {
    let Some(digits) = Digits::of(number.abs(), number.is_sign_negative()) else { return not_finite(number) };
    if (-4..6).contains(&digits.exponent) { digits.positional() } else { digits.scientific('e') }
}

/// Text of a float as Go's `strconv.FormatFloat(number, 'f', -1, 64)` gives it: never an exponent.
pub fn plain(number: f64) -> String {
    Digits::of(number.abs(), number.is_sign_negative()).map_or_else(|| not_finite(number), |digits| digits.positional())
}

/// Text of a float as Go's `strconv.FormatFloat(number, 'f', -1, 32)` gives it: rounded to 32 bits, never an exponent.
pub fn plain_32(number: f64) -> String {
    let narrow = number as f32;
    Digits::of(narrow.abs(), narrow.is_sign_negative())
        .map_or_else(|| not_finite(f64::from(narrow)), |digits| digits.positional())
}

/// Text of a float as Go's `strconv.FormatFloat(number, 'E', -1, 64)` gives it: always an exponent.
pub fn scientific(number: f64) -> String {
    Digits::of(number.abs(), number.is_sign_negative())
        .map_or_else(|| not_finite(number), |digits| digits.scientific('E'))
}

/// Text of a float as Go's `encoding/json` writes it: an exponent below 1e-6 and from 1e21 on, without leading zeros.
/// Nothing for NaN and infinities, which JSON cannot hold.
pub fn json(number: f64) -> Option<String> {
    Some(json_iterator(number)?.replace("e-0", "e-"))
}

/// Text of a float as json-iterator writes it: as [`json`], but small exponents have two digits.
pub fn json_iterator(number: f64) -> Option<String> {
    let digits = Digits::of(number.abs(), number.is_sign_negative())?;
    let magnitude = number.abs();
    let is_positional = magnitude == 0.0 || (1e-6..1e21).contains(&magnitude);
    Some(if is_positional { digits.positional() } else { digits.scientific('e') })
}

fn not_finite(number: f64) -> String {
    let text = if number.is_nan() {
        "NaN"
    } else if number < 0.0 {
        "-Inf"
    } else {
        "+Inf"
    };
    text.to_owned()
}

/// A number can lie halfway between two shortest forms only when they have at least so many digits.
const SHORTEST_TIE: usize = 7;

/// More digits than any number of 64 bits has.
const ALL_DIGITS: usize = 800;

/// The digits and the exponent of a number in Rust's scientific form.
fn split(text: &str) -> Option<(String, i32)> {
    let (mantissa, exponent) = text.split_once('e')?;
    Some((mantissa.chars().filter(|&digit| digit != '.').collect(), exponent.parse().ok()?))
}

/// When a number lies exactly halfway between two texts of so many digits, Rust takes the larger one and Go the even one:
/// gives the smaller one if that is even and reads back as the same number.
fn even_of_tie<F: LowerExp + FromStr + PartialEq>(magnitude: &F, length: usize) -> Option<String> {
    let (next, exponent) = split(&format!("{magnitude:.length$e}"))?;
    let smaller = next.strip_suffix('5').filter(|digits| digits.ends_with(['0', '2', '4', '6', '8']))?;
    let (all, _) = split(&format!("{magnitude:.ALL_DIGITS$e}"))?;
    let (first, rest) = smaller.split_at(1);
    let reads_back = format!("{first}.{rest}e{exponent}").parse::<F>().is_ok_and(|back| back == *magnitude);
    (reads_back && all.trim_end_matches('0') == next).then(|| smaller.to_owned())
}

/// The shortest decimal digits of a number: `d.ddd` times ten to the power of `exponent`.
struct Digits {
    negative: bool,
    digits: String,
    exponent: i32,
}

impl Digits {
    /// The digits of a magnitude; nothing when it is not finite.
    fn of<F: LowerExp + FromStr + PartialEq>(magnitude: F, negative: bool) -> Option<Self> {
        let (mut digits, exponent) = split(&format!("{magnitude:e}"))?;
        if digits.len() >= SHORTEST_TIE
            && let Some(even) = even_of_tie(&magnitude, digits.len())
        {
            digits = even;
        }
        Some(Self { negative, digits, exponent })
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    fn positional(&self) -> String {
        let (sign, digits) = (self.sign(), self.digits.as_str());
        if self.exponent < 0 {
            let zeros = "0".repeat(self.exponent.unsigned_abs() as usize - 1);
            return format!("{sign}0.{zeros}{digits}");
        }
        let whole = self.exponent as usize + 1;
        match digits.split_at_checked(whole) {
            Some((before, "")) => format!("{sign}{before}"),
            Some((before, after)) => format!("{sign}{before}.{after}"),
            None => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
        }
    }

    fn scientific(&self, letter: char) -> String {
        let (first, rest) = self.digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if self.exponent < 0 { '-' } else { '+' };
        format!("{}{first}{point}{rest}{letter}{exponent_sign}{:02}", self.sign(), self.exponent.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn general_form_has_an_exponent_from_a_million_on() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (100000.0, "100000"),
            (123456.5, "123456.5"),
            (1e6, "1e+06"),
            (1234567.0, "1.234567e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e100, "1e+100"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (number, text) in cases {
            assert_eq!(general(number), text);
        }
    }

    #[test]
    fn json_form_has_an_exponent_from_1e21_on() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (1e-10, "1e-10"),
            (5e-324, "5e-324"),
            (4.35, "4.35"),
            (f64::powi(2.0, -24), "5.960464477539063e-8"),
            (f64::powi(2.0, -25), "2.9802322387695312e-8"),
        ];
        for (number, text) in cases {
            assert_eq!(json(number).as_deref(), Some(text));
        }
        assert_eq!(json(f64::NAN), None);
        assert_eq!(json(f64::INFINITY), None);
    }

    #[test]
    fn plain_form_never_has_an_exponent() {
        assert_eq!(plain(1e21), "1000000000000000000000");
        assert_eq!(plain(1.5e-7), "0.00000015");
        assert_eq!(plain_32(123456789.0), "123456790");
        assert_eq!(plain_32(0.1), "0.1");
        assert_eq!(plain_32(3_260_475.25), "3260475.2");
        assert_eq!(plain_32(3_260_475.75), "3260475.8");
        assert_eq!(plain(f64::powi(2.0, 50) + 0.25), "1125899906842624.2");
        assert_eq!(plain_32(1e39), "+Inf");
    }

    #[test]
    fn scientific_form_always_has_an_exponent() {
        assert_eq!(scientific(1.5), "1.5E+00");
        assert_eq!(scientific(-120.0), "-1.2E+02");
        assert_eq!(scientific(0.001), "1E-03");
    }
}
