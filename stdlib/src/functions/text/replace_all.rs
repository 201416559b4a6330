//! `replace_all`

use super::replace::replace;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "replace_all",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "text", kinds: &[Kind::Text] },
        Parameter { name: "old", kinds: &[Kind::Text] },
        Parameter { name: "new", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text with all occurrences of `old` replaced by `new`.",
    examples: &[("replace_all('a-b-c', '-', '.')", r#""a.b.c""#)],
    call: |arguments, _| replace(arguments.text(0)?, arguments.text(1)?, arguments.text(2)?, -1),
};
