//! The model of policies to IR.
//!
//! One file for each part of a policy; all are methods of `Lowering`, which holds the program that grows and the
//! findings. What a text may name is its `Scope`.

mod condition;
pub(crate) mod constant;
mod context;
mod exception;
pub mod expression;
mod fault;
mod generate;
mod matching;
mod mutate;
mod pattern;
mod policy;
mod scope;
mod template;
mod validate;

pub(crate) use exception::Entries;
pub(crate) use expression::names_entry;
pub use pattern::lower_pattern;
pub(crate) use policy::Defaults;
pub(crate) use scope::Scope;

use crate::diagnostic::Diagnostics;
use crate::ir::Builder;

/// Adds policies to a program.
pub(crate) struct Lowering<'a> {
    pub(crate) builder: &'a mut Builder,
    pub(crate) diagnostics: &'a mut Diagnostics,
}
