//! Requests as cells: the projected parse of an admission review.
//!
//! A [`Frame`] is filled by one walk over the review's bytes, driven by a
//! [`Layout`](dikast_compiler::layout::Layout). The parser is `serde_json`: what no rule needs is checked for syntax
//! and passed over (only the size of a number and lone surrogates are not looked at there), and nothing is searched for
//! afterwards. The bytes have to be text (UTF-8) before the walk begins, so passing over a string cannot hide a broken
//! one.
//!
//! Keys that a rule reads may not stand twice in an object: the API server never sends such an object, and parsers
//! disagree about what it means.
//!
//! Frames keep their memory. Once they have seen a request of a size, reading the next one allocates nothing.

mod frame;
mod header;
mod reader;
#[cfg(test)]
mod tests;

pub use frame::Frame;
pub use header::Header;

/// Deepest nesting of a review that is read, as in `serde_json`.
pub const DEPTH_MAX: u32 = 128;

/// A review that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are not UTF-8.
    #[error("the review is not UTF-8: {0}")]
    NotText(#[from] std::str::Utf8Error),
    /// The text is not JSON, is nested too deeply, or has a key twice that a rule reads.
    #[error("the review is not valid: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The review is longer than offsets can say.
    #[error("the review has more than 4 GiB")]
    TooLong,
}
