//! Numbers as Go reads them (`strconv`).

/// A float as Go's `strconv.ParseFloat(text, 64)` reads it: decimal or hexadecimal, underscores between digits,
/// `Inf`, `Infinity` and `NaN` in any case. Nothing when it is no number or too large.
pub fn parse_float(text: &str) -> Option<f64> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = parse_unsigned(unsigned, text)?;
    Some(if negative { -magnitude } else { magnitude })
}

/// A whole number as Go's `strconv.ParseInt(text, 10, 64)` reads it.
///
/// # Errors
///
/// Go's text of the error.
pub fn parse_int(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("strconv.ParseInt: parsing {}: invalid syntax", quote(text)));
    }
    text.parse().map_err(|_| format!("strconv.ParseInt: parsing {}: value out of range", quote(text)))
}

/// Text in double quotes as Go's `strconv.Quote` writes it.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            ' '..='~' => out.push(character),
            other if other.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(other))),
            other if is_printable(other) => out.push(other),
            other if u32::from(other) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => out.push_str(&format!("\\U{:08x}", u32::from(other))),
        }
    }
    out.push('"');
    out
}

/// Whether Go prints a character as it is: Rust's debug form escapes the same classes (controls, unassigned, private use
/// and separators other than the space).
fn is_printable(character: char) -> bool {
    // A combining character is escaped only at the beginning of a text, hence the letter before it.
    let mut bytes = [b'x', 0, 0, 0, 0];
    let length = 1 + character.encode_utf8(&mut bytes[1..]).len();
    std::str::from_utf8(&bytes[..length]).is_ok_and(|text| text.escape_debug().count() == 2)
}

fn parse_unsigned(unsigned: &str, whole: &str) -> Option<f64> {
    let lower = unsigned.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Some(f64::INFINITY),
        // Go takes no sign before NaN.
        "nan" => return (unsigned.len() == whole.len()).then_some(f64::NAN),
        _ => {}
    }
    if !underscores_separate_digits(&lower) {
        return None;
    }
    let digits = lower.replace('_', "");
    let value = match digits.strip_prefix("0x") {
        Some(hexadecimal) => parse_hexadecimal(hexadecimal)?,
        None if digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') => digits.parse().ok()?,
        None => return None,
    };
    value.is_finite().then_some(value)
}

/// Go's rule: an underscore stands between two digits or between a base prefix and a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let hexadecimal = text.starts_with("0x");
    let is_digit = |byte: u8| byte.is_ascii_digit() || (hexadecimal && byte.is_ascii_hexdigit());
    let bytes = text.as_bytes();
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_').all(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        let after = bytes.get(at + 1).copied();
        (before.is_some_and(is_digit) || (hexadecimal && at == 2)) && after.is_some_and(is_digit)
    })
}

/// `h.hhhp±d`; the binary exponent is required. Digits beyond what a float holds are rounded to nearest even.
fn parse_hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let exponent_digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if exponent_digits.is_empty() || !exponent_digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let negative_exponent = exponent.starts_with('-');
    let exponent = exponent_digits.parse::<i64>().unwrap_or(i64::MAX).min(1_000_000);
    let mut scale = if negative_exponent { -exponent } else { exponent };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut bits: u64 = 0;
    let mut lost = false;
    for (in_fraction, digit) in
        whole.chars().map(|digit| (false, digit)).chain(fraction.chars().map(|digit| (true, digit)))
    {
        let digit = u64::from(digit.to_digit(16)?);
        if bits >> 58 == 0 {
            bits = bits << 4 | digit;
            scale -= if in_fraction { 4 } else { 0 };
        } else {
            lost |= digit != 0;
            scale += if in_fraction { 0 } else { 4 };
        }
    }
    // A sticky low bit keeps the one rounding step, in the conversion to a float, exact.
    Some(scale_by_two(bits | u64::from(lost), scale))
}

/// `bits` times two to the power of `scale`, rounded once.
fn scale_by_two(bits: u64, scale: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = i64::from(64 - bits.leading_zeros());
    // Bits below the last place of the result, which is subnormal when the exponent is below -1022.
    let dropped = (length - 53).max(-1074 - scale).max(0);
    if dropped > 63 {
        // At most half of the smallest number is left: zero, unless it is more than half.
        return if dropped == length && bits > 1 << 63 { f64::from_bits(1) } else { 0.0 };
    }
    let kept = bits >> dropped;
    let rest = bits & ((1 << dropped) - 1);
    let half = if dropped == 0 { u64::MAX } else { 1 << (dropped - 1) };
    let rounded = kept + u64::from(rest > half || (rest == half && kept & 1 == 1));
    let exponent = scale + dropped;
    if exponent > 1100 {
        return f64::INFINITY;
    }
    // Two steps, so that neither factor overflows or loses bits on the way.
    let first = exponent.max(-1000);
    rounded as f64 * 2f64.powi(first as i32) * 2f64.powi((exponent - first) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_read_as_go_reads_them() {
        let cases = [
            ("1", Some(1.0)),
            ("+1", Some(1.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1E3", Some(1000.0)),
            ("1_000", Some(1000.0)),
            ("007", Some(7.0)),
            ("infinity", Some(f64::INFINITY)),
            ("-Inf", Some(f64::NEG_INFINITY)),
            ("0x1p-2", Some(0.25)),
            ("0x1_0p1", Some(32.0)),
            ("0X1.8p0", Some(1.5)),
            ("0x1p-1074", Some(f64::from_bits(1))),
            ("0x1p-1075", Some(0.0)),
            ("0x1.fffffffffffff8p0", Some(2.0)),
            ("1e-400", Some(0.0)),
            ("1e400", None),
            ("0x1p1024", None),
            ("0x10", None),
            ("0b1", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            ("", None),
            (" 1", None),
            ("1,5", None),
            (".", None),
            ("e1", None),
            ("-nan", None),
        ];
        for (text, number) in cases {
            assert_eq!(parse_float(text), number, "{text}");
        }
        assert!(parse_float("NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn whole_numbers_say_why_they_are_none() {
        assert_eq!(parse_int("-42"), Ok(-42));
        assert_eq!(parse_int("x"), Err("strconv.ParseInt: parsing \"x\": invalid syntax".to_owned()));
        assert_eq!(parse_int("1_0"), Err("strconv.ParseInt: parsing \"1_0\": invalid syntax".to_owned()));
        assert_eq!(
            parse_int("9223372036854775808"),
            Err("strconv.ParseInt: parsing \"9223372036854775808\": value out of range".to_owned())
        );
    }

    #[test]
    fn quoted_text_escapes_what_does_not_print() {
        assert_eq!(quote("a\"\\\n\u{1}é'"), "\"a\\\"\\\\\\n\\x01é'\"");
        assert_eq!(quote("\u{200b}\u{1f600}"), "\"\\u200b😀\"");
    }
}
