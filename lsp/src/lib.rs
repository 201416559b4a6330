//! A language server for Kyverno policies: what the compiler knows, while a policy is typed.
//!
//! | module | what |
//! |---|---|
//! | `protocol` | messages: start, requests, edits, end |
//! | `workspace` | open documents and what the compiler says about them |
//! | `syntax` | reading a text that is being typed |
//! | `meaning` | what a place in a policy is about |
//! | `feature` | what an editor asks about a place |
//! | `text` | a document's text, and places in it as editors count them |
//! | `uri` | file names as editors write them |
//! | `diagnostics` | the compiler's findings for an editor |
#![forbid(unsafe_code)]

mod diagnostics;
mod feature;
mod meaning;
mod protocol;
mod syntax;
mod text;
mod uri;
mod workspace;

pub use protocol::{End, ServerError, serve};
