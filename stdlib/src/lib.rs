//! What policies compute with: values, functions, operators. Everything here is a pure function of its arguments;
//! time, chance and data come in as arguments.
//!
//! | module | what |
//! |---|---|
//! | [`value`] | the value type |
//! | [`functions`] | what expressions can call |
//! | [`condition`] | the operators of conditions |
//! | [`pattern`] | scalar patterns |
#![forbid(unsafe_code)]

pub mod condition;
pub mod functions;
pub mod pattern;
pub mod value;

pub use value::{Object, Value};
