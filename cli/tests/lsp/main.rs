//! The language server as an editor meets it: the built command, over pipes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod actions;
mod client;
mod completion;
mod findings;
mod hover;
mod lifecycle;
mod navigation;
mod sample;
mod speed;
mod workspace;
