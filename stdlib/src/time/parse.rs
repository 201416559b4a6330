//! Reading times in Go's layouts (`time.Parse`).

use super::Time;
use super::fields::{Fields, Zones};
use super::layout::{Element, Offset, Width, first_element};

/// Why a text is no time in a layout, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parsing time {}{detail}", quoted(.text.as_bytes()))]
pub struct TimeError {
    text: String,
    detail: String,
}

/// Why an element cannot be read.
enum Fault {
    /// The text has not its form.
    Form,
    /// The number is out of range.
    Range(&'static str),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// How long a layout or a time may be. Nobody writes longer ones, and reading one takes a while.
const LENGTH_MAX: usize = 1 << 12;

pub(super) fn parse(layout: &str, text: &str) -> Result<Time, TimeError> {
    if layout.len() > LENGTH_MAX || text.len() > LENGTH_MAX {
        let detail = format!(": layout or time are longer than {LENGTH_MAX} bytes");
        return Err(TimeError { text: text.chars().take(40).collect(), detail });
    }
    let refused = |detail: String| TimeError { text: text.to_owned(), detail };
    let unfit = |value: &[u8], element: &[u8]| {
        let (layout, value, element) = (quoted(layout.as_bytes()), quoted(value), quoted(element));
        refused(format!(" as {layout}: cannot parse {value} as {element}"))
    };
    let mut fields = Fields::default();
    let (mut layout_rest, mut value) = (layout.as_bytes(), text.as_bytes());
    loop {
        let found = first_element(layout_rest);
        value = skip(value, found.before).map_err(|value| unfit(value, found.before))?;
        let Some(element) = found.element else {
            if !value.is_empty() {
                return Err(refused(format!(": extra text: {}", quoted(value))));
            }
            return fields.instant().map_err(|detail| refused(detail.to_owned()));
        };
        layout_rest = found.after;
        let fraction_follows =
            matches!(first_element(layout_rest).element, Some(Element::Fraction { .. } | Element::OptionalFraction));
        let mut reader = Reader { rest: value };
        match reader.element(element, fraction_follows, &mut fields) {
            Ok(()) => value = reader.rest,
            Err(Fault::Form) => return Err(unfit(value, found.text)),
            Err(Fault::Range(what)) => return Err(refused(format!(": {what} out of range"))),
        }
    }
}

/// What follows a literal part of the layout; otherwise where it stops to fit. Spaces stand for any number of spaces.
fn skip<'t>(mut value: &'t [u8], mut literal: &[u8]) -> Result<&'t [u8], &'t [u8]> {
    while let [first, rest @ ..] = literal {
        if *first == b' ' {
            if value.first().is_some_and(|byte| *byte != b' ') {
                return Err(value);
            }
            literal = without_spaces(literal);
            value = without_spaces(value);
        } else {
            value = value.strip_prefix(&[*first]).ok_or(value)?;
            literal = rest;
        }
    }
    Ok(value)
}

fn without_spaces(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| *byte != b' ').unwrap_or(text.len());
    &text[start..]
}

/// Reads elements from the front of a text.
struct Reader<'t> {
    rest: &'t [u8],
}

