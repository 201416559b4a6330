//! Go's `time.Duration`: reading (`time.ParseDuration`) and printing (`Duration.String`).

use std::fmt;

/// A length of time in nanoseconds, as Go's `time.Duration` holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GoDuration(pub i64);

/// Why a text is no duration; the text of the error is Go's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// The text has not the form of a duration, or is too long a time.
    #[error("time: invalid duration {}", quoted(.0))]
    Invalid(String),
    /// A number has no unit.
    #[error("time: missing unit in duration {}", quoted(.0))]
    MissingUnit(String),
    /// A unit is not known.
    #[error("time: unknown unit {} in duration {}", quoted(.unit), quoted(.text))]
    UnknownUnit {
        /// The unit as written.
        unit: String,
        /// The whole text.
        text: String,
    },
}

/// Why parsing stopped, before the text is copied into an error. Most texts that are tried are no durations.
enum Fault<'a> {
    Invalid,
    MissingUnit,
    UnknownUnit(&'a str),
}

const SECOND: i64 = 1_000_000_000;

/// The largest magnitude, that of the smallest `int64`.
const LIMIT: u64 = 1 << 63;

impl GoDuration {
    /// Reads a duration such as `1h30m`, `-1.5s`, `300ms` or `0`.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        parse(text).map_err(|fault| match fault {
            Fault::Invalid => DurationError::Invalid(text.to_owned()),
            Fault::MissingUnit => DurationError::MissingUnit(text.to_owned()),
            Fault::UnknownUnit(unit) => DurationError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() },
        })
    }

    /// Reads a duration; nothing when the text is none. Cheaper than [`GoDuration::parse`] where the reason is of no
    /// interest.
    pub fn read(text: &str) -> Option<Self> {
        parse(text).ok()
    }

    /// From whole seconds, wrapping around where Go's multiplication does.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.wrapping_mul(SECOND))
    }

    /// From a number of nanoseconds as Go converts a float on amd64: cut, and the smallest `int64` when out of range.
    pub fn from_float(nanoseconds: f64) -> Self {
        Self(float_to_int(nanoseconds))
    }

    /// Nanoseconds.
    pub fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Seconds with fraction (`Duration.Seconds`).
    pub fn seconds(self) -> f64 {
        (self.0 / SECOND) as f64 + (self.0 % SECOND) as f64 / 1e9
    }
}

/// A float as Go converts it to `int64` on amd64: cut towards zero, and the smallest `int64` for what does not fit.
pub fn float_to_int(number: f64) -> i64 {
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    if (-BOUND..BOUND).contains(&number) { number as i64 } else { i64::MIN }
}

fn parse(text: &str) -> Result<GoDuration, Fault<'_>> {
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(GoDuration(0));
    }
    if rest.is_empty() {
        return Err(Fault::Invalid);
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (part, after) = parse_part(rest)?;
        total = total.checked_add(part).filter(|&sum| sum <= LIMIT).ok_or(Fault::Invalid)?;
        rest = after;
    }
    if negative {
        return Ok(GoDuration((total as i64).wrapping_neg()));
    }
    i64::try_from(total).map(GoDuration).map_err(|_| Fault::Invalid)
}

/// One number with its unit, in nanoseconds, and what follows it.
fn parse_part(text: &str) -> Result<(u64, &str), Fault<'_>> {
    let whole_end = digits_end(text);
    let (whole_digits, mut rest) = text.split_at(whole_end);
    let mut fraction_digits = "";
    if let Some(after) = rest.strip_prefix('.') {
        (fraction_digits, rest) = after.split_at(digits_end(after));
    }
    if whole_digits.is_empty() && fraction_digits.is_empty() {
        return Err(Fault::Invalid);
    }
    let whole = whole_digits.bytes().try_fold(0u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(digit - b'0')).filter(|&number| number <= LIMIT)
    });
    let whole = whole.ok_or(Fault::Invalid)?;
    let unit_end = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(unit_end);
    let unit: u64 = match name {
        "" => return Err(Fault::MissingUnit),
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return Err(Fault::UnknownUnit(name)),
    };
    let mut part = whole.checked_mul(unit).filter(|&part| part <= LIMIT).ok_or(Fault::Invalid)?;
    let (fraction, scale) = read_fraction(fraction_digits);
    if fraction > 0 {
        part += (fraction as f64 * (unit as f64 / scale)) as u64;
        if part > LIMIT {
            return Err(Fault::Invalid);
        }
    }
    Ok((part, rest))
}

fn digits_end(text: &str) -> usize {
    text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len())
}

