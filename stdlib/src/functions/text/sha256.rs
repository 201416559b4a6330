//! `sha256`

use sha2::{Digest, Sha256};

use super::hexadecimal;
use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

pub(crate) static FUNCTION: Function = Function {
    name: "sha256",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The SHA-256 digest of a text in hexadecimal.",
    examples: &[("sha256('hello')", r#""2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824""#)],
    call: |arguments, _| Ok(Value::text(hexadecimal(&Sha256::digest(arguments.text(0)?)))),
};