impl<'t> Reader<'t> {
    fn element(&mut self, element: Element, fraction_follows: bool, fields: &mut Fields) -> Result<(), Fault> {
        match element {
            Element::Year => {
                let year = self.signed_number(2)?;
                fields.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            Element::LongYear => {
                if !self.rest.first().is_some_and(u8::is_ascii_digit) {
                    return Err(Fault::Form);
                }
                fields.year = self.signed_number(4)?;
            }
            Element::LongMonth => fields.month = Some(self.name(&MONTHS, usize::MAX)? + 1),
            Element::Month => fields.month = Some(self.name(&MONTHS, 3)? + 1),
            Element::NumericMonth { fixed } => {
                fields.month = Some(in_range(self.number(2, fixed)?, 1..=12, "month")?);
            }
            Element::LongWeekday => {
                self.name(&WEEKDAYS, usize::MAX)?;
            }
            Element::Weekday => {
                self.name(&WEEKDAYS, 3)?;
            }
            Element::Day(width) => {
                self.padding(width, 1);
                fields.day = Some(self.number(2, width == Width::Zeros)?);
            }
            Element::DayOfYear(width) => {
                self.padding(width, 2);
                fields.day_of_year = Some(self.number(3, width == Width::Zeros)?);
            }
            Element::Hour => fields.hour = in_range(self.number(2, false)?, 0..=23, "hour")?,
            Element::HourOfTwelve { fixed } => fields.hour = in_range(self.number(2, fixed)?, 0..=12, "hour")?,
            Element::Minute { fixed } => fields.minute = in_range(self.number(2, fixed)?, 0..=59, "minute")?,
            Element::Second { fixed } => {
                fields.second = in_range(self.number(2, fixed)?, 0..=59, "second")?;
                if !fraction_follows {
                    // A fraction is taken although the layout has none.
                    self.optional_fraction(fields)?;
                }
            }
            Element::HalfOfDay { lower } => match (self.take(2)?, lower) {
                (b"AM", false) | (b"am", true) => fields.morning = true,
                (b"PM", false) | (b"pm", true) => fields.afternoon = true,
                _ => return Err(Fault::Form),
            },
            Element::ZoneName => self.zone_name(&mut fields.zones)?,
            Element::Offset(offset) => self.offset(offset, &mut fields.zones)?,
            Element::Fraction { digits } => {
                let text = self.take(digits + 1)?;
                fields.nanosecond = nanoseconds(text)?;
            }
            Element::OptionalFraction => self.optional_fraction(fields)?,
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> Result<&'t [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Fault::Form)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Just so many characters, digits and perhaps a sign.
    fn signed_number(&mut self, length: usize) -> Result<i64, Fault> {
        signed(self.take(length)?)
    }

    /// As many digits as there are, so many at most; just so many when fixed.
    fn number(&mut self, digits: usize, fixed: bool) -> Result<i64, Fault> {
        let found = self.rest.iter().take(digits).take_while(|byte| byte.is_ascii_digit()).count();
        if found == 0 || (fixed && found < digits) {
            return Err(Fault::Form);
        }
        signed(self.take(found)?)
    }

    fn padding(&mut self, width: Width, most: usize) {
        for _ in 0..most {
            if width == Width::Spaces {
                self.rest = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
            }
        }
    }

    /// The position of a name of which only the first letters are written, in any case.
    fn name(&mut self, names: &[&str], letters: usize) -> Result<i64, Fault> {
        let matching = names.iter().enumerate().find_map(|(at, name)| {
            let name = &name.as_bytes()[..letters.min(name.len())];
            let (start, rest) = self.rest.split_at_checked(name.len())?;
            start.eq_ignore_ascii_case(name).then_some((at as i64, rest))
        });
        let (at, rest) = matching.ok_or(Fault::Form)?;
        self.rest = rest;
        Ok(at)
    }

    fn optional_fraction(&mut self, fields: &mut Fields) -> Result<(), Fault> {
        if let [b'.' | b',', digits @ ..] = self.rest {
            let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if count > 0 {
                fields.nanosecond = nanoseconds(self.take(count + 1)?)?;
            }
        }
        Ok(())
    }

    fn offset(&mut self, offset: Offset, zones: &mut Zones) -> Result<(), Fault> {
        if offset.zulu
            && let Some(rest) = self.rest.strip_prefix(b"Z")
        {
            self.rest = rest;
            zones.utc = true;
            return Ok(());
        }
        let separators = if offset.colons { offset.numbers - 1 } else { 0 };
        let (sign, digits) = self.take(1 + 2 * offset.numbers + separators)?.split_at(1);
        let mut seconds = 0;
        let mut too_large = None;
        let places = [(3_600, 24, "hour"), (60, 60, "minute"), (1, 60, "second")];
        for (at, (unit, most, name)) in places.into_iter().take(offset.numbers).enumerate() {
            let start = at * if offset.colons { 3 } else { 2 };
            if offset.colons && at > 0 && digits.get(start - 1) != Some(&b':') {
                return Err(Fault::Form);
            }
            let number = digits.get(start..start + 2).ok_or(Fault::Form)?;
            if !number.iter().all(u8::is_ascii_digit) {
                return Err(Fault::Form);
            }
            let number = signed(number)?;
            if number > most {
                too_large = Some(name);
            }
            seconds += number * unit;
        }
        match too_large {
            Some("hour") => return Err(Fault::Range("time zone offset hour")),
            Some("minute") => return Err(Fault::Range("time zone offset minute")),
            Some(_) => return Err(Fault::Range("time zone offset second")),
            None => {}
        }
        zones.offset = match sign {
            b"+" => Some(seconds),
            b"-" => Some(-seconds),
            _ => return Err(Fault::Form),
        };
        Ok(())
    }

    fn zone_name(&mut self, zones: &mut Zones) -> Result<(), Fault> {
        if let Some(rest) = self.rest.strip_prefix(b"UTC") {
            self.rest = rest;
            zones.utc = true;
            return Ok(());
        }
        let length = zone_name_length(self.rest).ok_or(Fault::Form)?;
        let name = self.take(length)?;
        let hours = name.strip_prefix(b"GMT").filter(|hours| !hours.is_empty());
        zones.named = Some(hours.map_or(Ok(0), signed)? * 3_600);
        Ok(())
    }
}

/// How many bytes at the beginning look like the name of a zone.
fn zone_name_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(after) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_hours_length(after).unwrap_or(0));
    }
    if let [b'+' | b'-', ..] = text {
        return signed_hours_length(text).filter(|_| text.len() >= 3);
    }
    let capitals = text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    match capitals {
        3 => Some(3),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        5 if text[4] == b'T' => Some(5),
        _ => None,
    }
}

/// The length of a sign with a number of hours of at most 23.
fn signed_hours_length(text: &[u8]) -> Option<usize> {
    let [b'+' | b'-', digits @ ..] = text else { return None };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&digits[..count]).ok()?.parse::<u64>().ok()?;
    (number <= 23).then_some(count + 1)
}

/// A number of few digits, perhaps with a sign.
fn signed(text: &[u8]) -> Result<i64, Fault> {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(Fault::Form)
}

fn in_range(number: i64, range: std::ops::RangeInclusive<i64>, what: &'static str) -> Result<i64, Fault> {
    if range.contains(&number) { Ok(number) } else { Err(Fault::Range(what)) }
}

/// The nanoseconds of a fraction with its point; digits beyond the ninth are dropped.
fn nanoseconds(text: &[u8]) -> Result<i64, Fault> {
    let [b'.' | b',', digits @ ..] = text else { return Err(Fault::Form) };
    let digits = &digits[..digits.len().min(9)];
    let number = signed(digits)?;
    if number < 0 {
        return Err(Fault::Range("fractional second"));
    }
    Ok(number * 10i64.pow(9 - digits.len() as u32))
}

/// A text in quotes, with anything but printable ASCII as hexadecimal bytes.
fn quoted(text: &[u8]) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=0x7f => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    quoted
}
