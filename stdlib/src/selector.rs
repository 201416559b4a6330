//! Label selectors: Kubernetes' own, with Kyverno's wildcards in `matchLabels`
//! (Kyverno `pkg/utils/match/labels.go`, `pkg/engine/wildcards/wildcards.go`; Kubernetes
//! `k8s.io/apimachinery/pkg/labels`).

use std::collections::BTreeMap;

use crate::Value;
use crate::wildcard::{is_wildcard, matches};

/// Labels of an object, by key.
pub type Labels<'a> = BTreeMap<&'a str, &'a str>;

/// A selector; all of its requirements must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    /// Keys and values that must be there; wildcards allowed in both.
    pub match_labels: Vec<(String, String)>,
    /// Requirements, without wildcards.
    pub match_expressions: Vec<Requirement>,
}

/// One entry of `matchExpressions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Label key.
    pub key: String,
    /// How to compare.
    pub operator: RequirementOperator,
    /// What to compare with.
    pub values: Vec<String>,
}

/// Operators of `matchExpressions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequirementOperator {
    /// The label is one of the values.
    In,
    /// The label is none of the values, or is absent.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is not there.
    DoesNotExist,
}

/// Why a selector is none that Kubernetes takes. Such a selector selects nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// A key is no label key.
    #[error("`{0}` is not a valid label key")]
    Key(String),
    /// A value is no label value.
    #[error("`{0}` is not a valid label value")]
    Value(String),
    /// An operator is not known.
    #[error("{0:?} is not a valid label selector operator")]
    Operator(String),
    /// `In` and `NotIn` want values.
    #[error("the values of `{0}` are empty")]
    NoValues(String),
    /// `Exists` and `DoesNotExist` want no values.
    #[error("the values of `{0}` are not empty")]
    SuperfluousValues(String),
    /// The selector has not the form of one.
    #[error("not a label selector")]
    Form,
}

impl LabelSelector {
    /// Reads a selector of a document.
    ///
    /// # Errors
    ///
    /// The form is wrong or an operator is not known. Keys and values are checked when the selector is asked, after
    /// wildcards are gone.
    pub fn from_value(value: &Value) -> Result<Self, SelectorError> {
        let members = value.as_object().ok_or(SelectorError::Form)?;
        let text = |value: &Value| value.as_text().map(str::to_owned).ok_or(SelectorError::Form);
        let match_labels = match members.get("matchLabels") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(labels)) => {
                let pairs = labels.iter().map(|(key, value)| Ok((key.to_string(), text(value)?)));
                pairs.collect::<Result<_, SelectorError>>()?
            }
            Some(_) => return Err(SelectorError::Form),
        };
        let match_expressions = match members.get("matchExpressions") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::List(items)) => items.iter().map(Requirement::from_value).collect::<Result<_, _>>()?,
            Some(_) => return Err(SelectorError::Form),
        };
        Ok(Self { match_labels, match_expressions })
    }

    /// Whether labels fit.
    ///
    /// # Errors
    ///
    /// The selector is none that Kubernetes takes, perhaps only for these labels: wildcards are replaced first.
    pub fn selects(&self, labels: &Labels<'_>) -> Result<bool, SelectorError> {
        let pairs = self.match_labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let mut selected = has_labels(pairs, labels)?;
        for requirement in &self.match_expressions {
            let values = requirement.values.iter().map(String::as_str);
            selected &= meets_requirement(&requirement.key, requirement.operator, values, labels)?;
        }
        Ok(selected)
    }
}

impl Requirement {
    fn from_value(value: &Value) -> Result<Self, SelectorError> {
        let text = |name: &str| match value.get(name) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(text) => text.as_text().map(str::to_owned).ok_or(SelectorError::Form),
        };
        let values = match value.get("values") {
            None | Some(Value::Null) => Vec::new(),
            Some(values) => {
                let values = values.as_list().ok_or(SelectorError::Form)?.iter();
                values
                    .map(|value| value.as_text().map(str::to_owned))
                    .collect::<Option<_>>()
                    .ok_or(SelectorError::Form)?
            }
        };
        Ok(Self { key: text("key")?, operator: RequirementOperator::parse(&text("operator")?)?, values })
    }
}

