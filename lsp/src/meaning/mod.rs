//! What a place in a policy is about.
//!
//! | module | what |
//! |---|---|
//! | `cursor` | a place, with all that is asked about it |
//! | `scope` | the rule around a place, its loops and the context entries that can be named there |
//! | `field` | the place in the policy schema |
//! | `known` | what is known of the values of expressions |
//! | `free` | the same in patterns, patches and objects to generate |
//! | `variable` | variables that are there without a definition |

mod cursor;
mod field;
mod free;
mod known;
mod scope;
mod variable;

pub(crate) use cursor::Cursor;
pub(crate) use field::{Meaning, document_kind, meaning_of};
pub(crate) use known::{Known, World};
pub(crate) use scope::{Scope, entry_name, entry_source};
pub(crate) use variable::{Availability, REQUEST, VARIABLES};
