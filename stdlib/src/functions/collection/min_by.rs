//! `min_by`

use std::cmp::Ordering;

use super::order;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "min_by",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "items", kinds: &[Kind::List] },
        Parameter { name: "expression", kinds: &[Kind::Lambda] },
    ],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The item for which an expression gives the smallest number or text; null for an empty list.",
    examples: &[(r#"min_by(`[{"n": 2}, {"n": 1}, {"n": 3}]`, &n)"#, r#"{"n": 1}"#)],
    call: |arguments, _| order::best_by(arguments.list(0)?, arguments.lambda(1)?, Ordering::Less),
};
