//! Values that the key of a condition never has.

use dikast_grammar::yaml::Node;
use dikast_stdlib::Value;
use dikast_stdlib::condition::OperatorKind;
use dikast_stdlib::wildcard::is_wildcard;

use super::fault::ImpossibleValue;
use super::paths::Scope;
use super::shape::Shape;
use super::{Checker, scalar};
use crate::ir;
use crate::model;
use crate::schema::{Format, Type, TypeId};

impl Checker<'_, '_> {
    /// Looks at conditions in both forms: as they were lowered, and as they were written.
    pub(super) fn conditions(
        &mut self,
        lowered: Option<&ir::Conditions>,
        written: Option<&model::Conditions<'_>>,
        scope: &Scope,
    ) {
        match (lowered, written) {
            (Some(ir::Conditions::AnyAll(lowered)), Some(model::Conditions::AnyAll(block))) => {
                self.condition_block(lowered, block, scope);
            }
            (Some(ir::Conditions::List(lowered)), Some(model::Conditions::List(list))) => {
                for (lowered, condition) in lowered.iter().zip(list) {
                    self.condition(lowered, condition, scope);
                }
            }
            _ => {}
        }
    }

    /// The same of an object with `any` and `all`.
    pub(super) fn condition_block(&mut self, lowered: &ir::ConditionBlock, block: &model::AnyAll<'_>, scope: &Scope) {
        let any = lowered.any.iter().flatten().zip(block.any.iter().flatten());
        for (lowered, condition) in any.chain(lowered.all.iter().zip(&block.all)) {
            self.condition(lowered, condition, scope);
        }
    }

    fn condition(&mut self, lowered: &ir::Condition, condition: &model::Condition<'_>, scope: &Scope) {
        let key = self.expression(lowered.key, scope);
        let value = self.expression(lowered.value, scope);
        let compares = matches!(
            lowered.operator.kind(),
            OperatorKind::Equals
                | OperatorKind::NotEquals
                | OperatorKind::In
                | OperatorKind::NotIn
                | OperatorKind::AnyIn
                | OperatorKind::AnyNotIn
                | OperatorKind::AllIn
                | OperatorKind::AllNotIn
        );
        if !compares {
            return;
        }
        for (shape, node) in [(key, condition.value), (value, condition.key)] {
            if let Some(node) = node {
                self.choices(&shape, node);
            }
        }
    }

    /// Tells of texts that are none of those that something can be.
    fn choices(&mut self, shape: &Shape, node: &Node) {
        let graph = self.graph();
        let shape = shape.items(graph).unwrap_or_else(|()| shape.clone());
        let Shape::Typed(types) = &shape else { return };
        let is_closed =
            |ty: &TypeId| matches!(graph.ty(*ty), Type::Enum(_) | Type::Text(Format::Address | Format::Cidr));
        if !types.iter().all(is_closed) {
            return;
        }
        let one = std::slice::from_ref(node);
        for item in node.as_list().unwrap_or(one) {
            let Some(text) = item.as_text().filter(|text| !is_open(text.as_str())) else { continue };
            if types.iter().all(|ty| scalar::fit_of_value(graph, *ty, item) != scalar::Fit::Fits) {
                let expected = types.first().map_or(String::new(), |ty| scalar::expected(graph, *ty));
                self.findings.report(ImpossibleValue {
                    span: item.span,
                    field: "the key".to_owned(),
                    expected,
                    written: format!("`{text}`"),
                    help: scalar::help_for(graph, types, &Value::from(item)),
                });
            }
        }
    }
}

/// Whether a text may stand for others: a wildcard, a variable, a list in JSON or a range; the empty text asks for an
/// absent field.
fn is_open(text: &str) -> bool {
    text.is_empty() || is_wildcard(text) || text.contains("{{") || text.contains("$(") || text.starts_with('[')
}
