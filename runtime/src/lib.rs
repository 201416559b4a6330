//! Runs compiled policies: documents, engines, context data, patches, the webhook and the cluster side.
//!
//! | module | what |
//! |---|---|
//! | [`request`] | the admission request |
//! | [`configuration`] | settings that concern all policies |
//! | [`data`] | external data |
//! | [`global`] | data that many policies share |
//! | [`document`] | requests as cells |
//! | [`context`] | the JSON context of a request |
//! | [`interpreter`] | evaluates IR |
//! | [`engine`] | the rule pipeline |
//! | [`native`] | runs native code |
//! | [`review`] | whole reviews: refusals, warnings, patches |
//! | [`host`] | where the webhook gets data, namespace labels and roles |
//! | [`cluster`] | the host that is a Kubernetes cluster |
//! | [`webhook`] | the admission webhook |
//! | [`registry`] | what registries say of images |
//! | [`patch`] | strategic merge, JSON patch, differences |
#![deny(unsafe_code)]

pub mod cluster;
pub mod configuration;
pub mod context;
pub mod data;
pub mod document;
pub mod engine;
pub mod global;
pub mod host;
pub mod interpreter;
pub mod native;
pub mod patch;
pub mod registry;
pub mod request;
pub mod review;
pub mod webhook;
