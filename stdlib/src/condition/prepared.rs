//! A side of a condition with the readings that operators need.

use std::sync::{Arc, OnceLock};

use crate::Value;
use crate::duration::{GoDuration, float_to_int};
use crate::encode::sprint;
use crate::go_parse::parse_float;
use crate::pattern::{ScalarPattern, is_range};
use crate::quantity::Quantity;
use crate::semver::Version;
use crate::wildcard::Wildcard;

/// A value and its readings, each made when first asked for and then kept. A constant side of a condition is prepared
/// once and shared by all evaluations.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    value: Value,
    duration: OnceLock<Option<GoDuration>>,
    quantity: OnceLock<Option<Box<Quantity>>>,
    float: OnceLock<Option<f64>>,
    version: OnceLock<Option<Box<Version>>>,
    wildcard: OnceLock<Wildcard>,
    items: OnceLock<Vec<Wildcard>>,
    range: OnceLock<Option<Box<(ScalarPattern, ScalarPattern)>>>,
    encoded: OnceLock<Encoded>,
}

/// The readings follow from the value.
impl PartialEq for Prepared {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// What a text is as JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Encoded {
    /// A list of texts (null in it counts as the empty text), or null for none.
    Texts(Vec<Wildcard>),
    /// Some other JSON.
    Other,
    /// No JSON.
    NotJson,
}

impl Prepared {
    /// Takes a value; it is read when an operator asks.
    pub fn new(value: Value) -> Self {
        Self { value, ..Self::default() }
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// A text as a duration; `0` included.
    pub fn duration(&self) -> Option<GoDuration> {
        let text = self.value.as_text()?;
        *self.duration.get_or_init(|| GoDuration::read(text))
    }

    /// A text as a duration that a number on the other side is held against: any but exactly `0`.
    pub fn telling_duration(&self) -> Option<GoDuration> {
        if self.value.as_text() == Some("0") { None } else { self.duration() }
    }

    /// A number as so many whole seconds.
    pub fn seconds(&self) -> Option<GoDuration> {
        match self.value {
            Value::Int(seconds) => Some(GoDuration::from_seconds(seconds)),
            Value::Float(seconds) => Some(GoDuration::from_seconds(float_to_int(seconds))),
            _ => None,
        }
    }

    /// A text as a quantity.
    pub fn quantity(&self) -> Option<&Quantity> {
        let text = self.value.as_text()?;
        self.quantity.get_or_init(|| Quantity::parse(text).ok().map(Box::new)).as_deref()
    }

    /// A text as a float.
    pub fn float(&self) -> Option<f64> {
        let text = self.value.as_text()?;
        *self.float.get_or_init(|| parse_float(text))
    }

    /// A text as a whole number.
    pub fn int(&self) -> Option<i64> {
        self.value.as_text()?.parse().ok()
    }

    /// A text as a semantic version.
    pub fn version(&self) -> Option<&Version> {
        let text = self.value.as_text()?;
        self.version.get_or_init(|| read_version(text).map(Box::new)).as_deref()
    }

    /// The text of the value (Go's default formatting) as a wildcard.
    pub fn wildcard(&self) -> &Wildcard {
        self.wildcard.get_or_init(|| text_of(&self.value))
    }

    /// The items of a list as wildcards.
    pub fn items(&self) -> Option<&[Wildcard]> {
        let items = self.value.as_list()?;
        Some(self.items.get_or_init(|| items.iter().map(text_of).collect()))
    }

    /// A text in the form of a range as two patterns: within it, and outside of it. The latter is the text with `!`
    /// before its first `-`, which with a negative lower bound is no range any more.
    pub fn range(&self) -> Option<&(ScalarPattern, ScalarPattern)> {
        let Value::Text(text) = &self.value else { return None };
        let read = || {
            is_range(text).then(|| {
                let outside = Value::text(text.replacen('-', "!-", 1));
                Box::new((ScalarPattern::new(&self.value), ScalarPattern::new(&outside)))
            })
        };
        self.range.get_or_init(read).as_deref()
    }

    /// A text as JSON.
    pub fn encoded(&self) -> Option<&Encoded> {
        let text = self.value.as_text()?;
        Some(self.encoded.get_or_init(|| Encoded::read(text)))
    }
}

/// Looks at the beginning first, as most texts are no versions and the parser is slow to say so of long ones.
fn read_version(text: &str) -> Option<Version> {
    let core = text.split(['-', '+']).next()?;
    let numbers = core.split('.').take(4).filter(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if numbers.count() == 3 { Version::parse(text).ok() } else { None }
}

fn text_of(value: &Value) -> Wildcard {
    match value {
        Value::Text(text) => Wildcard::new(Arc::clone(text)),
        other => Wildcard::new(sprint(other)),
    }
}

impl Encoded {
    fn read(text: &str) -> Self {
        match serde_json::from_str::<Option<Vec<Option<String>>>>(text) {
            Ok(texts) => {
                Self::Texts(texts.into_iter().flatten().map(|text| Wildcard::new(text.unwrap_or_default())).collect())
            }
            Err(_) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => Self::Other,
            Err(_) => Self::NotJson,
        }
    }
}