/// Digits after a point as a number and the power of ten that it counts in; digits that do not fit are dropped.
fn read_fraction(digits: &str) -> (u64, f64) {
    let (mut number, mut scale) = (0u64, 1.0);
    for digit in digits.bytes() {
        if number > (LIMIT - 1) / 10 {
            break;
        }
        let next = number * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale)
}

/// A text in quotes, with anything but printable ASCII as hexadecimal bytes.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='\x7f' => quoted.push(c),
            _ => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    quoted.push_str(&format!("\\x{byte:02x}"));
                }
            }
        }
    }
    quoted.push('"');
    quoted
}

impl fmt::Display for GoDuration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let total = self.0.unsigned_abs();
        match total {
            0 => return out.write_str("0s"),
            1..1_000 => return write!(out, "{sign}{total}ns"),
            1_000..1_000_000 => return write!(out, "{sign}{}{}µs", total / 1_000, Fraction(total % 1_000, 3)),
            1_000_000..1_000_000_000 => {
                return write!(out, "{sign}{}{}ms", total / 1_000_000, Fraction(total % 1_000_000, 6));
            }
            _ => {}
        }
        let (seconds, fraction) = (total / SECOND.unsigned_abs(), Fraction(total % SECOND.unsigned_abs(), 9));
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        out.write_str(sign)?;
        if hours > 0 {
            write!(out, "{hours}h")?;
        }
        if minutes > 0 {
            write!(out, "{}m", minutes % 60)?;
        }
        write!(out, "{}{fraction}s", seconds % 60)
    }
}

/// A number of so many digits after a point; trailing zeros are left out, and the point too when nothing remains.
struct Fraction(u64, usize);

impl fmt::Display for Fraction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0width$}", self.0, width = self.1);
        match digits.trim_end_matches('0') {
            "" => Ok(()),
            digits => write!(out, ".{digits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_as_go_does() {
        let cases = [
            ("0", 0),
            ("-0", 0),
            ("+5s", 5 * SECOND),
            ("1h30m", 5400 * SECOND),
            ("1.5h", 5400 * SECOND),
            (".5s", SECOND / 2),
            ("1.s", SECOND),
            ("-1m", -60 * SECOND),
            ("3us2ns", 3_002),
            ("3µs", 3_000),
            ("3μs", 3_000),
            ("0.100000000000000000000h", 360 * SECOND),
            ("0.9223372036854775807h", 3_320_413_933_267),
            ("9223372036854775807ns", i64::MAX),
            ("-9223372036854775808ns", i64::MIN),
            ("0.3333333333333333333h", 1200 * SECOND),
        ];
        for (text, nanoseconds) in cases {
            assert_eq!(GoDuration::parse(text), Ok(GoDuration(nanoseconds)), "{text}");
        }
    }

    #[test]
    fn refuses_in_go_s_words() {
        let cases = [
            ("", r#"time: invalid duration """#),
            ("-", r#"time: invalid duration "-""#),
            (".s", r#"time: invalid duration ".s""#),
            ("1h30", r#"time: missing unit in duration "1h30""#),
            ("1d", r#"time: unknown unit "d" in duration "1d""#),
            ("3é", r#"time: unknown unit "\xc3\xa9" in duration "3\xc3\xa9""#),
            ("1\"", r#"time: unknown unit "\"" in duration "1\"""#),
            ("9223372036854775808ns", r#"time: invalid duration "9223372036854775808ns""#),
            ("3000000h", r#"time: invalid duration "3000000h""#),
        ];
        for (text, error) in cases {
            assert_eq!(GoDuration::parse(text).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn prints_as_go_does() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (3_300_000_000, "3.3s"),
            (245 * SECOND, "4m5s"),
            (3600 * SECOND, "1h0m0s"),
            (-5400 * SECOND - 1, "-1h30m0.000000001s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(GoDuration(nanoseconds).to_string(), text);
        }
    }

    #[test]
    fn a_megabyte_takes_no_time() {
        let start = std::time::Instant::now();
        for text in ["1".repeat(1 << 20), "1s".repeat(1 << 19), format!("0.{}s", "9".repeat(1 << 20))] {
            let _ = GoDuration::read(&text);
        }
        assert!(start.elapsed().as_secs() < 2);
    }

    proptest! {
        #[test]
        fn any_text_parses_or_errs(text in "[-+.0-9a-zµ]{0,30}") {
            let _ = GoDuration::parse(&text).map_err(|error| error.to_string());
        }

        #[test]
        fn what_is_printed_reads_back(nanoseconds: i64) {
            let printed = GoDuration(nanoseconds).to_string();
            // Go reads fractions through floats, which may lose the last nanosecond of long times.
            let read = GoDuration::read(&printed).map(|read| read.0.wrapping_sub(nanoseconds));
            prop_assert!(read.is_some_and(|difference| (-1..=1).contains(&difference)));
        }
    }
}
