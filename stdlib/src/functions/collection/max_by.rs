//! `max_by`

use std::cmp::Ordering;

use super::order;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "max_by",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "items", kinds: &[Kind::List] },
        Parameter { name: "expression", kinds: &[Kind::Lambda] },
    ],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The item for which an expression gives the largest number or text; null for an empty list.",
    examples: &[(r#"max_by(`[{"n": 1}, {"n": 3}, {"n": 2}]`, &n)"#, r#"{"n": 3}"#)],
    call: |arguments, _| order::best_by(arguments.list(0)?, arguments.lambda(1)?, Ordering::Greater),
};
