//! Changing objects: strategic merge, JSON patch, and the difference of two objects.
//!
//! | module | what | Kyverno |
//! |---|---|---|
//! | [`strategic`] | `patchStrategicMerge` with anchors | `pkg/engine/mutate/patch/strategicMergePatch.go` |
//! | [`json`] | `patchesJson6902` | `pkg/engine/mutate/patch/patchJSON6902.go` |
//! | [`diff`](fn@diff) | the JSON patch of an admission response | `pkg/utils/jsonutils` |

mod difference;
pub mod json;
pub mod strategic;

pub use difference::{Operation, diff};

use dikast_stdlib::Value;

/// What a patch made of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Merged {
    /// The changed object. Its whole numbers are [`Value::Int`], because it went through text in Kyverno.
    Changed(Value),
    /// The object is as it was: an anchor's condition was false, or the patch asks for what is there already.
    Skipped,
}

/// Why a patch cannot be applied. The text is Kyverno's, without the leading `failed to patch resource: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The patch does not fit the object, in Kyverno's words.
    #[error("{0}")]
    Refused(String),
    /// Kyverno crashes here.
    #[error("{0}")]
    Unsupported(String),
}
