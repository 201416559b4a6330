//! Runs compiled policies: documents, engines, context data, patches, the webhook and the cluster side.
//!
//! | module | what |
//! |---|---|
//! | [`request`] | the admission request |
//! | [`configuration`] | settings that concern all policies |
//! | [`data`] | external data |
//! | [`document`] | requests as cells |
//! | [`interpreter`] | evaluates IR |
//! | [`engine`] | the rule pipeline |
//! | [`patch`] | strategic merge, JSON patch, differences |

pub mod configuration;
pub mod data;
pub mod document;
pub mod engine;
pub mod interpreter;
pub mod patch;
pub mod request;