impl RequirementOperator {
    /// Reads an operator in Kubernetes' spelling.
    ///
    /// # Errors
    ///
    /// The name is none.
    pub fn parse(name: &str) -> Result<Self, SelectorError> {
        match name {
            "In" => Ok(Self::In),
            "NotIn" => Ok(Self::NotIn),
            "Exists" => Ok(Self::Exists),
            "DoesNotExist" => Ok(Self::DoesNotExist),
            _ => Err(SelectorError::Operator(name.to_owned())),
        }
    }
}

/// Whether labels have all pairs of a `matchLabels`. A pair with wildcards stands for the first label that it fits.
///
/// # Errors
///
/// A pair is no label. A pair with wildcards that fits no label is tried with `0` for each wildcard, so it may be one.
pub fn has_labels<'s>(
    pairs: impl IntoIterator<Item = (&'s str, &'s str)>,
    labels: &Labels<'_>,
) -> Result<bool, SelectorError> {
    // Pairs that come to stand for the same key are one requirement, the last.
    let mut required = BTreeMap::new();
    for (key, value) in pairs {
        let (key, value) = concrete(key, value, labels);
        required.insert(key, value);
    }
    let mut selected = true;
    for (key, value) in &required {
        check_key(key)?;
        check_value(value)?;
        selected &= labels.get(&**key).is_some_and(|found| found == value);
    }
    Ok(selected)
}

/// Whether labels meet one entry of `matchExpressions`.
///
/// # Errors
///
/// The entry is none that Kubernetes takes.
pub fn meets_requirement<'s>(
    key: &str,
    operator: RequirementOperator,
    values: impl IntoIterator<Item = &'s str>,
    labels: &Labels<'_>,
) -> Result<bool, SelectorError> {
    check_key(key)?;
    let label = labels.get(key).copied();
    let (mut count, mut listed) = (0, false);
    for value in values {
        check_value(value)?;
        count += 1;
        listed |= label == Some(value);
    }
    match operator {
        RequirementOperator::In | RequirementOperator::NotIn if count == 0 => {
            Err(SelectorError::NoValues(key.to_owned()))
        }
        RequirementOperator::Exists | RequirementOperator::DoesNotExist if count > 0 => {
            Err(SelectorError::SuperfluousValues(key.to_owned()))
        }
        RequirementOperator::In => Ok(listed),
        RequirementOperator::NotIn => Ok(!listed),
        RequirementOperator::Exists => Ok(label.is_some()),
        RequirementOperator::DoesNotExist => Ok(label.is_none()),
    }
}

/// The label that a pair stands for.
fn concrete(key: &str, value: &str, labels: &Labels<'_>) -> (String, String) {
    if !is_wildcard(key) && !is_wildcard(value) {
        return (key.to_owned(), value.to_owned());
    }
    match labels.iter().find(|(name, text)| matches(key, name) && matches(value, text)) {
        Some((name, text)) => ((*name).to_owned(), (*text).to_owned()),
        None => (key.replace(['*', '?'], "0"), value.replace(['*', '?'], "0")),
    }
}

fn check_key(key: &str) -> Result<(), SelectorError> {
    if is_label_key(key) { Ok(()) } else { Err(SelectorError::Key(key.to_owned())) }
}

fn check_value(value: &str) -> Result<(), SelectorError> {
    if is_label_value(value) { Ok(()) } else { Err(SelectorError::Value(value.to_owned())) }
}

/// Whether Kubernetes takes a text as a label's value: empty, or a name.
pub fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_name(value)
}

/// Whether Kubernetes takes a text as a label's key: a name, which a DNS subdomain and a slash may precede.
pub fn is_label_key(key: &str) -> bool {
    match key.split_once('/') {
        None => is_name(key),
        Some((prefix, name)) => is_subdomain(prefix) && is_name(name),
    }
}

