//! What suites and benches that cross crates share.
//!
//! | module | what |
//! |---|---|
//! | [`differential`] | generated questions and policies, compared on both engines |
//! | [`expressions`] | the commonest expressions, by native code, by the `jmespath` crate and by hand |
//! | [`baseline`] | the Pod Security checks written by hand, which compiled policies are measured against |
//! | [`subjects`] | policies and requests to measure with |
#![forbid(unsafe_code)]

pub mod baseline;
pub mod differential;
pub mod expressions;
pub mod subjects;
