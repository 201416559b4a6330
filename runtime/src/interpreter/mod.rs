//! The interpreter: it defines the meaning of the IR on whole documents.
//!
//! The table in [`dikast_compiler::ir`] is the specification; every operator is one short function here.

mod fault;

pub use fault::Fault;
