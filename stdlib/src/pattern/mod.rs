//! Validation patterns: what a pattern asks of one value, and the matching of whole documents
//! (Kyverno `pkg/engine/pattern/pattern.go`, `pkg/engine/validate`).
//!
//! | module | what |
//! |---|---|
//! | [`scalar`] | a scalar pattern, parsed once |
//! | [`text`] | the small language of text patterns: alternatives, operators, ranges |
//! | [`document`] | patterns with maps, lists and anchors |

pub mod document;
pub mod scalar;
mod subject;
pub mod text;

pub use scalar::{Meaning, ScalarPattern};
pub use text::{Comparison, Operand, Test, TextPattern, is_range};
