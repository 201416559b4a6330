//! How much a document may hold.

use dikast_grammar::yaml::{Node, NodeValue};

use super::fault::TooManyParts;
use crate::diagnostic::Diagnostics;

/// The most parts of a document: nodes, and in texts what becomes a node of its own, namely variables and alternatives, with
/// the length of expressions, which are parsed for each kind of controller and operation.
///
/// Every stage walks over all parts, and some make code of each, so that their number is what a document costs. Policies that
/// people write stay below a twentieth of this.
pub(crate) const MOST_PARTS: usize = 10_000;

/// How many parts a variable counts as: it becomes an expression of several nodes.
const VARIABLE: usize = 4;

/// How many bytes of a text with variables count as one part.
const BYTES: usize = 32;

/// Whether a document has no more than [`MOST_PARTS`]; if it has, this is reported.
pub(crate) fn is_within_bounds(document: &Node, diagnostics: &mut Diagnostics) -> bool {
    let is_within = has_at_most(document, MOST_PARTS);
    if !is_within {
        diagnostics
            .report(TooManyParts { span: document.entries().first().map_or(document.span, |entry| entry.key.span()) });
    }
    is_within
}

/// Counts no further than it needs to.
fn has_at_most(document: &Node, most: usize) -> bool {
    let mut left = vec![document];
    let mut parts = 0;
    while let Some(node) = left.pop() {
        parts += 1;
        match &node.value {
            NodeValue::Text(text) => parts += parts_of_text(text.as_str()),
            NodeValue::List(items) => left.extend(items),
            NodeValue::Map(entries) => {
                parts += entries.iter().map(|entry| parts_of_text(entry.key.as_str())).sum::<usize>();
                left.extend(entries.iter().map(|entry| &entry.value));
            }
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
        }
        if parts + left.len() > most {
            return false;
        }
    }
    true
}

/// Variables, and alternatives of patterns.
fn parts_of_text(text: &str) -> usize {
    let alternatives = text.bytes().filter(|byte| matches!(byte, b'|' | b'&')).count();
    match text.matches("{{").count() {
        0 => alternatives,
        variables => alternatives + variables * VARIABLE + text.len() / BYTES,
    }
}

#[cfg(test)]
mod tests {
    use dikast_grammar::{FileId, yaml};

    use super::{MOST_PARTS, has_at_most, is_within_bounds};
    use crate::diagnostic::{Diagnostics, code};

    fn fits(text: &str, most: usize) -> bool {
        let parsed = yaml::parse(FileId(0), text);
        parsed.documents.iter().all(|document| has_at_most(document, most))
    }

    #[test]
    fn nodes_variables_and_alternatives_count() {
        for (text, parts) in [
            ("a: 1", 2),
            ("[a, b, c]", 4),
            ("a: '{{ x }} {{ y }}'", 10),
            ("a: 'of many words, which are not parsed'", 2),
            ("a: 'of many words, one of which is {{ x }}'", 7),
            ("'{{ a }}': b | c & d", 8),
            ("a: {b: [{}]}", 4),
        ] {
            assert!(fits(text, parts), "{text}");
            assert!(!fits(text, parts - 1), "{text}");
        }
    }

    #[test]
    fn what_is_too_much_is_told() {
        let of_items = |items: usize| yaml::parse(FileId(0), &format!("[{}]", "a,".repeat(items)));
        for (items, is_told) in [(MOST_PARTS - 1, false), (MOST_PARTS, true)] {
            let (parsed, mut found) = (of_items(items), Diagnostics::new());
            assert_eq!(is_within_bounds(&parsed.documents[0], &mut found), !is_told);
            assert_eq!(found.into_sorted().iter().any(|found| found.code == code::OVERSIZED), is_told);
        }
    }
}
