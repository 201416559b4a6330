//! What a scalar means: the words and numbers of YAML 1.1, as go-yaml v2 takes them (`resolve.go`).

use super::timestamp::is_timestamp;

/// The meaning of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// A whole number that only fits without a sign.
    Unsigned(u64),
    Float(f64),
    /// The text as it stands.
    Text,
    /// Base64 of a text.
    Binary,
}

impl Scalar {
    /// The tag that says the same.
    pub(super) fn tag(&self) -> Tag {
        match self {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) | Self::Unsigned(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Text => Tag::Text,
            Self::Binary => Tag::Binary,
        }
    }
}

/// What a scalar with an explicit tag must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Text,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
    /// `!!merge`, which only means something on a key.
    Merge,
    /// A lone `!`.
    NonSpecific,
    /// Any other tag; it makes the scalar text.
    Other,
}

impl Tag {
    /// The tag of a full name such as `tag:yaml.org,2002:int`.
    pub(super) fn from_name(name: &str) -> Self {
        if name == "!" {
            return Self::NonSpecific;
        }
        match name.strip_prefix("tag:yaml.org,2002:") {
            Some("str") => Self::Text,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("null") => Self::Null,
            Some("timestamp") => Self::Timestamp,
            Some("binary") => Self::Binary,
            Some("merge") => Self::Merge,
            _ => Self::Other,
        }
    }

    /// The tag as authors write it.
    pub(super) fn short_name(self) -> &'static str {
        match self {
            Self::Text => "!!str",
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Null => "!!null",
            Self::Timestamp => "!!timestamp",
            Self::Binary => "!!binary",
            Self::Merge => "!!merge",
            Self::NonSpecific | Self::Other => "!",
        }
    }
}

/// The meaning of a plain scalar without a tag.
pub(super) fn resolve_plain(text: &str) -> Scalar {
    match text.as_bytes().first() {
        None => Scalar::Null,
        Some(b'0'..=b'9' | b'+' | b'-') => resolve_word(text).unwrap_or_else(|| resolve_number(text)),
        Some(b'.') => resolve_word(text).unwrap_or_else(|| {
            let number = if text.contains('_') { parse_separated(text) } else { parse_fraction(text) };
            number.map_or(Scalar::Text, Scalar::Float)
        }),
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => {
            resolve_word(text).unwrap_or(Scalar::Text)
        }
        Some(_) => Scalar::Text,
    }
}

/// The meaning of a scalar with a tag, plain or not; nothing when the two do not go together.
pub(super) fn resolve_tagged(tag: Tag, text: &str) -> Option<Scalar> {
    match tag {
        Tag::Text | Tag::Merge | Tag::NonSpecific | Tag::Other => return Some(Scalar::Text),
        Tag::Binary => return Some(Scalar::Binary),
        Tag::Timestamp => return is_timestamp(text).then_some(Scalar::Text),
        Tag::Bool | Tag::Int | Tag::Float | Tag::Null => {}
    }
    let meaning = resolve_plain(text);
    match (tag, &meaning) {
        (Tag::Float, Scalar::Int(number)) => Some(Scalar::Float(*number as f64)),
        (Tag::Null, Scalar::Null)
        | (Tag::Bool, Scalar::Bool(_))
        | (Tag::Int, Scalar::Int(_) | Scalar::Unsigned(_))
        | (Tag::Float, Scalar::Float(_)) => Some(meaning),
        _ => None,
    }
}

fn resolve_word(text: &str) -> Option<Scalar> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// A number that starts with a digit or a sign. Underscores may stand anywhere in it.
fn resolve_number(text: &str) -> Scalar {
    let without_underscores;
    let digits = if text.contains('_') {
        without_underscores = text.replace('_', "");
        without_underscores.as_str()
    } else {
        text
    };
    if let Some(number) = parse_signed(digits) {
        return Scalar::Int(number);
    }
    if let Some(number) = parse_unsigned(digits) {
        return Scalar::Unsigned(number);
    }
    if let Some(number) = parse_fraction(digits) {
        return Scalar::Float(number);
    }
    // go-yaml tries binary digits once more and lets a sign stand after the prefix then.
    let binary = digits.strip_prefix("0b").filter(|binary| binary.starts_with(['+', '-']));
    match binary.and_then(|binary| i64::from_str_radix(binary, 2).ok()) {
        Some(number) => Scalar::Int(number),
        None => Scalar::Text,
    }
}

