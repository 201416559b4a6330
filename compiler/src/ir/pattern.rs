//! Validation patterns as predicates (Kyverno `pkg/engine/validate/validate.go`).

use dikast_grammar::Span;

use super::{ExprId, NameId, PatternId, ScalarId};

/// A pattern with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternNode {
    /// What it asks.
    pub pattern: Pattern,
    /// Where an author wrote it.
    pub span: Option<Span>,
}

/// What a pattern asks of the resource node at its path.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// The node is an object that satisfies these keys.
    Map(MapPattern),
    /// The node is a list; each item is matched against the one pattern, and an item that an anchor skips is left out.
    EachMap(PatternId),
    /// The node is a list, each item of which satisfies the scalar pattern.
    EachScalar(PatternId),
    /// The node is a list with at least as many items, matched position by position. Below an existence anchor: the
    /// items of the pattern, each of which needs an item of the node.
    Positional(Vec<PatternId>),
    /// An empty list as a pattern: never satisfied.
    EmptyList,
    /// The node satisfies a scalar pattern; a list does when all its items do.
    Scalar(ScalarId),
    /// A pattern whose value is only known at run time; it is evaluated before matching begins.
    Dynamic(ExprId),
}

/// The keys of an object pattern, in the order in which Kyverno looks at them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapPattern {
    /// Conditional, equality, negation and existence anchors, by their raw key's bytes.
    pub anchored: Vec<Field>,
    /// Plain keys and global anchors: those with anchors below first and descending, then the others ascending.
    pub fields: Vec<Field>,
    /// Whether `metadata.labels` or `metadata.annotations` below has keys with wildcards to be looked up in the resource,
    /// or values that may be no text, which are dropped then.
    pub expand_metadata: bool,
}

/// One key of an object pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// How the key is decorated.
    pub anchor: Anchor,
    /// The key without decoration.
    pub name: NameId,
    /// The key as written, with its anchor; Kyverno's order and anchor bookkeeping go by it.
    pub raw: NameId,
    /// What the member must satisfy.
    pub pattern: PatternId,
    /// The pattern is exactly `"*"`: the member must be there and not null, whatever its type.
    pub any_value: bool,
}

/// Decorations of a pattern's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// `key`
    None,
    /// `(key)`: if the member is there and matches, go on; else skip.
    Conditional,
    /// `<(key)`: if the member is there and does not match, skip.
    Global,
    /// `=(key)`: if the member is there, it must match.
    Equality,
    /// `^(key)`: some item of the list must match.
    Existence,
    /// `X(key)`: the member must not be there.
    Negation,
    /// `+(key)`: add if absent; only in patches.
    AddIfAbsent,
}
