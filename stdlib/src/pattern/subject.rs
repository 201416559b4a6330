//! The value that a text pattern is asked of, with the readings of it that the pattern may need.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::Value;
use crate::duration::GoDuration;
use crate::go_format::scientific;
use crate::quantity::Quantity;

/// A value and its readings, each made at most once.
pub(super) struct Subject<'a> {
    value: &'a Value,
    duration: OnceCell<Option<GoDuration>>,
    quantity: OnceCell<Option<Quantity>>,
    text: OnceCell<Option<Cow<'a, str>>>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Self { value, duration: OnceCell::new(), quantity: OnceCell::new(), text: OnceCell::new() }
    }

    /// The text, if the value is one.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        self.value.as_text()
    }

    /// The value as a duration: null and zero are one, other numbers lack a unit.
    pub(super) fn duration(&self) -> Option<GoDuration> {
        *self.duration.get_or_init(|| match self.value {
            Value::Null | Value::Int(0) => Some(GoDuration(0)),
            Value::Text(text) => GoDuration::read(text),
            _ => None,
        })
    }

    /// The value as a quantity; null is zero, floats count with six digits after the point.
    pub(super) fn quantity(&self) -> Option<&Quantity> {
        let read = || match self.value {
            Value::Null => Some(Quantity::from_int(0)),
            Value::Int(number) => Some(Quantity::from_int(*number)),
            Value::Float(number) => Quantity::parse(&format!("{number:.6}")).ok(),
            Value::Text(text) => Quantity::parse(text).ok(),
            _ => None,
        };
        self.quantity.get_or_init(read).as_ref()
    }

    /// The value as the text that wildcards see; null, lists and objects have none.
    pub(super) fn wildcard_text(&self) -> Option<&str> {
        let read = || match self.value {
            Value::Text(text) => Some(Cow::Borrowed(&**text)),
            Value::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
            Value::Int(number) => Some(Cow::Owned(number.to_string())),
            Value::Float(number) => Some(Cow::Owned(scientific(*number))),
            _ => None,
        };
        self.text.get_or_init(read).as_deref()
    }
}
