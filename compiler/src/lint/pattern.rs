//! Patterns that ask less than they seem to.

use dikast_grammar::anchor::{self as grammar, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};

use super::fault::{DoubledOperator, IgnoredItems, ImpossiblePattern, RegexInPattern, UnclosedReference};
use super::{anchor, range};
use crate::diagnostic::Diagnostics;

/// Looks at a whole pattern.
pub(super) fn check(pattern: &Node, diagnostics: &mut Diagnostics) {
    anchor::check_pattern(pattern, diagnostics);
    check_part(pattern, diagnostics);
}

/// Looks at a part of a pattern. Parsing bounds how deeply patterns nest.
fn check_part(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
        NodeValue::Text(text) => check_text(text, diagnostics),
        NodeValue::List(items) => {
            if let [first, second, ..] = items.as_slice()
                && first.as_list().is_none()
            {
                diagnostics.report(IgnoredItems { span: second.span, first: first.span });
            }
            items.iter().for_each(|item| check_part(item, diagnostics));
        }
        NodeValue::Map(entries) => {
            for entry in entries {
                check_field(entry, diagnostics);
            }
        }
    }
}

fn check_field(entry: &Entry, diagnostics: &mut Diagnostics) {
    match grammar::parse(entry.key.as_str()) {
        // Here every item counts.
        Some((AnchorKind::Existence, _)) => entry.value.items().iter().for_each(|item| check_part(item, diagnostics)),
        _ => check_part(&entry.value, diagnostics),
    }
}

/// Variables are not known here, nor are references.
fn check_text(text: &Text, diagnostics: &mut Diagnostics) {
    let (span, pattern) = (text.span(), text.as_str());
    if let Some(at) = unclosed_reference(pattern) {
        diagnostics.report(UnclosedReference { span: text.span_of(at..pattern.len()) });
    }
    if pattern.contains("{{") || pattern.contains("$(") {
        return;
    }
    if let Some(at) = ["||", "&&"].iter().find_map(|doubled| pattern.find(doubled)) {
        diagnostics.report(DoubledOperator {
            span: text.span_of(at..at + 2),
            operator: pattern.get(at..at + 1).unwrap_or_default().to_owned(),
        });
    } else if range::is_impossible(pattern) {
        diagnostics.report(ImpossiblePattern { span, pattern: pattern.to_owned() });
    } else if range::is_regex(pattern) {
        diagnostics.report(RegexInPattern { span, pattern: pattern.to_owned() });
    }
}

/// Where a reference begins that names nothing or does not end, so that it is plain text.
fn unclosed_reference(pattern: &str) -> Option<usize> {
    let at = pattern.find("$(")?;
    let rest = pattern.get(at + 2..).unwrap_or_default();
    rest.find(')').is_none_or(|end| end == 0).then_some(at)
}
