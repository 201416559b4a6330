//! Runs compiled policies: documents, engines, context data, patches, the webhook and the cluster side.
//!
//! | module | what |
//! |---|---|
//! | [`patch`] | strategic merge, JSON patch, differences |

pub mod patch;
