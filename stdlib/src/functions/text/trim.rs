//! `trim`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "trim",
    topic: Topic::Text,
    parameters: &[
        Parameter { name: "text", kinds: &[Kind::Text] },
        Parameter { name: "characters", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text without any of the given characters at its beginning and end.",
    examples: &[("trim(' padded ', ' ')", r#""padded""#), ("trim('xyaxby', 'yx')", r#""axb""#)],
    call: |arguments, _| {
        let characters = arguments.text(1)?;
        Ok(Value::text(arguments.text(0)?.trim_matches(|character| characters.contains(character))))
    },
};
