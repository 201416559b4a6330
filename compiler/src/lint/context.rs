//! Names of context entries, and sources that no cluster can be asked for yet.

use super::fault::{ReservedEntryName, UnsupportedImageRegistry};
use crate::diagnostic::Diagnostics;
use crate::model::{ContextEntry, ContextSource};

/// What is always there (Kyverno `pkg/validation/policy/validate.go`, `validateRuleContext`).
const RESERVED: &[&str] =
    &["images", "request", "serviceAccountName", "serviceAccountNamespace", "element", "elementIndex"];

/// Looks for entries that would replace the request and the like, and for sources that are not supported. Those stay in
/// the program, as offline evaluation can be told their values.
pub(super) fn check(entries: &[ContextEntry<'_>], diagnostics: &mut Diagnostics) {
    for entry in entries {
        let name = entry.name.as_str();
        let first = name.split_once('.').map_or(name, |(first, _)| first);
        if RESERVED.contains(&first) {
            diagnostics.report(ReservedEntryName { span: entry.name.span(), name: first.to_owned() });
        }
        match entry.source {
            ContextSource::ImageRegistry { field: span, .. } => diagnostics.report(UnsupportedImageRegistry { span }),
            ContextSource::Variable { .. }
            | ContextSource::ConfigMap { .. }
            | ContextSource::ApiCall(_)
            | ContextSource::GlobalReference { .. } => {}
        }
    }
}
