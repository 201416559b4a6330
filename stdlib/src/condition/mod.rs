//! The operators of conditions (Kyverno `pkg/engine/variables/operator`).
//!
//! | module | operators |
//! |---|---|
//! | `equality` | `Equals`, `NotEquals` |
//! | `membership` | `In`, `AnyIn`, `AllIn` and their negations |
//! | `order` | `GreaterThan`, `DurationLessThan` and so on |
//! | `prepared` | values with their readings |

mod equality;
mod membership;
mod operator;
mod order;
mod prepared;

use membership::Demand;
pub use operator::{Operator, OperatorKind, Relation};
pub use prepared::{Encoded, Prepared};

use crate::Value;

/// Why a condition has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Kyverno knows no operator of this name. The text is Kyverno's, in which the name does not show.
    #[error("failed to create handler for condition operator: %!w(<nil>)")]
    UnknownOperator(String),
    /// `In` and `NotIn` with a list as key take only texts in it; Kyverno crashes on anything else.
    #[error("operator {0} takes only strings in the list of its key")]
    KeyNotText(String),
    /// Two lists with more wildcards between them than are compared for one request.
    #[error("operator {0} has too many wildcards to compare in the lists of its key and value")]
    TooLong(String),
}

/// What an operator says of a key and a value in which nothing is left to substitute.
///
/// # Errors
///
/// An unknown operator, the combinations on which Kyverno crashes, and lists of many thousand wildcards.
pub fn evaluate(key: &Value, operator: &Operator, value: &Value) -> Result<bool, ConditionError> {
    evaluate_prepared(key, operator, &Prepared::new(value.clone()))
}

/// Like [`evaluate`], with a value whose readings are kept from one evaluation to the next.
///
/// # Errors
///
/// See [`evaluate`].
pub fn evaluate_prepared(key: &Value, operator: &Operator, value: &Prepared) -> Result<bool, ConditionError> {
    let key = Prepared::new(key.clone());
    match operator.kind() {
        OperatorKind::Equals => Ok(equality::equals(&key, value).unwrap_or(false)),
        OperatorKind::NotEquals => Ok(equality::equals(&key, value).is_some_and(|equal| !equal)),
        OperatorKind::In => membership::holds_exactly(&key, operator, false, value),
        OperatorKind::NotIn => membership::holds_exactly(&key, operator, true, value),
        OperatorKind::AnyIn => membership::holds(&key, operator, Demand::Any, value),
        OperatorKind::AllIn => membership::holds(&key, operator, Demand::All, value),
        OperatorKind::AnyNotIn => membership::holds(&key, operator, Demand::AnyOutside, value),
        OperatorKind::AllNotIn => membership::holds(&key, operator, Demand::AllOutside, value),
        OperatorKind::Order(relation) => Ok(order::holds(&key, relation, value)),
        OperatorKind::Duration(relation) => Ok(order::durations_hold(&key, relation, value)),
        OperatorKind::Never => Ok(false),
        OperatorKind::Unknown => Err(ConditionError::UnknownOperator(operator.name().to_owned())),
    }
}

#[cfg(test)]
mod tests;
