//! Running native units: frames in, verdicts out.
//!
//! ```text
//! review bytes ──Header──▶ unit ──its layout──▶ frame ──its code──▶ one status per rule
//! ```
//!
//! Units are compiled when a request first needs them and kept. Code, layout and tables of a unit belong together and
//! are only handed to each other here; what the code may rely on is listed at
//! [`Code::run`](dikast_compiler::codegen::Code::run).

mod cells;
mod compute;
mod decide;
#[allow(unsafe_code, reason = "the boundary to native code")]
mod entries;
mod program;
#[allow(unsafe_code, reason = "the boundary to native code")]
mod run;
#[cfg(test)]
#[allow(unsafe_code, reason = "the boundary to native code")]
mod tests;

pub use program::{NativeError, NativeProgram, NativeUnit, unit_of};
pub use run::{NativeVerdicts, Outlook};
