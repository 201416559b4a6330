//! Conditions.

use dikast_grammar::yaml::{Node, NodeValue, Text};
use dikast_stdlib::Value;
use dikast_stdlib::condition::Operator;

use super::fault::{DeprecatedOperator, UnknownOperator};
use super::{Lowering, Scope};
use crate::ir::{Condition, ConditionBlock, Conditions, ExprId};
use crate::model::{self, suggest};

/// The operators that policies should use, for suggestions.
const OPERATORS: &[&str] = &[
    "Equals",
    "NotEquals",
    "AnyIn",
    "AllIn",
    "AnyNotIn",
    "AllNotIn",
    "GreaterThan",
    "GreaterThanOrEquals",
    "LessThan",
    "LessThanOrEquals",
];

/// Operators with a successor. The others that are deprecated, for durations, behave as the plain comparisons do.
fn successor(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "Equal" => "`Equals`",
        "NotEqual" => "`NotEquals`",
        "In" => "`AnyIn` or `AllIn`",
        "NotIn" => "`AnyNotIn` or `AllNotIn`",
        "DurationGreaterThan" => "`GreaterThan`",
        "DurationGreaterThanOrEquals" => "`GreaterThanOrEquals`",
        "DurationLessThan" => "`LessThan`",
        "DurationLessThanOrEquals" => "`LessThanOrEquals`",
        _ => return None,
    })
}

impl Lowering<'_> {
    /// Conditions in either form.
    pub(super) fn conditions(&mut self, conditions: &model::Conditions<'_>, scope: &Scope) -> Conditions {
        match conditions {
            model::Conditions::AnyAll(block) => Conditions::AnyAll(self.condition_block(block, scope)),
            model::Conditions::List(list) => Conditions::List(self.condition_list(list, scope)),
        }
    }

    /// An object with `any` and `all`.
    pub(super) fn condition_block(&mut self, block: &model::AnyAll<'_>, scope: &Scope) -> ConditionBlock {
        ConditionBlock {
            any: block.any.as_deref().map(|any| self.condition_list(any, scope)),
            all: self.condition_list(&block.all, scope),
        }
    }

    fn condition_list(&mut self, list: &[model::Condition<'_>], scope: &Scope) -> Vec<Condition> {
        list.iter().map(|condition| self.condition(condition, scope)).collect()
    }

    fn condition(&mut self, condition: &model::Condition<'_>, scope: &Scope) -> Condition {
        Condition {
            key: self.operand(condition.key, scope),
            operator: self.operator(condition.operator),
            value: self.operand(condition.value, scope),
            message: condition.message.map(|message| self.name(message)),
            span: Some(condition.span),
        }
    }

    /// A key or value. A number that stands alone has gone through Go's JSON decoder and is a float; one inside a list
    /// or object is not (Kyverno `pkg/engine/jsonutils/utils.go`, `api/kyverno/v1/utils.go`).
    fn operand(&mut self, node: Option<&Node>, scope: &Scope) -> ExprId {
        match node {
            None => self.builder.value(Value::Null, None),
            Some(node) => match node.value {
                NodeValue::Int(number) => self.builder.value(Value::Float(number as f64), Some(node.span)),
                _ => self.document(node, scope, ""),
            },
        }
    }

    fn operator(&mut self, written: Option<&Text>) -> Operator {
        let Some(text) = written else { return Operator::new("") };
        let span = text.span_of(0..text.as_str().len());
        // Kyverno's engine passes over the case of some operators, but its own admission check of policies does not.
        if Operator::names().all(|name| name != text.as_str()) {
            let meant = suggest::closest(text.as_str(), OPERATORS.iter().copied());
            self.diagnostics.report(UnknownOperator { span, operator: text.as_str().to_owned(), meant });
        } else if let Some(successor) = successor(text.as_str()) {
            self.diagnostics.report(DeprecatedOperator { span, operator: text.as_str().to_owned(), successor });
        }
        Operator::new(text.as_str())
    }
}
