//! Conditions that cannot hold.

use dikast_grammar::yaml::{NodeValue, Text};
use dikast_stdlib::condition::{Operator, OperatorKind};

use super::fault::{EmptyAny, MemberOfScalar};
use crate::diagnostic::Diagnostics;
use crate::model::{AnyAll, Condition};

/// Looks at an any/all block.
pub(super) fn check_block(block: &AnyAll<'_>, diagnostics: &mut Diagnostics) {
    if let Some(any) = &block.any {
        if any.is_empty() {
            diagnostics.report(EmptyAny { span: block.any_span });
        }
        check_list(any, diagnostics);
    }
    check_list(&block.all, diagnostics);
}

/// Looks at conditions one by one.
pub(super) fn check_list(conditions: &[Condition<'_>], diagnostics: &mut Diagnostics) {
    for condition in conditions {
        let (Some(operator), Some(value)) = (condition.operator, condition.value) else { continue };
        let found = match value.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "a truth value",
            NodeValue::Int(_) | NodeValue::Float(_) => "a number",
            NodeValue::Map(_) => "an object",
            NodeValue::Text(_) | NodeValue::List(_) => continue,
        };
        // A list of keys can be compared with one number or truth value, but then the key is a variable or a list.
        let single_key = condition.key.is_none_or(|key| match &key.value {
            NodeValue::Text(text) => !text.as_str().contains("{{"),
            NodeValue::List(_) => false,
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Map(_) => true,
        });
        let comparable = matches!(value.value, NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_));
        let never = match kind(operator) {
            OperatorKind::AllIn | OperatorKind::AllNotIn | OperatorKind::In | OperatorKind::NotIn => true,
            OperatorKind::AnyIn | OperatorKind::AnyNotIn => single_key || !comparable,
            OperatorKind::Equals
            | OperatorKind::NotEquals
            | OperatorKind::Order(_)
            | OperatorKind::Duration(_)
            | OperatorKind::Never
            | OperatorKind::Unknown => false,
        };
        if never {
            diagnostics.report(MemberOfScalar {
                span: value.span,
                operator: operator.as_str().to_owned(),
                value: found,
            });
        }
    }
}

fn kind(operator: &Text) -> OperatorKind {
    Operator::new(operator.as_str()).kind()
}
