//! Filters that cannot match.

use dikast_grammar::kind::plain_kind;
use dikast_stdlib::wildcard;

use super::fault::{EmptyFilter, IgnoredOperations, LowerCaseKind, SelectorOnNamespace};
use crate::diagnostic::Diagnostics;
use crate::model::MatchBlock;

/// Looks at the filters of a block.
pub(super) fn check_block(block: &MatchBlock<'_>, diagnostics: &mut Diagnostics) {
    for filter in &block.filters {
        if filter.is_empty() {
            diagnostics.report(EmptyFilter { span: filter.span });
        }
        for kind in &filter.kinds {
            let name = plain_kind(kind.as_str());
            if name.starts_with(|first: char| first.is_ascii_lowercase()) && !wildcard::is_wildcard(name) {
                diagnostics.report(LowerCaseKind { span: kind.span(), kind: name.to_owned() });
            }
        }
        let only_namespaces =
            !filter.kinds.is_empty() && filter.kinds.iter().all(|kind| plain_kind(kind.as_str()) == "Namespace");
        if let Some(selector) = filter.namespace_selector.as_ref().filter(|_| only_namespaces) {
            diagnostics.report(SelectorOnNamespace { span: selector.span });
        }
    }
}

/// Exceptions compare everything in a filter but the operation (Kyverno `pkg/engine/utils/exceptions.go`).
pub(super) fn check_exception_operations(block: &MatchBlock<'_>, diagnostics: &mut Diagnostics) {
    for operation in block.filters.iter().filter_map(|filter| filter.operations.first()) {
        diagnostics.report(IgnoredOperations { span: operation.span() });
    }
}
