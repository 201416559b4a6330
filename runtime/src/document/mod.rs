//! Requests as cells: the projected parse of an admission review.
//!
//! A [`Frame`] is filled by one walk over the review's bytes, driven by a
//! [`Layout`](dikast_compiler::layout::Layout): what no rule needs is checked for syntax and passed over (only the size of
//! a number and lone surrogates are not looked at there), and nothing is searched for afterwards. The bytes have to be
//! text (UTF-8) before the walk begins, so passing over a string cannot hide a broken one.
//!
//! | module | what |
//! |---|---|
//! | `header` | the part of a review that says which unit it belongs to |
//! | `frame` | the cells of one request |
//! | `reader` | the walk that fills them |
//! | `value` | a whole document, for what a frame does not hold |
//! | `scanner` | tokens, and passing over what nobody needs |
//! | `blocks` | passing over a list or object sixty-four bytes at a time |
//! | `strings` | the end of a string, sixteen bytes at a time |
//! | `fault` | what can be wrong with a text |
//!
//! The parser is our own because a projection needs a cheap way to pass over values, which no parser from outside offers
//! together with full validation; the tests hold it against `serde_json`.
//!
//! Keys that a rule reads may not stand twice in an object: the API server never sends such an object, and parsers
//! disagree about what it means.
//!
//! Frames keep their memory. Once they have seen a request of a size, reading the next one allocates nothing.

#[allow(unsafe_code, reason = "vector instructions")]
mod blocks;
mod fault;
mod frame;
mod header;
mod reader;
mod scanner;
#[allow(unsafe_code, reason = "vector instructions")]
mod strings;
#[cfg(test)]
mod tests;
mod value;

pub use fault::{Fault, SyntaxError};
pub use frame::Frame;
pub use header::Header;
pub(crate) use value::read_text;
pub use value::read_value;

/// A review that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are not UTF-8.
    #[error("the review is not UTF-8: {0}")]
    NotText(#[from] std::str::Utf8Error),
    /// The text is not JSON, is nested too deeply, or has a key twice that a rule reads.
    #[error("the review is not valid: {0}")]
    NotJson(#[from] SyntaxError),
    /// The review is longer than offsets can say.
    #[error("the review has more than 4 GiB")]
    TooLong,
}

/// The text of a review's bytes.
fn text_of(body: &[u8]) -> Result<&str, DocumentError> {
    if u32::try_from(body.len()).is_err() {
        return Err(DocumentError::TooLong);
    }
    // The fast check does not tell where the fault is.
    simdutf8::basic::from_utf8(body).or_else(|_| Ok(std::str::from_utf8(body)?))
}
