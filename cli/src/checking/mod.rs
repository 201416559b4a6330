//! What commands that check have in common: settings, a baseline, fixes, the forms of findings.
//!
//! | module | what |
//! |---|---|
//! | [`project`] | `dikast.toml`, and where it is |
//! | [`baseline`] | findings that are known |
//! | [`fix`] | fixes, written into files |
//! | [`form`] | the forms of findings |

pub(crate) mod baseline;
pub(crate) mod fix;
pub(crate) mod form;
pub(crate) mod project;

use dikast_compiler::diagnostic::{Diagnostic, Severity, allow};
use dikast_grammar::SourceMap;

use project::Project;

/// The findings that are left when comments and settings are heeded.
pub(crate) fn heeded(found: Vec<Diagnostic>, sources: &SourceMap, project: &Project) -> Vec<Diagnostic> {
    project.settings.apply(allow::apply(found, sources))
}

/// Whether findings make a command fail: those that are only informative do when `info_counts`.
pub(crate) fn count(found: &[Diagnostic], info_counts: bool) -> bool {
    found.iter().any(|finding| info_counts || finding.severity != Severity::Info)
}
