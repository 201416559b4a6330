//! `base64_encode`

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "base64_encode",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "Text in padded standard Base64.",
    examples: &[("base64_encode('hello')", r#""aGVsbG8=""#)],
    call: |arguments, _| Ok(Value::text(STANDARD.encode(arguments.text(0)?))),
};
