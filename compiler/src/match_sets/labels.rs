//! Requirements on labels.

use dikast_stdlib::wildcard;

use crate::ir::RequirementOperator;
use crate::model::Selector;

/// A requirement on the labels of something.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Requirement<'t> {
    /// A label whose key and value fit these wildcards.
    Like { key: &'t str, value: &'t str },
    /// An entry of `matchExpressions`.
    Expression { key: &'t str, operator: RequirementOperator, values: Vec<&'t str> },
    /// A selector that is refused, which selects nothing.
    Never,
}

/// The requirements of a selector.
pub(super) fn requirements<'t>(selector: &Selector<'t>) -> Vec<Requirement<'t>> {
    let labels =
        selector.match_labels.iter().map(|(key, value)| Requirement::Like { key: key.as_str(), value: value.as_str() });
    let expressions =
        selector.match_expressions.iter().map(|(key, operator, values)| {
            match RequirementOperator::parse(operator.as_str()) {
                Ok(operator) => Requirement::Expression {
                    key: key.as_str(),
                    operator,
                    values: values.iter().map(|value| value.as_str()).collect(),
                },
                Err(_) => Requirement::Never,
            }
        });
    labels.chain(expressions).collect()
}

/// A label that no object can have as all requirements want it.
pub(super) fn contradiction<'t>(requirements: &[Requirement<'t>]) -> Option<&'t str> {
    requirements.iter().find_map(|requirement| {
        let key = requirement.key()?;
        let rest = || requirements.iter().filter(move |other| other.key() == Some(key));
        let must_exist = rest().any(Requirement::wants_label);
        let must_not = rest()
            .any(|other| matches!(other, Requirement::Expression { operator: RequirementOperator::DoesNotExist, .. }));
        let no_value = requirement
            .values()
            .is_some_and(|values| !values.iter().any(|value| rest().all(|other| other.admits(value))));
        (must_exist && must_not || no_value).then_some(key)
    })
}

impl<'t> Requirement<'t> {
    /// The key, if it is one key.
    fn key(&self) -> Option<&'t str> {
        match self {
            Self::Like { key, .. } => (!wildcard::is_wildcard(key)).then_some(*key),
            Self::Expression { key, .. } => Some(*key),
            Self::Never => None,
        }
    }

    /// The values that the label can have, if they are told one by one.
    fn values(&self) -> Option<Vec<&'t str>> {
        match self {
            Self::Like { value, .. } => (!wildcard::is_wildcard(value)).then(|| vec![*value]),
            Self::Expression { operator: RequirementOperator::In, values, .. } => {
                (!values.is_empty()).then(|| values.clone())
            }
            Self::Expression { .. } | Self::Never => None,
        }
    }

    fn wants_label(&self) -> bool {
        match self {
            Self::Like { .. } => true,
            Self::Expression { operator, .. } => {
                matches!(operator, RequirementOperator::In | RequirementOperator::Exists)
            }
            Self::Never => false,
        }
    }

    fn admits(&self, text: &str) -> bool {
        match self {
            Self::Like { value, .. } => wildcard::matches(value, text),
            Self::Expression { operator, values, .. } => match operator {
                RequirementOperator::In => values.contains(&text),
                RequirementOperator::NotIn => !values.contains(&text),
                RequirementOperator::Exists => true,
                RequirementOperator::DoesNotExist => false,
            },
            Self::Never => true,
        }
    }
}
