//! The admission webhook: a thin shell of TLS and HTTP around a synchronous decision.
//!
//! | module | what |
//! |---|---|
//! | [`policies`] | the policy files, with the last good form of each policy |
//! | [`service`] | from the bytes of a review to the bytes of its answer, by native code alone |
//! | `whole` | the same where the engine has to read the request whole |
//! | [`bounds`] | what requests may take up |
//! | `serving` | the policies that serve at one time |
//! | `surroundings` | what the host knows of requests, kept |
//! | `workers` | threads that compile in the background |
//! | `open_requests` | how many requests are open |
//! | [`review`] | `AdmissionReview` in and out |
//! | [`routes`] | the paths |
//! | [`listener`] | connections |
//! | [`certificate`] | the certificate, reloaded when its files change |
//! | [`metrics`] | what `/metrics` shows |
//! | `counters`, `rule_counters` | counters that each thread has for itself |

pub mod bounds;
pub mod certificate;
mod counters;
pub mod listener;
pub mod metrics;
mod open_requests;
pub mod policies;
pub mod review;
pub mod routes;
mod rule_counters;
pub mod service;
mod serving;
mod surroundings;
mod whole;
mod workers;

pub use workers::yield_to_requests;