/// At most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at each end.
fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether a text is a DNS subdomain: at most 253 characters, parts of lower-case letters, digits and `-`, with a letter or digit at each end.
pub fn is_subdomain(text: &str) -> bool {
    let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(edge)
            && bytes.last().is_some_and(edge)
            && bytes.iter().all(|byte| edge(byte) || *byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn selects(selector: &str, labels: &[(&str, &str)]) -> Result<bool, SelectorError> {
        let selector: Value = serde_json::from_str(selector).unwrap();
        LabelSelector::from_value(&selector)?.selects(&labels.iter().copied().collect())
    }

    #[test]
    fn wildcards_stand_for_labels_that_are_there() {
        let labels = [("app", "web"), ("team/a", "x"), ("note", "")];
        for (selector, expected) in [
            (r#"{"matchLabels": {"app": "web"}}"#, true),
            (r#"{"matchLabels": {"app": "w*"}}"#, true),
            (r#"{"matchLabels": {"team/*": "?"}}"#, true),
            (r#"{"matchLabels": {"*": "?*", "a?p": "*"}}"#, true),
            (r#"{"matchLabels": {"note": "?*"}}"#, false),
            (r#"{"matchLabels": {"App": "web"}}"#, false),
            ("{}", true),
        ] {
            assert_eq!(selects(selector, &labels), Ok(expected), "{selector}");
        }
        assert_eq!(selects(r#"{"matchLabels": {"*": "*"}}"#, &[]), Ok(false));
    }

    #[test]
    fn requirements() {
        let labels = [("tier", "db")];
        let ask = |operator: &str, values: &str| {
            let entry = format!(r#"{{"key": "tier", "operator": "{operator}", "values": {values}}}"#);
            let selector = format!(r#"{{"matchExpressions": [{entry}]}}"#);
            (selects(&selector, &labels), selects(&selector, &[]))
        };
        assert_eq!(ask("In", r#"["db", "web"]"#), (Ok(true), Ok(false)));
        assert_eq!(ask("NotIn", r#"["db"]"#), (Ok(false), Ok(true)));
        assert_eq!(ask("Exists", "[]"), (Ok(true), Ok(false)));
        assert_eq!(ask("DoesNotExist", "null"), (Ok(false), Ok(true)));
        assert_eq!(ask("In", "[]").0, Err(SelectorError::NoValues("tier".to_owned())));
        assert_eq!(ask("Exists", r#"["db"]"#).0, Err(SelectorError::SuperfluousValues("tier".to_owned())));
        assert_eq!(ask("in", r#"["db"]"#).0, Err(SelectorError::Operator("in".to_owned())));
        assert_eq!(ask("In", r#"["d*"]"#).0, Err(SelectorError::Value("d*".to_owned())));
    }

    #[test]
    fn keys_and_values_of_labels() {
        let long = "a".repeat(64);
        for key in ["a", "A_b.c-9", "example.com/A", "1.2/3"] {
            assert!(is_label_key(key), "{key}");
        }
        for key in ["", "-a", "a-", "a/b/c", "/a", "a/", "Example.com/a", "a_b/c", "ä", "a..b/c", "a*", &long] {
            assert!(!is_label_key(key), "{key}");
        }
        assert!(is_label_value("") && is_label_value("a.b") && !is_label_value("a b") && !is_label_value(&long));
    }

    proptest! {
        #[test]
        fn a_pair_that_is_a_label_selects_it(key in "[a-z*?/.]{0,6}", value in "[a-z*?]{0,4}") {
            let labels = Labels::from([(key.as_str(), value.as_str())]);
            let found = has_labels([(key.as_str(), value.as_str())], &labels);
            prop_assert_eq!(found.is_ok(), is_label_key(&key) && is_label_value(&value));
            prop_assert_ne!(found, Ok(false));
        }
    }
}
