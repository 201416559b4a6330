//! Policies to typed IR to native code, with diagnostics.
//!
//! | module | what |
//! |---|---|
//! | [`diagnostic`] | what authors are told, and the formats it is told in |
//! | `autogen` | rules for pod controllers, made from rules for Pods |
//! | `model` | policy documents, field by field |
//! | [`ir`] | the typed IR |
//! | [`lower`] | the way from the model to the IR |
//! | [`passes`] | IR to better IR |
//! | [`layout`] | where native code finds the parts of a request |

mod autogen;
pub mod diagnostic;
pub mod ir;
pub mod layout;
pub mod lower;
mod model;
pub mod passes;
