//! Plain scalars that mean something else than they look like: YAML 1.1 in which Kyverno reads documents.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, NodeValue};

use super::fault::{AmbiguousKey, AmbiguousScalar, SexagesimalText, TagForText};
use crate::diagnostic::Diagnostics;

/// Looks at all scalars of a document. `source` is the text of its file. Parsing bounds how deeply documents nest.
pub(crate) fn check_scalars(node: &Node, source: &str, diagnostics: &mut Diagnostics) {
    check(node, "", source, diagnostics);
}

/// `key` is the field that the node is the value of.
fn check(node: &Node, key: &str, source: &str, diagnostics: &mut Diagnostics) {
    let written = || source.get(node.span.start as usize..node.span.end as usize).unwrap_or_default();
    match &node.value {
        NodeValue::Null => check_tag(node.span, written(), "null", diagnostics),
        NodeValue::Bool(truth) => {
            if is_odd_truth(written()) {
                let meaning = format!("the truth value `{truth}`");
                diagnostics.report(AmbiguousScalar { span: node.span, written: written().to_owned(), meaning });
            }
        }
        NodeValue::Int(number) => check_number(node.span, written(), key, &number.to_string(), diagnostics),
        NodeValue::Float(number) => check_number(node.span, written(), key, &number.to_string(), diagnostics),
        NodeValue::Text(text) => {
            if text.as_str().is_empty() {
                check_tag(node.span, written(), "empty text", diagnostics);
            }
            if is_sexagesimal(written()) && text.as_str() == written() {
                diagnostics.report(SexagesimalText { span: node.span, written: written().to_owned() });
            }
        }
        NodeValue::List(items) => items.iter().for_each(|item| check(item, key, source, diagnostics)),
        NodeValue::Map(entries) => {
            for entry in entries {
                let span = entry.key.span();
                let written = source.get(span.start as usize..span.end as usize).unwrap_or_default();
                if is_odd_truth(written) && entry.key.as_str() != written {
                    let meaning = entry.key.as_str().to_owned();
                    diagnostics.report(AmbiguousKey { span, written: written.to_owned(), meaning });
                }
                check(&entry.value, entry.key.as_str(), source, diagnostics);
            }
        }
    }
}

/// `!nginx:*` without quotes is a tag of whatever comes next, which is nothing.
fn check_tag(span: Span, written: &str, value: &'static str, diagnostics: &mut Diagnostics) {
    if written.starts_with('!') && !written.starts_with("!!") {
        diagnostics.report(TagForText { span, written: written.to_owned(), value });
    }
}

fn check_number(span: Span, written: &str, key: &str, number: &str, diagnostics: &mut Diagnostics) {
    let digits = written.trim_start_matches(['+', '-']);
    // Everybody writes the modes of files in octal.
    let is_octal = digits.len() > 1
        && digits.starts_with('0')
        && digits
            .as_bytes()
            .get(1)
            .is_some_and(|second| second.is_ascii_digit() || matches!(second, b'o' | b'b' | b'_'))
        && !key.to_ascii_lowercase().contains("mode");
    let loses_zero = digits.split_once('.').is_some_and(|(_, fraction)| fraction.len() > 1 && fraction.ends_with('0'));
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit());
    if is_number && (is_octal || loses_zero || written.contains('_')) {
        let meaning = format!("the number `{number}`");
        diagnostics.report(AmbiguousScalar { span, written: written.to_owned(), meaning });
    }
}

/// A word for a truth value other than `true` and `false`.
fn is_odd_truth(written: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off"];
    words.iter().any(|word| word.eq_ignore_ascii_case(written))
}

/// `12:30:00`, which other readers of YAML 1.1 take for a number.
fn is_sexagesimal(written: &str) -> bool {
    let mut parts = written.split(':');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_sixtieth = |part: &str| is_number(part) && part.len() <= 2 && part.parse::<u8>().is_ok_and(|part| part < 60);
    let is_first = parts.next().is_some_and(|first| is_number(first.trim_start_matches(['+', '-'])));
    let mut rest = parts.peekable();
    is_first && rest.peek().is_some() && rest.all(is_sixtieth)
}
