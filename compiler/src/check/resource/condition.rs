//! Values that the key of a condition never has.

use dikast_grammar::yaml::{Node, NodeValue};
use dikast_stdlib::Value;
use dikast_stdlib::condition::{OperatorKind, evaluate};
use dikast_stdlib::wildcard::is_wildcard;

use super::fault::{ImpossibleValue, OutOfReach, SameForAll, WithoutOrder};
use super::paths::Scope;
use super::shape::Shape;
use super::together::Asked;
use super::{Checker, reach, scalar};
use crate::check::kinds::Kinds;
use crate::ir;
use crate::model::{self, suggest};
use crate::schema::{Bounds, Format, Type, TypeId};

/// Of how many values a condition on what is matched is asked.
const MOST_SAMPLES: usize = 1000;

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
                let asked = self.each_condition(lowered, list, scope);
                self.all_of(&asked);
            }
            _ => {}
        }
    }

    /// The same of an object with `any` and `all`.
    pub(super) fn condition_block(&mut self, lowered: &ir::ConditionBlock, block: &model::AnyAll<'_>, scope: &Scope) {
        let any = lowered.any.as_deref().unwrap_or_default();
        let asked = self.each_condition(any, block.any.as_deref().unwrap_or_default(), scope);
        self.any_of(&asked);
        let asked = self.each_condition(&lowered.all, &block.all, scope);
        self.all_of(&asked);
    }

    /// Looks at each condition of a list, and gives those whose values are known.
    fn each_condition<'c>(
        &mut self,
        lowered: &'c [ir::Condition],
        list: &[model::Condition<'c>],
        scope: &Scope,
    ) -> Vec<Asked<'c>> {
        let mut all = Vec::new();
        for (lowered, condition) in lowered.iter().zip(list) {
            let key = self.condition(lowered, condition, scope);
            let (Some(text), Some(value)) = (condition.key.and_then(Node::as_str), condition.value) else { continue };
            if !text.contains("{{") || !is_constant(value) {
                continue;
            }
            let may_be_list = match key.kinds(self.graph()) {
                Kinds::ANY => true,
                kinds => kinds.meets(Kinds::LIST),
            };
            let span = condition.key.map_or(condition.span, |key| key.span).to(value.span);
            all.push(Asked { key: text, operator: &lowered.operator, value: Value::from(value), span, may_be_list });
        }
        all
    }

    /// Gives the shape of the key.
    fn condition(&mut self, lowered: &ir::Condition, condition: &model::Condition<'_>, scope: &Scope) -> Shape {
        let key = self.expression(lowered.key, scope);
        let value = self.expression(lowered.value, scope);
        if let (Some(key_node), Some(value_node)) = (condition.key, condition.value) {
            self.reached(lowered, key_node, value_node);
            self.ordered_key(lowered, &key, key_node, value_node);
        }
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
        if compares {
            for (shape, node) in [(&key, condition.value), (&value, condition.key)] {
                if let Some(node) = node {
                    self.choices(shape, node);
                }
            }
        }
        key
    }

    /// Tells of a condition on what the rule matches that holds for nothing of it.
    fn reached(&mut self, lowered: &ir::Condition, key: &Node, value_node: &Node) {
        let Some(possible) = key.as_str().and_then(|key| self.reach.of_key(key)) else { return };
        if self.findings.is_copy || !is_constant(value_node) {
            return;
        }
        let value = Value::from(value_node);
        let named: Vec<String> = match &value {
            Value::List(items) => items.iter().map(super::scalar::written).collect(),
            single => vec![super::scalar::written(single)],
        };
        if possible.len().saturating_mul(named.len()) > MOST_SAMPLES {
            return;
        }
        let samples = reach::samples(possible, &named);
        if !samples.iter().any(|sample| evaluate(sample, &lowered.operator, &value).unwrap_or(true)) {
            let possible = suggest::alternatives(&possible.iter().map(String::as_str).collect::<Vec<_>>());
            self.findings.report(OutOfReach { span: key.span.to(value_node.span), possible });
        }
    }

    /// Tells of an order that a key has not, or that is the same for all that it can be.
    fn ordered_key(&mut self, lowered: &ir::Condition, shape: &Shape, key: &Node, value: &Node) {
        let (OperatorKind::Order(_), Shape::Typed(types)) = (lowered.operator.kind(), shape) else { return };
        let graph = self.graph();
        let has_no_order = |ty: &TypeId| matches!(graph.ty(*ty), Type::Text(format) if !format.has_order());
        if types.iter().all(has_no_order) {
            let what = types.first().map_or("text", |ty| graph.words(*ty)).to_owned();
            return self.findings.report(WithoutOrder { span: key.span, what });
        }
        let is_bounded = |ty: &TypeId| matches!(graph.ty(*ty), Type::Integer(bounds) if *bounds != Bounds::NONE);
        if !is_constant(value) || !types.iter().all(is_bounded) {
            return;
        }
        let constant = Value::from(value);
        if !matches!(constant, Value::Int(_) | Value::Float(_) | Value::Text(_)) {
            return;
        }
        let mut answers = types
            .iter()
            .flat_map(|ty| scalar::numbers_within(graph.ty(*ty), &constant))
            .filter_map(|sample| evaluate(&sample, &lowered.operator, &constant).ok());
        let Some(first) = answers.next() else { return };
        if answers.all(|answer| answer == first) {
            let what = types.first().map_or(String::new(), |ty| scalar::expected(graph, *ty));
            self.findings.report(SameForAll { span: key.span.to(value.span), what, answer: first });
        }
    }

    /// Tells of texts that are none of those that something can be.
    fn choices(&mut self, shape: &Shape, node: &Node) {
        let graph = self.graph();
        let shape = shape.items(graph).unwrap_or_else(|()| shape.clone());
        let Shape::Typed(types) = &shape else { return };
        let is_closed = |ty: &TypeId| match graph.ty(*ty) {
            Type::Text(format) => !matches!(format, Format::Plain | Format::Quantity | Format::Time | Format::Bytes),
            other => matches!(other, Type::Enum(_) | Type::Integer(_)),
        };
        if !types.iter().all(is_closed) {
            return;
        }
        let one = std::slice::from_ref(node);
        for item in node.as_list().unwrap_or(one) {
            let Some(text) = item.as_text() else {
                // A choice is never a number or a truth value.
                let is_scalar = matches!(item.value, NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Bool(_));
                if is_scalar && types.iter().all(|ty| matches!(graph.ty(*ty), Type::Enum(_))) {
                    let written = format!("the {} `{}`", item.type_name(), scalar::written(&Value::from(item)));
                    let expected = types.first().map_or(String::new(), |ty| scalar::expected(graph, *ty));
                    let field = "the key".to_owned();
                    self.findings.report(ImpossibleValue { span: item.span, field, expected, written, help: None });
                }
                continue;
            };
            let fits = |ty: &TypeId| match graph.ty(*ty) {
                Type::Text(format) => is_unknown(text.as_str()) || format.is_like(text.as_str()),
                // The types alone tell of a single text.
                Type::Integer(_) => node.as_list().is_none() || is_open(text.as_str()) || is_number(text.as_str()),
                _ => is_open(text.as_str()) || scalar::fit_of_value(graph, *ty, item) == scalar::Fit::Fits,
            };
            if !types.iter().any(fits) {
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

/// Whether a text may stand for others: a wildcard, a variable, a list in JSON; the empty text asks for an absent field.
fn is_open(text: &str) -> bool {
    is_unknown(text) || is_wildcard(text)
}

/// Whether a text is not known before the request, or is more than one.
fn is_unknown(text: &str) -> bool {
    text.is_empty() || text.contains("{{") || text.contains("$(") || text.starts_with('[')
}

/// Whether a text may equal a number: one, a range of them, a duration or a quantity.
fn is_number(text: &str) -> bool {
    text.trim_start_matches(['-', '+', '.']).starts_with(|first: char| first.is_ascii_digit())
}

/// Whether nothing in a value depends on the request.
fn is_constant(node: &Node) -> bool {
    match &node.value {
        NodeValue::Text(text) => !text.as_str().contains("{{") && !text.as_str().contains("$("),
        NodeValue::List(items) => items.iter().all(is_constant),
        NodeValue::Map(entries) => entries.iter().all(|entry| is_constant(&entry.value)),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => true,
    }
}
