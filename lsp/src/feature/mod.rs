//! What an editor asks about a place.
//!
//! | module | what |
//! |---|---|
//! | `hover` | what something is |
//! | `completion` | what can be written |
//! | `definition` | where something is defined |
//! | `action` | changes that remove a finding |
//! | `symbol` | the policies and rules of a document |
//! | `words` | Markdown for all of them |

pub(crate) mod action;
pub(crate) mod completion;
pub(crate) mod definition;
pub(crate) mod hover;
pub(crate) mod symbol;
mod words;
