//! Conditions that cannot hold.

use super::fault::EmptyAny;
use crate::diagnostic::Diagnostics;
use crate::model::AnyAll;

/// Looks at an any/all block.
pub(super) fn check_block(block: &AnyAll<'_>, diagnostics: &mut Diagnostics) {
    if block.any.as_ref().is_some_and(Vec::is_empty) {
        diagnostics.report(EmptyAny { span: block.any_span });
    }
}