/// A whole number with a sign, in the notation that its prefix names.
fn parse_signed(digits: &str) -> Option<i64> {
    let (is_negative, magnitude) = match digits.as_bytes().first()? {
        b'-' => (true, digits.get(1..)?),
        b'+' => (false, digits.get(1..)?),
        _ => (false, digits),
    };
    let magnitude = parse_unsigned(magnitude)?;
    if is_negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// A whole number without a sign: `0x`, `0o` and `0b` name their base, and a leading 0 makes it octal.
fn parse_unsigned(digits: &str) -> Option<u64> {
    let bytes = digits.as_bytes();
    let (radix, digits) = match (bytes.first()?, bytes.get(1)) {
        (b'0', Some(b'x' | b'X')) => (16, digits.get(2..)?),
        (b'0', Some(b'o' | b'O')) => (8, digits.get(2..)?),
        (b'0', Some(b'b' | b'B')) => (2, digits.get(2..)?),
        (b'0', Some(_)) => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // The standard library would take a sign here.
    if !digits.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// A decimal number in which each underscore stands between two digits.
fn parse_separated(text: &str) -> Option<f64> {
    let mut groups = text.split('_').peekable();
    let mut is_first = true;
    while let Some(group) = groups.next() {
        let begins_well = is_first || group.starts_with(|first: char| first.is_ascii_digit());
        let ends_well = groups.peek().is_none() || group.ends_with(|last: char| last.is_ascii_digit());
        if !begins_well || !ends_well {
            return None;
        }
        is_first = false;
    }
    parse_fraction(&text.replace('_', ""))
}

/// A decimal number with an optional fraction and exponent; nothing when it is too large for a float.
fn parse_fraction(text: &str) -> Option<f64> {
    let is_decimal = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    // What is left of Rust's notation for floats is the same as go-yaml's.
    let number: f64 = text.parse().ok().filter(|_| is_decimal)?;
    number.is_finite().then_some(number)
}

/// A number as the text of a key: Go's shortest notation of a 32-bit float (`FormatFloat(key, 'g', -1, 32)`).
pub(super) fn float_key(number: f64) -> String {
    let number = number as f32;
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{number}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn float_keys_read_as_go_prints_them() {
        let cases = [
            (1.0, "1"),
            (0.1, "0.1"),
            (123_456.0, "123456"),
            (1_234_567.0, "1.234567e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-2.5e10, "-2.5e+10"),
            (1e300, ".inf"),
            (-1e300, "-.inf"),
            (1e-300, "0"),
            (2.123_456_789_012, "2.1234567"),
        ];
        for (number, key) in cases {
            assert_eq!(float_key(number), key, "{number}");
        }
        assert_eq!(float_key(f64::NAN), ".nan");
    }

    #[test]
    fn tags_ask_for_a_meaning() {
        assert_eq!(resolve_tagged(Tag::Int, "0x10"), Some(Scalar::Int(16)));
        assert_eq!(resolve_tagged(Tag::Int, "1.5"), None);
        assert_eq!(resolve_tagged(Tag::Float, "1"), Some(Scalar::Float(1.0)));
        assert_eq!(resolve_tagged(Tag::Float, "18446744073709551615"), None);
        assert_eq!(resolve_tagged(Tag::Null, ""), Some(Scalar::Null));
        assert_eq!(resolve_tagged(Tag::Bool, ""), None);
        assert_eq!(resolve_tagged(Tag::Other, "1"), Some(Scalar::Text));
    }
}
