//! Patterns that ask less than they seem to.

use dikast_grammar::anchor::{self, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue};
use dikast_stdlib::Value;
use dikast_stdlib::pattern::ScalarPattern;

use super::fault::{AbsentSatisfies, IgnoredItems};
use crate::diagnostic::Diagnostics;

/// Looks at a pattern. Parsing bounds how deeply patterns nest.
pub(super) fn check(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Text(_) => {}
        NodeValue::List(items) => {
            if let [first, second, ..] = items.as_slice()
                && first.as_list().is_none()
            {
                diagnostics.report(IgnoredItems { span: second.span, first: first.span });
            }
            items.iter().for_each(|item| check(item, diagnostics));
        }
        NodeValue::Map(entries) => {
            for entry in entries {
                check_field(entry, diagnostics);
            }
        }
    }
}

fn check_field(entry: &Entry, diagnostics: &mut Diagnostics) {
    match anchor::parse(entry.key.as_str()) {
        // Here every item counts.
        Some((AnchorKind::Existence, _)) => entry.value.items().iter().for_each(|item| check(item, diagnostics)),
        Some(_) => check(&entry.value, diagnostics),
        None => {
            check_absent(entry, diagnostics);
            check(&entry.value, diagnostics);
        }
    }
}

/// Kyverno reads an absent field as the number 0 when it compares it with a number, size or duration.
fn check_absent(entry: &Entry, diagnostics: &mut Diagnostics) {
    let Some(pattern) = entry.value.as_str().filter(|pattern| !pattern.contains("{{")) else { return };
    if ScalarPattern::new(&Value::text(pattern)).matches(&Value::Null) {
        diagnostics.report(AbsentSatisfies {
            span: entry.value.span,
            pattern: pattern.to_owned(),
            field: entry.key.as_str().to_owned(),
        });
    }
}
