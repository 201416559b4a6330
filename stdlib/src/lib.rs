//! What policies compute with: values, functions, operators. Everything here is a pure function of its arguments;
//! time, chance and data come in as arguments.
//!
//! | module | what |
//! |---|---|
//! | [`value`] | the value type |
//! | [`functions`] | what expressions can call |
//! | [`condition`] | the operators of conditions |
//! | [`pattern`] | scalar patterns |
//! | [`quantity`], [`duration`] | Kubernetes quantities and Go durations |
#![forbid(unsafe_code)]

pub mod condition;
pub mod duration;
pub mod functions;
pub mod pattern;
pub mod quantity;
pub mod value;

pub use value::{Object, Value};
