//! `md5`

use md5::{Digest, Md5};

use super::hexadecimal;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "md5",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The MD5 digest of a text in hexadecimal.",
    examples: &[("md5('hello')", r#""5d41402abc4b2a76b9719d911017c592""#)],
    call: |arguments, _| Ok(Value::text(hexadecimal(&Md5::digest(arguments.text(0)?)))),
};
