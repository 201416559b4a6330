//! Conditions: preconditions, deny conditions, the conditions of loops, targets and exceptions
//! (Kyverno `pkg/engine/variables/evaluate.go`).

use dikast_grammar::Span;
use dikast_stdlib::condition::Operator;

use super::{ExprId, NameId};

/// A condition block in one of the forms that policies use.
#[derive(Clone, Debug, PartialEq)]
pub enum Conditions {
    /// `any` and `all`; an `any` that is there but empty is false.
    AnyAll(ConditionBlock),
    /// The deprecated plain list: all must hold, messages are joined without a space.
    List(Vec<Condition>),
    /// A list of any/all blocks: all must hold.
    Blocks(Vec<ConditionBlock>),
}

/// An any/all block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConditionBlock {
    /// One of these must hold; nothing when absent.
    pub any: Option<Vec<Condition>>,
    /// Each of these must hold.
    pub all: Vec<Condition>,
}

/// One comparison of a key with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Left side.
    pub key: ExprId,
    /// How to compare; an unknown operator is an error when the condition runs.
    pub operator: Operator,
    /// Right side.
    pub value: ExprId,
    /// Shown when the condition decides; not substituted by the evaluator.
    pub message: Option<NameId>,
    /// Where it stands.
    pub span: Option<Span>,
}
