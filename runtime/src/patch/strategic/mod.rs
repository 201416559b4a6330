//! `patchStrategicMerge`: an overlay with anchors, laid over an object.
//!
//! | module | step | Kyverno |
//! |---|---|---|
//! | [`anchors`] | conditions and defaults are decided against the object | `pkg/engine/mutate/patch/strategicPreprocessing.go` |
//! | [`strip`] | what is left of the anchors is taken out of the overlay | same |
//! | [`walk`] | overlay and object are merged | kustomize `kyaml/yaml/walk`, `merge2` |
//! | [`direct`] | the merges that need none of this | — |
//! | [`untouched`] | parts of the object that stay as they are, told beforehand | — |
//! | [`keyed`] | lists whose items are told apart by keys | `kyaml/yaml/walk/associative_sequence.go` |
//! | [`schema`] | which lists those are | the OpenAPI document of Kubernetes 1.21 |
//! | [`tree`] | what all of them work on | `kyaml/yaml` |

mod anchors;
mod direct;
mod keyed;
mod schema;
mod strip;
mod tree;
mod untouched;
mod walk;

use dikast_stdlib::Value;

use self::tree::Tree;
use super::{Known, Merged, PatchError, same_json};

/// Why a step stops.
#[derive(Clone, Debug, PartialEq)]
enum Fault {
    /// A conditional anchor is not satisfied.
    Condition(String),
    /// A global anchor is not satisfied.
    GlobalCondition(String),
    /// The patch does not fit.
    Other(String),
    /// Kyverno crashes here.
    Crash(String),
}

impl From<Fault> for PatchError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Condition(text) => Self::Refused(format!("condition failed: {text}")),
            Fault::GlobalCondition(text) => Self::Refused(format!("global condition failed: {text}")),
            Fault::Other(text) => Self::Refused(text),
            Fault::Crash(text) => Self::Unsupported(text),
        }
    }
}

/// Applies an overlay with anchors to an object.
///
/// # Errors
/// When the kinds of values of overlay and object clash, a `$patch` directive is not known, or where Kyverno crashes.
pub fn merge(base: &Value, overlay: &Value) -> Result<Merged, PatchError> {
    merge_known(base, overlay, &Known::default())
}

/// Like [`merge`], on an object of which patches before have found something out.
pub(crate) fn merge_known(base: &Value, overlay: &Value, known: &Known) -> Result<Merged, PatchError> {
    let merged = direct::merge(base, overlay, known).map_or_else(|| merge_nodes(base, overlay, known), Ok)?;
    if let Merged::Changed(object) = &merged {
        known.was_written(object);
    }
    Ok(merged)
}

/// The general way.
fn merge_nodes(base: &Value, overlay: &Value, known: &Known) -> Result<Merged, PatchError> {
    if overlay.is_null() {
        return Err(PatchError::Refused("empty mutate rule".to_owned()));
    }
    let mut tree = Tree::new(known);
    let object = tree.add_value(base)?;
    let patch = tree.add_value(overlay)?;
    // anchors copy names from the object into the overlay, and the merge writes to both: so they look at one of their own
    let seen = match anchors::has_anchors(&tree, patch, &|_| true) {
        true => tree.copy(object),
        false => object,
    };
    let patch = match anchors::decide(&mut tree, patch, seen).and_then(|()| strip::strip(&mut tree, patch)) {
        Ok(()) => patch,
        Err(Fault::Condition(_) | Fault::GlobalCondition(_)) => tree.add_empty_map(),
        Err(Fault::Other(text)) => return Err(PatchError::Refused(format!("failed to preProcess rule: {text}"))),
        Err(crash) => return Err(crash.into()),
    };
    let Some(merged) = walk::merge(&mut tree, object, patch)? else {
        return Err(PatchError::Refused("filter cannot create or delete objects".to_owned()));
    };
    let merged = tree.to_value(merged)?;
    Ok(if same_json(base, &merged) { Merged::Skipped } else { Merged::Changed(merged) })
}

#[cfg(test)]
mod tests;
