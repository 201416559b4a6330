//! Policies to typed IR to native code, with diagnostics.
//!
//! | module | what |
//! |---|---|
//! | [`ir`] | the typed IR |

pub mod ir;
