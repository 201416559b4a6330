//! The order in which `sort`, `max` and their relatives see numbers and texts.

use std::cmp::Ordering;

use crate::Value;
use crate::functions::{FunctionError, Lambda};

/// What items are ordered by: all numbers or all texts.
pub(super) enum Keys {
    /// Numbers.
    Numbers(Vec<f64>),
    /// Texts, in byte order.
    Texts(Vec<std::sync::Arc<str>>),
}

impl Keys {
    /// The results of an expression for each of two or more items. The first item's result says of which type all must
    /// be; `mismatch` makes the error for one that is not.
    ///
    /// # Errors
    ///
    /// Errors of the expression, missing members among them, and results that are neither all numbers nor all texts.
    pub(super) fn of(
        items: &[Value],
        expression: Lambda<'_>,
        mismatch: fn(expected: &str) -> String,
    ) -> Result<Self, FunctionError> {
        let Some((first, rest)) = items.split_first() else { return Ok(Self::Numbers(Vec::new())) };
        let neither = || FunctionError::failed("invalid type, must be number of string");
        match expression(first) {
            Ok(Value::Float(first)) => {
                let mut numbers = vec![first];
                for item in rest {
                    match expression(item)? {
                        Value::Float(number) => numbers.push(number),
                        _ => return Err(FunctionError::Failed(mismatch("number"))),
                    }
                }
                Ok(Self::Numbers(numbers))
            }
            Ok(Value::Text(first)) => {
                let mut texts = vec![first];
                for item in rest {
                    match expression(item)? {
                        Value::Text(text) => texts.push(text),
                        _ => return Err(FunctionError::Failed(mismatch("string"))),
                    }
                }
                Ok(Self::Texts(texts))
            }
            Ok(_) | Err(FunctionError::Missing(_)) => Err(neither()),
            Err(error) => Err(error),
        }
    }

    /// The order of the items at two positions.
    pub(super) fn compare(&self, left: usize, right: usize) -> Ordering {
        match self {
            Self::Numbers(numbers) => compare_numbers(numbers[left], numbers[right]),
            Self::Texts(texts) => texts[left].cmp(&texts[right]),
        }
    }

    /// The position of the first item that no other exceeds in the wanted direction; nothing when there is none.
    pub(super) fn best(&self, wanted: Ordering) -> Option<usize> {
        let length = match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        };
        (0..length).reduce(|best, at| if self.exceeds(at, best, wanted) { at } else { best })
    }

    /// NaN exceeds nothing and nothing exceeds it.
    fn exceeds(&self, at: usize, best: usize, wanted: Ordering) -> bool {
        match self {
            Self::Numbers(numbers) => numbers[at].partial_cmp(&numbers[best]) == Some(wanted),
            Self::Texts(texts) => texts[at].cmp(&texts[best]) == wanted,
        }
    }
}

/// The order of numbers for sorting: NaN before all others.
pub(super) fn compare_numbers(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| right.is_nan().cmp(&left.is_nan()))
}

/// The item of a list of numbers or texts that no other exceeds in the wanted direction; null for an empty list.
pub(super) fn best_item(items: &[Value], wanted: Ordering) -> Value {
    let exceeds = |item: &Value, best: &Value| match (item, best) {
        (Value::Text(item), Value::Text(best)) => item.cmp(best) == wanted,
        _ => item.as_number().partial_cmp(&best.as_number()) == Some(wanted),
    };
    items.iter().reduce(|best, item| if exceeds(item, best) { item } else { best }).cloned().unwrap_or_default()
}

/// The item whose key no other exceeds in the wanted direction; null for an empty list. A single item is not asked for
/// its key.
///
/// # Errors
///
/// As [`Keys::of`].
pub(super) fn best_by(items: &[Value], expression: Lambda<'_>, wanted: Ordering) -> Result<Value, FunctionError> {
    if let [] | [_] = items {
        return Ok(items.first().cloned().unwrap_or_default());
    }
    let keys = Keys::of(items, expression, |expected| format!("invalid type, must be {expected}"))?;
    Ok(keys.best(wanted).and_then(|at| items.get(at)).cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(numbers: &[f64]) -> Vec<Value> {
        numbers.iter().copied().map(Value::Float).collect()
    }

    #[test]
    fn the_first_of_equals_is_the_best() {
        let items = [Value::list([]), Value::object([("n", Value::Float(1.0))]), Value::list([Value::Null])];
        let length = |item: &Value| Ok(Value::Float(item.as_list().map_or(1.0, |items| items.len() as f64)));
        assert_eq!(best_by(&items, &length, Ordering::Greater), Ok(items[1].clone()));
        assert_eq!(best_by(&items, &length, Ordering::Less), Ok(items[0].clone()));
    }

    #[test]
    fn keys_are_of_one_type() {
        let itself = |item: &Value| Ok(item.clone());
        let mixed = [Value::Float(1.0), Value::text("a")];
        let error = best_by(&mixed, &itself, Ordering::Less).unwrap_err();
        assert_eq!(error.to_string(), "invalid type, must be number");
        let error = best_by(&[Value::Null, Value::Null], &itself, Ordering::Less).unwrap_err();
        assert_eq!(error.to_string(), "invalid type, must be number of string");
        assert_eq!(best_by(&[Value::Null], &itself, Ordering::Less), Ok(Value::Null));
    }

    #[test]
    fn nan_sorts_first_and_never_wins() {
        let mut sorted = numbers(&[2.0, f64::NAN, 1.0]);
        sorted.sort_by(|left, right| compare_numbers(left.as_number().unwrap(), right.as_number().unwrap()));
        assert!(sorted[0].as_number().unwrap().is_nan());
        assert_eq!(best_item(&numbers(&[2.0, f64::NAN, 3.0]), Ordering::Greater), Value::Float(3.0));
    }
}
