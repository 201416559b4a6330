//! `max`

use std::cmp::Ordering;

use super::order;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "max",
    topic: Topic::Collections,
    parameters: &[Parameter { name: "items", kinds: &[Kind::Numbers, Kind::Texts] }],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The largest of a list of numbers or of a list of texts; null for an empty list.",
    examples: &[("max(`[2, 3, 1]`)", "3"), ("max(['b', 'c', 'a'])", r#""c""#), ("max(`[]`)", "null")],
    call: |arguments, _| Ok(order::best_item(arguments.list(0)?, Ordering::Greater)),
};
