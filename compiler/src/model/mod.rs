//! Policy documents, field by field, with spans.
//!
//! A file's documents are [`sorted`](sort) by what they are, compared with the [`schema`] and read into [`Policy`],
//! [`Exception`] and the like. What is read borrows from the YAML tree, so every text still knows its place in the file. A document
//! with a fault in its fields is not used; it is [`repaired`](repair) to be checked further.

mod check;
mod cleanup;
mod condition;
mod context;
mod document;
mod exception;
mod fault;
mod generate;
mod global;
mod matching;
mod moves;
mod mutate;
mod node;
mod policy;
pub mod policy_schema;
mod repair;
mod rule;
mod schema;
mod size;
pub(crate) mod suggest;
mod testing;
mod unrecognised;
mod validate;

pub(crate) use cleanup::Cleanup;
pub(crate) use condition::{AnyAll, Condition, Conditions};
pub(crate) use context::{ApiCall, ContextEntry, ContextSource};
pub(crate) use document::{Document, read_damaged, sort};
pub(crate) use exception::Exception;
pub(crate) use generate::{Generate, GeneratePattern};
pub(crate) use global::GlobalEntry;
pub(crate) use matching::{Filter, MatchBlock, Selector, Subject};
pub(crate) use mutate::{Mutate, MutateAction, MutateLoop, Target};
pub(crate) use node::Fields;
pub(crate) use policy::{Override, Policy};
pub(crate) use repair::Damaged;
pub(crate) use rule::{Body, Rule, rule_name_text};
pub(crate) use size::is_within_bounds;
pub(crate) use testing::{check_fields, check_test};
pub(crate) use validate::{PodSecurity, PodSecurityExclude, Validate, ValidateAction, ValidateLoop};
