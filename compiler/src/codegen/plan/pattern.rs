//! Patterns at their places.

use super::{Decision, Path, RowId, TextMatch};
use crate::ir::{Anchor, NameId, PatternId};

/// A pattern at a place.
#[derive(Debug)]
pub(in super::super) struct PatternPlan {
    /// Which pattern.
    pub(in super::super) at: PatternId,
    /// What it is matched against.
    pub(in super::super) path: Path,
    /// What it asks.
    pub(in super::super) kind: PatternKind,
}

/// What a pattern asks.
#[derive(Debug)]
pub(in super::super) enum PatternKind {
    /// An object with these members.
    Map {
        /// Anchored keys in order.
        anchored: Vec<FieldPlan>,
        /// Other keys in order.
        fields: Vec<FieldPlan>,
    },
    /// A list, each item of which satisfies a pattern unless an anchor skips it.
    EachMap {
        /// The row of an item.
        row: RowId,
        /// The pattern of an item.
        item: Box<PatternPlan>,
    },
    /// A scalar pattern; a list satisfies it when each item does.
    Scalar {
        /// The decision.
        decision: Decision,
        /// The row of an item.
        row: RowId,
        /// An item.
        item: Path,
        /// Whether only a list will do.
        list_only: bool,
    },
    /// A scalar pattern whose value stands among the variables at this position.
    Variable {
        /// The position.
        position: usize,
        /// The row of an item, where the value is a list.
        row: RowId,
        /// An item.
        item: Path,
        /// Whether whole numbers of the pattern count as fractions.
        fractions: bool,
    },
    /// A list, each of the first items of which satisfies a pattern of its own, unless an anchor skips it.
    Positional {
        /// The row of an item.
        row: RowId,
        /// The patterns.
        items: Vec<PatternPlan>,
    },
    /// Never satisfied.
    Never,
}

/// A key of an object pattern.
#[derive(Debug)]
pub(in super::super) struct FieldPlan {
    /// How the key is decorated.
    pub(in super::super) anchor: Anchor,
    /// The key as it is written.
    pub(in super::super) raw: NameId,
    /// The pattern of its value.
    pub(in super::super) at: PatternId,
    /// The member.
    pub(in super::super) member: MemberPlan,
    /// What it must satisfy.
    pub(in super::super) asks: FieldAsks,
}

/// Which member a key of a pattern means.
#[derive(Debug)]
pub(in super::super) enum MemberPlan {
    /// The member at a place.
    At(Path),
    /// The one member whose name matches a wildcard of the unit; absent when there is none, left to the interpreter when
    /// there are several.
    Matching {
        /// The object.
        of: Path,
        /// The row of a member.
        row: RowId,
        /// The member's name in the row.
        key: Path,
        /// The member's value in the row.
        value: Path,
        /// What the name matches.
        name: TextMatch,
    },
}

/// What a member must satisfy.
#[derive(Debug)]
pub(in super::super) enum FieldAsks {
    /// To be there and not null.
    Something,
    /// Nothing: a negation looks at no value.
    Nothing,
    /// A pattern.
    Pattern(PatternPlan),
    /// For each of these patterns some item of the list satisfies it.
    Witnesses {
        /// The row of an item.
        row: RowId,
        /// The patterns.
        patterns: Vec<PatternPlan>,
        /// Whether what follows them is no pattern that can have a witness.
        refused: bool,
    },
}
