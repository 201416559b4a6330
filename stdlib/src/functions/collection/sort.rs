//! `sort`

use std::cmp::Ordering;

use super::order;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// The order of two items of a list of numbers or of a list of texts.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => order::compare_numbers(*left, *right),
        _ => left.as_text().cmp(&right.as_text()),
    }
}

pub(crate) static FUNCTION: Function = Function {
    name: "sort",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "items", kinds: &[Kind::Texts, Kind::Numbers] }],
    arity: Arity::Fixed,
    result: Kind::List,
    volatile: false,
    summary: "A list of numbers or of texts, smallest first; texts in byte order.",
    examples: &[("sort(`[2, 3, 1]`)", "[1, 2, 3]"), ("sort(['b', 'a', 'B'])", r#"["B", "a", "b"]"#)],
    call: |arguments, _| {
        let mut items = arguments.list(0)?.to_vec();
        items.sort_by(compare);
        Ok(Value::list(items))
    },
};
