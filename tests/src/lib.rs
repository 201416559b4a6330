//! What suites that cross crates share.
#![forbid(unsafe_code)]

pub mod differential;
