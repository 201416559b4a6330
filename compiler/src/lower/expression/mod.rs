//! Expressions and templates to IR.

mod entry_name;
mod fault;
mod holes;
mod jmespath;
mod run_time;

pub use entry_name::names_entry;
pub use run_time::lower_query;
