//! Go's layouts: a layout shows how the reference time, Monday 2 January 2006 15:04:05 in a zone 7 hours behind UTC,
//! would be written.

/// A part of the reference time in a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// `January`.
    LongMonth,
    /// `Jan`.
    Month,
    /// `1`, or `01` when fixed to two digits.
    NumericMonth { fixed: bool },
    /// `Monday`.
    LongWeekday,
    /// `Mon`.
    Weekday,
    /// `2`, `_2`, `02`.
    Day(Width),
    /// `__2`, `002`.
    DayOfYear(Width),
    /// `15`.
    Hour,
    /// `3`, `03`.
    HourOfTwelve { fixed: bool },
    /// `4`, `04`.
    Minute { fixed: bool },
    /// `5`, `05`.
    Second { fixed: bool },
    /// `2006`.
    LongYear,
    /// `06`.
    Year,
    /// `PM`, or `pm`.
    HalfOfDay { lower: bool },
    /// `MST`.
    ZoneName,
    /// `-0700` and its relatives.
    Offset(Offset),
    /// `.000`: just so many digits.
    Fraction { digits: usize },
    /// `.999`: any number of digits, or nothing.
    OptionalFraction,
}

/// How a number is filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// Not at all.
    Free,
    /// With spaces.
    Spaces,
    /// With zeros.
    Zeros,
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// `Z` stands for no offset.
    pub(super) zulu: bool,
    /// Colons between the numbers.
    pub(super) colons: bool,
    /// How many numbers: hours, minutes, seconds.
    pub(super) numbers: usize,
}

/// The texts of elements; where one begins with another, the longer stands first.
const ELEMENTS: &[(&str, Element)] = &[
    ("January", Element::LongMonth),
    ("Jan", Element::Month),
    ("Monday", Element::LongWeekday),
    ("Mon", Element::Weekday),
    ("MST", Element::ZoneName),
    ("01", Element::NumericMonth { fixed: true }),
    ("02", Element::Day(Width::Zeros)),
    ("03", Element::HourOfTwelve { fixed: true }),
    ("04", Element::Minute { fixed: true }),
    ("05", Element::Second { fixed: true }),
    ("06", Element::Year),
    ("002", Element::DayOfYear(Width::Zeros)),
    ("15", Element::Hour),
    ("1", Element::NumericMonth { fixed: false }),
    ("2006", Element::LongYear),
    ("2", Element::Day(Width::Free)),
    ("_2", Element::Day(Width::Spaces)),
    ("__2", Element::DayOfYear(Width::Spaces)),
    ("3", Element::HourOfTwelve { fixed: false }),
    ("4", Element::Minute { fixed: false }),
    ("5", Element::Second { fixed: false }),
    ("PM", Element::HalfOfDay { lower: false }),
    ("pm", Element::HalfOfDay { lower: true }),
    ("-070000", Element::Offset(Offset { zulu: false, colons: false, numbers: 3 })),
    ("-07:00:00", Element::Offset(Offset { zulu: false, colons: true, numbers: 3 })),
    ("-0700", Element::Offset(Offset { zulu: false, colons: false, numbers: 2 })),
    ("-07:00", Element::Offset(Offset { zulu: false, colons: true, numbers: 2 })),
    ("-07", Element::Offset(Offset { zulu: false, colons: false, numbers: 1 })),
    ("Z070000", Element::Offset(Offset { zulu: true, colons: false, numbers: 3 })),
    ("Z07:00:00", Element::Offset(Offset { zulu: true, colons: true, numbers: 3 })),
    ("Z0700", Element::Offset(Offset { zulu: true, colons: false, numbers: 2 })),
    ("Z07:00", Element::Offset(Offset { zulu: true, colons: true, numbers: 2 })),
    ("Z07", Element::Offset(Offset { zulu: true, colons: false, numbers: 1 })),
];

/// The first element of a layout.
pub(super) struct Found<'t> {
    /// The text before it.
    pub(super) before: &'t [u8],
    /// Its own text.
    pub(super) text: &'t [u8],
    /// What it is; nothing when the layout has no element, all of it being `before`.
    pub(super) element: Option<Element>,
    /// The text behind it.
    pub(super) after: &'t [u8],
}

/// Finds the first element of a layout.
pub(super) fn first_element(layout: &[u8]) -> Found<'_> {
    for at in 0..layout.len() {
        let rest = &layout[at..];
        if let Some((element, length)) = element_at(rest) {
            // `_2006` is an underscore and a year.
            let (at, element, length) =
                if rest.starts_with(b"_2006") { (at + 1, Element::LongYear, 4) } else { (at, element, length) };
            let (before, rest) = layout.split_at(at);
            let (text, after) = rest.split_at(length);
            return Found { before, text, element: Some(element), after };
        }
    }
    Found { before: layout, text: &[], element: None, after: &[] }
}

/// The element that a text begins with, and its length.
fn element_at(text: &[u8]) -> Option<(Element, usize)> {
    let named = ELEMENTS.iter().find(|(name, element)| {
        let short_name = matches!(element, Element::Month | Element::Weekday);
        text.strip_prefix(name.as_bytes())
            .is_some_and(|after| !(short_name && after.first().is_some_and(u8::is_ascii_lowercase)))
    });
    named.map(|(name, element)| (*element, name.len())).or_else(|| fraction_at(text))
}

/// `.000` or `,999`, if no other digit follows.
fn fraction_at(text: &[u8]) -> Option<(Element, usize)> {
    let [b'.' | b',', digit @ (b'0' | b'9'), ..] = text else { return None };
    let digits = text[1..].iter().take_while(|byte| *byte == digit).count();
    if text.get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let element = if *digit == b'0' { Element::Fraction { digits } } else { Element::OptionalFraction };
    Some((element, 1 + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(layout: &str) -> Vec<String> {
        let mut rest = layout.as_bytes();
        let mut texts = Vec::new();
        loop {
            let found = first_element(rest);
            if found.element.is_none() {
                return texts;
            }
            texts.push(String::from_utf8_lossy(found.text).into_owned());
            rest = found.after;
        }
    }

    #[test]
    fn the_longest_element_is_taken() {
        let cases: [(&str, &[&str]); 7] = [
            ("2006-01-02T15:04:05.000Z07:00", &["2006", "01", "02", "15", "04", "05", ".000", "Z07:00"]),
            ("Monday, Jan _2 2006", &["Monday", "Jan", "_2", "2006"]),
            ("Month Janus", &[]),
            ("_2006 __2 002", &["2006", "__2", "002"]),
            ("3:04PM -07:00:00 MST", &["3", "04", "PM", "-07:00:00", "MST"]),
            ("05.0001", &["05", "01"]),
            ("x", &[]),
        ];
        for (layout, texts) in cases {
            assert_eq!(elements(layout), texts, "{layout}");
        }
    }
}
