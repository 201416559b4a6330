//! Which anchors of a pattern met their key in the resource (Kyverno `anchor/anchormap.go`).

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_grammar::anchor::AnchorKind;

use super::anchor_of;
use crate::Object;

/// For each conditional and existence anchor that was visited, by its text, whether any resource object that it was
/// held against has its key.
#[derive(Default)]
pub(super) struct AnchorKeys(BTreeMap<Arc<str>, bool>);

impl AnchorKeys {
    pub(super) fn visit(&mut self, pattern: &Object, resource: &Object) {
        for key in pattern.keys() {
            // Negations count nowhere: their keys are not meant to be there.
            if let Some((AnchorKind::Conditional | AnchorKind::Existence, name)) = anchor_of(key) {
                let met = self.0.entry(Arc::clone(key)).or_default();
                *met = *met || resource.contains_key(name);
            }
        }
    }

    /// Whether some anchor never met its key. A mismatch is then an error and no failure.
    pub(super) fn any_missing(&self) -> bool {
        self.0.values().any(|met| !met)
    }
}
