//! Conditions as documents (Kyverno `api/kyverno/v1/wrappers.go`, `ConditionsWrapper`).

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::node::Fields;

/// A condition block.
#[derive(Clone, Debug)]
pub(crate) enum Conditions<'n> {
    /// An object with `any` and `all`.
    AnyAll(AnyAll<'n>),
    /// The deprecated plain list.
    List(Vec<Condition<'n>>),
}

/// An object with `any` and `all`.
#[derive(Clone, Debug)]
pub(crate) struct AnyAll<'n> {
    /// An empty list is not the same as none.
    pub(crate) any: Option<Vec<Condition<'n>>>,
    /// Where `any` is; the whole object when it is not there.
    pub(crate) any_span: Span,
    pub(crate) all: Vec<Condition<'n>>,
}

/// One condition.
#[derive(Clone, Debug)]
pub(crate) struct Condition<'n> {
    pub(crate) key: Option<&'n Node>,
    pub(crate) operator: Option<&'n Text>,
    pub(crate) value: Option<&'n Node>,
    pub(crate) message: Option<&'n Text>,
    pub(crate) span: Span,
}

impl<'n> Conditions<'n> {
    /// Reads a block in either form.
    pub(super) fn read(node: &'n Node) -> Self {
        match node.as_list() {
            Some(conditions) => Self::List(conditions.iter().map(Condition::read).collect()),
            None => Self::AnyAll(AnyAll::read(node)),
        }
    }
}

impl<'n> AnyAll<'n> {
    /// Reads an object with `any` and `all`.
    pub(super) fn read(node: &'n Node) -> Self {
        let any = node.given("any").map(|any| any.items().iter().map(Condition::read).collect());
        let any_span = node.get("any").map_or(node.span, |any| any.span);
        Self { any, any_span, all: node.list("all").iter().map(Condition::read).collect() }
    }
}

impl<'n> Condition<'n> {
    fn read(node: &'n Node) -> Self {
        Self {
            key: node.get("key"),
            operator: node.text("operator"),
            value: node.get("value"),
            message: node.nonempty("message"),
            span: node.span,
        }
    }
}
