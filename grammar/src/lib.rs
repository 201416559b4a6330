//! Text to spanned syntax. Nothing here knows Kubernetes, evaluates anything or does I/O.
//!
//! | module | reads |
//! |---|---|
//! | [`jmespath`] | JMESPath expressions |
//! | [`json`] | JSON as Go decodes it |
//! | [`source`] | files, byte spans, lines and columns |
//! | [`anchor`] | anchors of pattern keys |
//! | [`kind`] | entries of `kinds` |
//! | [`mod@reference`] | `$( )` references between places of a document |
//! | [`template`] | texts with `{{ }}` variables |
//! | [`yaml`] | YAML as Kyverno reads it, with spans |
#![forbid(unsafe_code)]

pub mod anchor;
pub mod jmespath;
pub mod json;
pub mod kind;
pub mod reference;
pub mod source;
pub mod template;
pub mod yaml;

pub use source::{FileId, Position, SourceFile, SourceMap, Span};
