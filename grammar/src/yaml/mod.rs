//! YAML as Kyverno reads it, with spans.
//!
//! Kyverno cuts a file into documents at its `---` lines (`ext/yaml/split.go`) and reads each with
//! `sigs.k8s.io/yaml`, that is, with go-yaml v2: YAML 1.1 with its words for truth values, octal numbers and merge
//! keys, then turned into JSON.

mod error;
mod node;
mod rewrite;
mod text;

pub use error::{SyntaxError, SyntaxErrorKind};
pub use node::{Entry, Node, NodeValue};
pub use text::Text;

use crate::Span;

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The documents that can be read, in order.
    pub documents: Vec<Node>,
    /// All faults, in the order in which they were found. A document with a fault that is a refusal
    /// ([`SyntaxError::is_refusal`]) is not among the documents; the others are.
    pub errors: Vec<SyntaxError>,
    /// The comments, from `#` to the end of the line.
    pub comments: Vec<Span>,
}
