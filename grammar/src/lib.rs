//! Text to spanned syntax. Nothing here knows Kubernetes, evaluates anything or does I/O.
//!
//! | module | reads |
//! |---|---|
//! | [`source`] | files, byte spans, lines and columns |
#![forbid(unsafe_code)]

pub mod source;

pub use source::{FileId, Position, SourceFile, SourceMap, Span};
