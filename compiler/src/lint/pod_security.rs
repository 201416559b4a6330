//! Exclusions from the standards of Pod Security that exclude nothing.

use dikast_grammar::template::find_variables;
use dikast_stdlib::pod_security::{fields_of, has_field};

use super::fault::NoSuchRestrictedField;
use crate::diagnostic::Diagnostics;
use crate::model::{PodSecurityExclude, suggest};

/// Looks at what a rule or an exception excludes.
pub(super) fn check(excludes: &[PodSecurityExclude<'_>], diagnostics: &mut Diagnostics) {
    for exclude in excludes {
        let control = exclude.control.as_str();
        let Some(field) = exclude.restricted_field.filter(|field| find_variables(field.as_str()).is_empty()) else {
            continue;
        };
        if has_field(control, field.as_str()) == Some(false) {
            let known: Vec<&str> = fields_of(control).collect();
            diagnostics.report(NoSuchRestrictedField {
                span: field.span(),
                field: field.as_str().to_owned(),
                control: control.to_owned(),
                meant: suggest::closest(field.as_str(), known.iter().copied()).map(str::to_owned),
                known: suggest::alternatives(&known),
            });
        }
    }
}
