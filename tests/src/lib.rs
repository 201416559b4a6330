<<<<<<< HEAD
//! What suites that cross crates share.
#![forbid(unsafe_code)]

pub mod differential;
=======
//! What benches and suites have in common.
//!
//! | module | what |
//! |---|---|
//! | [`baseline`] | the Pod Security checks written by hand, which compiled policies are measured against |
//! | [`subjects`] | policies and requests to measure with |
#![forbid(unsafe_code)]

pub mod baseline;
pub mod subjects;
>>>>>>> b662821 (tests: Pod Security checks by hand as a baseline, in-process benches, allocation counts)
