//! Names of context entries, and credentials that nobody can give yet.

use super::fault::{ReservedEntryName, UnsupportedProvider};
use crate::diagnostic::Diagnostics;
use crate::model::{ContextEntry, ContextSource};

/// What is always there (Kyverno `pkg/validation/policy/validate.go`, `validateRuleContext`).
const RESERVED: &[&str] =
    &["images", "request", "serviceAccountName", "serviceAccountNamespace", "element", "elementIndex"];

/// Looks for entries that would replace the request and the like, and for credentials that are not supported. Such entries
/// stay in the program, as offline evaluation can be told their values.
pub(super) fn check(entries: &[ContextEntry<'_>], diagnostics: &mut Diagnostics) {
    for entry in entries {
        let name = entry.name.as_str();
        let first = name.split_once('.').map_or(name, |(first, _)| first);
        if RESERVED.contains(&first) {
            diagnostics.report(ReservedEntryName { span: entry.name.span(), name: first.to_owned() });
        }
        if let ContextSource::ImageRegistry { credentials: Some(credentials), .. } = &entry.source {
            for provider in credentials.providers.iter().filter(|provider| provider.as_str() != "default") {
                diagnostics
                    .report(UnsupportedProvider { span: provider.span(), provider: provider.as_str().to_owned() });
            }
        }
    }
}
