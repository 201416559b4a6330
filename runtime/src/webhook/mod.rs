//! The admission webhook: a thin shell of TLS and HTTP around a synchronous decision.
//!
//! | module | what |
//! |---|---|
//! | [`certificate`] | the certificate, reloaded when its files change |
//! | [`listener`] | connections |
//! | [`metrics`] | what `/metrics` shows |
//! | [`review`] | `AdmissionReview` in and out |

pub mod certificate;
pub mod listener;
pub mod metrics;
pub mod review;
