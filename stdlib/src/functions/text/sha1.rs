//! `sha1`

use sha1::{Digest, Sha1};

use super::hexadecimal;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "sha1",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The SHA-1 digest of a text in hexadecimal.",
    examples: &[("sha1('hello')", r#""aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d""#)],
    call: |arguments, _| Ok(Value::text(hexadecimal(&Sha1::digest(arguments.text(0)?)))),
};
