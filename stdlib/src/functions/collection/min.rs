//! `min`

use std::cmp::Ordering;

use super::order;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "min",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "items", kinds: &[Kind::Numbers, Kind::Texts] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The smallest of a list of numbers or of a list of texts; null for an empty list.",
    examples: &[("min(`[2, 3, 1]`)", "1"), ("min(['b', 'c', 'a'])", r#""a""#), ("min(`[]`)", "null")],
    call: |arguments, _| Ok(order::best_item(arguments.list(0)?, Ordering::Less)),
};
