//! Documents of the command line, held against their schemas.

use dikast_grammar::yaml::Node;

use super::check::check_document;
use super::node::Fields;
use super::schema::testing::{TEST, USER, VALUES_FILE};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// What is wrong with the fields of a document of kind `Test`, `Values` or `UserInfo`; nothing for other kinds. Names of
/// files and objects are whatever their author likes.
pub(crate) fn check_fields(document: &Node, source: &str) -> Vec<Diagnostic> {
    let shape = match document.text("kind").map(|kind| kind.as_str()) {
        Some("Test") => &TEST,
        Some("Values" | "Value") => &VALUES_FILE,
        Some("UserInfo") => &USER,
        _ => return Vec::new(),
    };
    let mut diagnostics = Diagnostics::new();
    let _names = check_document(document, shape, source, &mut diagnostics);
    diagnostics.into_sorted()
}
