//! Names of context entries.

use super::fault::ReservedEntryName;
use crate::diagnostic::Diagnostics;
use crate::model::ContextEntry;

/// What is always there (Kyverno `pkg/validation/policy/validate.go`, `validateRuleContext`).
const RESERVED: &[&str] =
    &["images", "request", "serviceAccountName", "serviceAccountNamespace", "element", "elementIndex"];

/// Looks for entries that would replace the request and the like.
pub(super) fn check(entries: &[ContextEntry<'_>], diagnostics: &mut Diagnostics) {
    for entry in entries {
        let name = entry.name.as_str();
        let first = name.split_once('.').map_or(name, |(first, _)| first);
        if RESERVED.contains(&first) {
            diagnostics.report(ReservedEntryName { span: entry.name.span(), name: first.to_owned() });
        }
    }
}
