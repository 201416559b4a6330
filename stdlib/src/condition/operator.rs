//! Operators and their names (Kyverno `operator.go`, `CreateOperatorHandler`).

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// An operator as a policy names it. The spelling is kept: it matters for the operators that compare numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    name: Arc<str>,
    kind: OperatorKind,
}

/// What an operator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatorKind {
    /// `Equals`, `Equal`
    Equals,
    /// `NotEquals`, `NotEqual`
    NotEquals,
    /// `In`
    In,
    /// `NotIn`
    NotIn,
    /// `AnyIn`
    AnyIn,
    /// `AllIn`
    AllIn,
    /// `AnyNotIn`
    AnyNotIn,
    /// `AllNotIn`
    AllNotIn,
    /// `GreaterThan` and its relatives.
    Order(Relation),
    /// `DurationGreaterThan` and its relatives.
    Duration(Relation),
    /// A comparing operator in unusual spelling, such as `greaterthan`: Kyverno accepts it, and it is never true.
    Never,
    /// No operator of this name: an error when the condition runs.
    Unknown,
}

/// An order that a key is required to have to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `GreaterThan`
    Greater,
    /// `GreaterThanOrEquals`
    GreaterOrEqual,
    /// `LessThan`
    Less,
    /// `LessThanOrEquals`
    LessOrEqual,
}

impl Relation {
    /// Whether this order satisfies the relation; what cannot be ordered (NaN) satisfies none.
    pub fn accepts(self, order: Option<Ordering>) -> bool {
        order.is_some_and(|order| match self {
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        })
    }
}

/// The names that policies may use, in the spelling that Kyverno documents.
const NAMES: [(&str, OperatorKind); 18] = [
    ("Equal", OperatorKind::Equals),
    ("Equals", OperatorKind::Equals),
    ("NotEqual", OperatorKind::NotEquals),
    ("NotEquals", OperatorKind::NotEquals),
    ("In", OperatorKind::In),
    ("AnyIn", OperatorKind::AnyIn),
    ("AllIn", OperatorKind::AllIn),
    ("NotIn", OperatorKind::NotIn),
    ("AnyNotIn", OperatorKind::AnyNotIn),
    ("AllNotIn", OperatorKind::AllNotIn),
    ("GreaterThan", OperatorKind::Order(Relation::Greater)),
    ("GreaterThanOrEquals", OperatorKind::Order(Relation::GreaterOrEqual)),
    ("LessThan", OperatorKind::Order(Relation::Less)),
    ("LessThanOrEquals", OperatorKind::Order(Relation::LessOrEqual)),
    ("DurationGreaterThan", OperatorKind::Duration(Relation::Greater)),
    ("DurationGreaterThanOrEquals", OperatorKind::Duration(Relation::GreaterOrEqual)),
    ("DurationLessThan", OperatorKind::Duration(Relation::Less)),
    ("DurationLessThanOrEquals", OperatorKind::Duration(Relation::LessOrEqual)),
];

impl Operator {
    /// The operator of a name. Case does not matter, except that comparing operators in unusual spelling are never
    /// true.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        let name = name.into();
        let lower = name.to_lowercase();
        let kind = match NAMES.iter().find(|(known, _)| known.to_lowercase() == lower) {
            Some((known, OperatorKind::Order(_) | OperatorKind::Duration(_))) if *known != &*name => {
                OperatorKind::Never
            }
            Some((_, kind)) => *kind,
            None => OperatorKind::Unknown,
        };
        Self { name, kind }
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the operator does.
    pub fn kind(&self) -> OperatorKind {
        self.kind
    }

    /// The names in the spelling that Kyverno documents, for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)
    }
}
