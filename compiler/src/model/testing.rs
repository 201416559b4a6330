//! Documents of the command line, held against their schemas. Names of files and objects are whatever their author likes.

use dikast_grammar::yaml::Node;

use super::check::check_document;
use super::node::Fields;
use super::schema::ObjectShape;
use super::schema::testing::{TEST, USER, VALUES_FILE};
use crate::diagnostic::Diagnostics;

/// Reports what is wrong with the fields of a test.
pub(crate) fn check_test(document: &Node, source: &str, diagnostics: &mut Diagnostics) {
    check(document, &TEST, source, diagnostics);
}

/// Reports what is wrong with the fields of a document of kind `Values` or `UserInfo`; nothing for other kinds.
pub(crate) fn check_fields(document: &Node, source: &str, diagnostics: &mut Diagnostics) {
    match document.text("kind").map(|kind| kind.as_str()) {
        Some("Values" | "Value") => check(document, &VALUES_FILE, source, diagnostics),
        Some("UserInfo") => check(document, &USER, source, diagnostics),
        _ => {}
    }
}

fn check(document: &Node, shape: &'static ObjectShape, source: &str, diagnostics: &mut Diagnostics) {
    let _compared = check_document(document, shape, source, diagnostics);
}
