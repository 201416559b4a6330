//! Label selectors with wildcards (Kyverno `pkg/engine/wildcards/wildcards.go`, `pkg/utils/match/labels.go`).

use std::collections::BTreeMap;

use dikast_compiler::ir::{LabelSelector, NameId, Program, RequirementOperator};
use dikast_stdlib::wildcard;

/// Whether a selector fits labels. A wildcard stands for a label that is there; where there is none, Kyverno asks for the
/// text with each wildcard made a `0`.
pub(crate) fn selects(program: &Program, selector: &LabelSelector, labels: &BTreeMap<&str, &str>) -> bool {
    let mut required = BTreeMap::new();
    for (key, value) in &selector.match_labels {
        let (key, value) = concrete(program.name(*key), program.name(*value), labels);
        required.insert(key, value);
    }
    !selector.invalid
        && required.iter().all(|(key, value)| {
            is_label_key(key) && is_label_value(value) && labels.get(&**key).is_some_and(|label| label == value)
        })
        && selector.match_expressions.iter().all(|requirement| {
            let label = labels.get(&**program.name(requirement.key));
            let listed =
                |label: &&str| requirement.values.iter().any(|value: &NameId| **program.name(*value) == **label);
            match requirement.operator {
                RequirementOperator::In => label.is_some_and(listed),
                RequirementOperator::NotIn => !label.is_some_and(listed),
                RequirementOperator::Exists => label.is_some(),
                RequirementOperator::DoesNotExist => label.is_none(),
            }
        })
}

/// The label that a pair of `matchLabels` stands for.
fn concrete(key: &str, value: &str, labels: &BTreeMap<&str, &str>) -> (String, String) {
    if !wildcard::is_wildcard(key) && !wildcard::is_wildcard(value) {
        return (key.to_owned(), value.to_owned());
    }
    let fitting = labels.iter().find(|(name, text)| wildcard::matches(key, name) && wildcard::matches(value, text));
    match fitting {
        Some((name, text)) => ((*name).to_owned(), (*text).to_owned()),
        None => (key.replace(['*', '?'], "0"), value.replace(['*', '?'], "0")),
    }
}

/// Whether Kubernetes takes a text as a label's value.
fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_name(value)
}

/// Whether Kubernetes takes a text as a label's key: a name, which a DNS name and a slash may precede.
fn is_label_key(key: &str) -> bool {
    match key.split_once('/') {
        None => is_name(key),
        Some((prefix, name)) => {
            let is_dns_part = |part: &str| {
                let edge =
                    |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
                let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                edge(part.as_bytes().first()) && edge(part.as_bytes().last()) && part.bytes().all(inner)
            };
            prefix.len() <= 253 && prefix.split('.').all(is_dns_part) && is_name(name)
        }
    }
}

/// At most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.
fn is_name(name: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    name.len() <= 63
        && edge(name.as_bytes().first())
        && edge(name.as_bytes().last())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dikast_compiler::ir::{Builder, LabelRequirement};

    fn fits(pairs: &[(&str, &str)], labels: &[(&str, &str)]) -> bool {
        let mut builder = Builder::new();
        let match_labels = pairs.iter().map(|(key, value)| (builder.name(key), builder.name(value))).collect();
        let selector = LabelSelector { match_labels, ..LabelSelector::default() };
        selects(&builder.finish(), &selector, &labels.iter().copied().collect())
    }

    #[test]
    fn wildcards_stand_for_labels_that_are_there() {
        assert!(fits(&[("app*", "?*")], &[("app.io/x", "y")]));
        assert!(!fits(&[("app*", "?*")], &[("app.io/x", "")]));
        assert!(!fits(&[("*", "*")], &[]));
        assert!(fits(&[], &[]));
        assert!(!fits(&[("a", "*")], &[("a", "not a label value")]));
    }

    #[test]
    fn requirements_are_asked_of_absent_labels() {
        let mut builder = Builder::new();
        let (key, value) = (builder.name("a"), builder.name("b"));
        let requirement = |operator| LabelRequirement { key, operator, values: vec![value] };
        let selector =
            |operator| LabelSelector { match_expressions: vec![requirement(operator)], ..LabelSelector::default() };
        let program = builder.finish();
        let none = BTreeMap::new();
        assert!(selects(&program, &selector(RequirementOperator::NotIn), &none));
        assert!(!selects(&program, &selector(RequirementOperator::In), &none));
        assert!(selects(&program, &selector(RequirementOperator::DoesNotExist), &none));
        assert!(selects(&program, &selector(RequirementOperator::In), &BTreeMap::from([("a", "b")])));
    }

    #[test]
    fn label_keys_may_have_a_prefix() {
        assert!(is_label_key("app.kubernetes.io/name"));
        assert!(!is_label_key("App/name"));
        assert!(!is_label_key("/name"));
        assert!(!is_label_key(""));
    }
}
