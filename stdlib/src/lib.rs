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
//! | [`wildcard`] | `*` and `?` |
//! | [`pod_security`] | the Pod Security Standards |
//! | [`selector`], [`kinds`] | label selectors, entries of `kinds` |
//! | [`encode`] | values as text |
//! | [`bounds`] | how long a computed text may be |
//! | [`go_format`], [`go_parse`] | numbers as Go writes and reads them |
//! | [`image`] | image references |
//! | [`regex`] | regular expressions in Go's syntax |
//! | [`time`] | instants as Go reads and prints them |
//! | [`x509`] | certificates as Go shows them |
//! | [`semver`], [`url`] | versions and the hosts of URLs as Go reads them |
#![forbid(unsafe_code)]

pub mod bounds;
pub mod condition;
pub mod duration;
pub mod encode;
pub mod functions;
pub mod go_format;
pub mod go_parse;
pub mod image;
pub mod kinds;
pub mod pattern;
pub mod pod_security;
pub mod quantity;
pub mod regex;
pub mod selector;
pub mod semver;
pub mod time;
pub mod url;
pub mod value;
pub mod wildcard;
pub mod x509;

pub use value::{Object, Value};
