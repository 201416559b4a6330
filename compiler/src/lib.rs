//! Policies to typed IR to native code, with diagnostics.
//!
//! | module | what |
//! |---|---|
//! | [`pipeline`] | the stages in order |
//! | [`diagnostic`] | what authors are told, and the formats it is told in |
//! | `syntax` | faults of YAML files |
//! | `readable` | what can be read above them |
//! | `model` | policy documents, field by field |
//! | `admission` | what Kyverno's own webhook refuses |
//! | [`policy_schema`] | the fields of policies, for those who show them |
//! | `match_sets` | the requests that match and exclude blocks let in |
//! | `lint` | what Kyverno does differently from what authors think |
//! | [`rule_types`] | the types that Kyverno decodes substituted rules into |
//! | `autogen` | rules for pod controllers, made from rules for Pods |
//! | [`schema`] | what resources look like |
//! | [`ir`] | the typed IR |
//! | [`lower`] | the model to IR |
//! | `check` | what can never work, told from types |
//! | [`passes`] | IR to better IR |
//! | [`permissions`] | what Kyverno's controllers must be allowed to do for a rule |
//! | [`policy_file`] | which files of a folder are read |
//! | [`testing`] | test files, before they are run |
//! | [`settings`] | what `dikast.toml` sets |
//! | [`mod@unit`] | which rules are compiled together |
//! | [`layout`] | where native code finds the parts of a request |
//! | [`codegen`] | native code |
#![deny(unsafe_code)]

mod admission;
mod autogen;
mod check;
pub mod codegen;
pub mod diagnostic;
pub mod ir;
pub mod layout;
mod lint;
pub mod lower;
mod match_sets;
mod model;
pub mod passes;
pub mod permissions;
pub mod pipeline;
pub mod policy_file;
mod readable;
pub mod rule_types;
pub mod schema;
pub mod settings;
mod syntax;
pub mod testing;
pub mod unit;

pub use check::resource::Unchecked;
pub use model::policy_schema;
pub use model::suggest::closest;
pub use pipeline::{Compilation, Counts, compile, compile_for_command_line, compile_with};
