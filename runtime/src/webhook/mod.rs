//! The admission webhook: a thin shell of TLS and HTTP around a synchronous decision.
//!
//! | module | what |
//! |---|---|
//! | [`policies`] | the policy files, with the last good form of each policy |
//! | [`service`] | from the bytes of a review to the bytes of its answer |
//! | [`review`] | `AdmissionReview` in and out |
//! | [`routes`] | the paths |
//! | [`listener`] | connections |
//! | [`certificate`] | the certificate, reloaded when its files change |
//! | [`metrics`] | what `/metrics` shows |

pub mod certificate;
pub mod listener;
pub mod metrics;
pub mod policies;
pub mod review;
pub mod routes;
pub mod service;
