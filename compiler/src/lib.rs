//! Policies to typed IR to native code, with diagnostics.
//!
//! | module | what |
//! |---|---|
//! | [`diagnostic`] | what authors are told, and the formats it is told in |
//! | `model` | policy documents, field by field |
//! | [`ir`] | the typed IR |
//! | [`layout`] | where native code finds the parts of a request |

pub mod diagnostic;
pub mod ir;
pub mod layout;
mod model;
