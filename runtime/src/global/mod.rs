//! The global context: data that many policies share, kept before any request asks for it
//! (Kyverno `pkg/globalcontext`).
//!
//! | module | what |
//! |---|---|
//! | `entry` | what a `GlobalContextEntry` asks for |
//! | `snapshot` | what an entry holds at one time |

mod entry;
mod snapshot;

pub use entry::{GlobalEntry, GlobalSource, Projection, ResourceName};
pub use snapshot::GlobalSnapshot;
