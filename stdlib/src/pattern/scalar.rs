//! Scalar patterns (Kyverno `pkg/engine/pattern/pattern.go`, `Validate`).

use super::subject::Subject;
use super::text::TextPattern;
use crate::Value;
use crate::duration::float_to_int;
use crate::go_parse::parse_float;

/// What a pattern asks of one value, parsed once.
#[derive(Clone, Debug)]
pub struct ScalarPattern {
    source: Value,
    meaning: Meaning,
}

/// Patterns of the same source mean the same.
impl PartialEq for ScalarPattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// What a scalar pattern means, by its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// `null`: null or absent, zero, the empty text, `false`.
    Nothing,
    /// The same truth value.
    Bool(bool),
    /// The same whole number; a float without fraction and a decimal text count too.
    Int(i64),
    /// The same number; a text that reads as a float counts too.
    Float(f64),
    /// Any object, whatever is in it.
    AnyObject,
    /// Nothing fits: the pattern is a list.
    Never,
    /// A text pattern.
    Text(TextPattern),
}

impl ScalarPattern {
    /// Parses a pattern.
    pub fn new(source: &Value) -> Self {
        let meaning = match source {
            Value::Null => Meaning::Nothing,
            Value::Bool(truth) => Meaning::Bool(*truth),
            Value::Int(number) => Meaning::Int(*number),
            Value::Float(number) => Meaning::Float(*number),
            Value::Text(text) => Meaning::Text(TextPattern::new(text)),
            Value::List(_) => Meaning::Never,
            Value::Object(_) => Meaning::AnyObject,
        };
        Self { source: source.clone(), meaning }
    }

    /// What the pattern was made of.
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// What it asks.
    pub fn meaning(&self) -> &Meaning {
        &self.meaning
    }

    /// Whether a value satisfies the pattern; an absent value is null. A list is looked at as one value here: patterns
    /// of documents ask it of each item.
    pub fn matches(&self, value: &Value) -> bool {
        match (&self.meaning, value) {
            (Meaning::Nothing, value) => is_nothing(value),
            (Meaning::Bool(wanted), Value::Bool(found)) => wanted == found,
            (Meaning::Int(wanted), value) => is_int(value, *wanted),
            (Meaning::Float(wanted), value) => is_float(value, *wanted),
            (Meaning::AnyObject, Value::Object(_)) => true,
            (Meaning::Text(pattern), value) => pattern.matches(&Subject::new(value)),
            (Meaning::Bool(_) | Meaning::AnyObject | Meaning::Never, _) => false,
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Int(number) => *number == 0,
        Value::Float(number) => *number == 0.0,
        Value::Text(text) => text.is_empty(),
        Value::List(_) | Value::Object(_) => false,
    }
}

fn is_int(value: &Value, wanted: i64) -> bool {
    match value {
        Value::Int(number) => *number == wanted,
        Value::Float(number) => *number == number.trunc() && float_to_int(*number) == wanted,
        Value::Text(text) => text.parse() == Ok(wanted),
        _ => false,
    }
}

fn is_float(value: &Value, wanted: f64) -> bool {
    match value {
        Value::Int(number) => wanted == wanted.trunc() && float_to_int(wanted) == *number,
        Value::Float(number) => *number == wanted,
        Value::Text(text) => parse_float(text) == Some(wanted),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: impl Into<Value>, value: impl Into<Value>) -> bool {
        ScalarPattern::new(&pattern.into()).matches(&value.into())
    }

    #[test]
    fn null_fits_what_is_empty() {
        for value in [Value::Null, Value::Bool(false), Value::Int(0), Value::Float(0.0), Value::text("")] {
            assert!(fits(Value::Null, value));
        }
        for value in [Value::Bool(true), Value::Int(1), Value::text("0"), Value::list([]), Value::object::<&str>([])] {
            assert!(!fits(Value::Null, value));
        }
    }

    #[test]
    fn numbers_fit_across_types() {
        assert!(fits(Value::Int(5), Value::Float(5.0)));
        assert!(fits(Value::Int(5), "5"));
        assert!(!fits(Value::Int(5), "5.0"));
        assert!(!fits(Value::Int(0), Value::Null));
        assert!(!fits(Value::Int(5), Value::Float(5.5)));
        assert!(fits(Value::Float(5.0), Value::Int(5)));
        assert!(fits(Value::Float(5.5), "5.50"));
        assert!(!fits(Value::Float(5.5), Value::Int(5)));
        assert!(!fits(Value::Int(i64::MAX), Value::Float(9_223_372_036_854_775_808.0)));
    }

    #[test]
    fn truth_values_fit_only_themselves() {
        assert!(fits(true, true));
        assert!(!fits(true, "true"));
        assert!(!fits(false, Value::Null));
    }

    #[test]
    fn an_object_fits_any_object_and_a_list_nothing() {
        let object = Value::object([("a", Value::Null)]);
        assert!(fits(Value::object::<&str>([]), object.clone()));
        assert!(!fits(object, Value::Null));
        assert!(!fits(Value::list([]), Value::list([])));
    }
}
