//! Running native units: frames in, verdicts out.
//!
//! ```text
//! review bytes ──Header──▶ unit ──its layout──▶ frame ──its code──▶ one status per rule
//! ```
//!
//! | module | what |
//! |---|---|
//! | `program` | the units of a program, and how a request finds its own |
//! | `store` | units that programs share, found again by fingerprint |
//! | `foreseen` | the units that requests will most likely need |
//! | `fingerprint` | what a unit is made of, in a few bytes |
//! | `run` | one request on its way through a unit |
//! | `cells`, `compute`, `decide` | the helpers that native code calls |
//! | `entries` | their raw entries |
//! | `perf_map` | names for profilers |
//!
//! Code, layout and tables of a unit belong together and are only handed to each other here; what the code may rely on is
//! listed at [`Code::run`](dikast_compiler::codegen::Code::run).

mod cells;
mod compute;
mod decide;
#[allow(unsafe_code, reason = "the boundary to native code")]
mod entries;
mod fingerprint;
mod foreseen;
mod perf_map;
mod program;
mod question;
#[allow(unsafe_code, reason = "the boundary to native code")]
mod run;
mod store;
#[cfg(test)]
#[allow(unsafe_code, reason = "the boundary to native code")]
mod tests;

pub use fingerprint::{Fingerprint, Fingerprints};
pub use foreseen::foreseen_units;
pub use perf_map::PerfMap;
pub use program::{Filled, Found, NativeError, NativeProgram, NativeUnit, UnitName, unit_of};
pub use question::{Asked, NativeQuestion, Outcome};
pub use run::{Decided, NativeVerdicts, Outlook, Scratch, Statuses};
pub use store::{UnitStore, Usage};
