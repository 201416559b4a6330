//! A language server for Kyverno policies: what the compiler knows, while a policy is typed.
//!
//! | module | what |
//! |---|---|
//! | `protocol` | messages: start, requests, edits, end |
//! | `workspace` | open documents and what the compiler says about them |
//! | `text` | a document's text, and places in it as editors count them |
//! | `uri` | file names as editors write them |
//! | `diagnostics` | the compiler's findings for an editor |
#![forbid(unsafe_code)]

mod diagnostics;
mod protocol;
mod text;
mod uri;
mod workspace;

pub use protocol::{End, ServerError, serve};
