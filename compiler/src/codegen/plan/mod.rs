//! The plan of a unit: what native code will do, with every path resolved to a place of the layout.
//!
//! Planning (`select`) decides what is native; emitting (`emit`) writes code for a plan and cannot fail for reasons that
//! lie in a policy. A plan is plain data between the two.

mod decision;
mod effect;

pub(super) use decision::{BlockRule, Decision, NumberRule, TextMatch, TextRule};

use crate::ir::{Ordering, PatternId, PolicyId, RuleId};
use crate::layout::{PlaceId, Tag};
use dikast_stdlib::Value;
use dikast_stdlib::functions::FunctionId;

/// All rules that can match a unit's requests, in the order in which they run.
#[derive(Debug, Default)]
pub(super) struct UnitPlan {
    /// The rules.
    pub(super) rules: Vec<RulePlan>,
    /// What must hold of a request for native code to be used at all.
    pub(super) guards: Vec<Guard>,
}

/// A fact that the plans of all rules rely on. Where it does not hold, each rule is left to the interpreter.
#[derive(Debug)]
pub(super) enum Guard {
    /// A value of one of these kinds stands there.
    OneOf(Path, &'static [Tag]),
    /// This text stands there.
    Is(Path, String),
    /// A text that is not empty stands there.
    Filled(Path),
    /// The second holds no text or an empty one, or both hold the same.
    SameText(Path, Path),
}

/// One rule.
#[derive(Debug)]
pub(super) struct RulePlan {
    /// Which.
    pub(super) rule: RuleId,
    /// Its policy.
    pub(super) policy: PolicyId,
    /// Whether it runs when objects are mutated; otherwise when they are validated.
    pub(super) is_mutation: bool,
    /// Whether a failure is one for sure; otherwise the interpreter asks whether it is to be forgiven.
    pub(super) fails: bool,
    /// Whether an error is one for sure; otherwise the interpreter finds out.
    pub(super) errs: bool,
    /// Whether it applies.
    pub(super) matching: Test,
    /// Whether it goes on; none when it has no preconditions.
    pub(super) preconditions: Option<Test>,
    /// What it asks.
    pub(super) body: BodyPlan,
    /// Why the rest is left to the interpreter, if it is.
    pub(super) reason: Option<String>,
}

/// What a rule asks once it applies.
#[derive(Debug)]
pub(super) enum BodyPlan {
    /// Left to the interpreter.
    Interpret,
    /// The rule gives no answer.
    Nothing,
    /// A mutation or generation.
    Fires,
    /// The object satisfies a pattern. Anchors whose key is missing turn some failures into errors, see
    /// `failure_is_certain`.
    Pattern {
        /// The pattern.
        pattern: PatternPlan,
        /// Whether a mismatch is a failure for sure; otherwise the interpreter tells failure from error.
        failure_is_certain: bool,
    },
    /// The object satisfies one of these patterns.
    AnyPattern(Vec<PatternPlan>),
    /// The rule fails when this holds.
    Deny(Test),
    /// The elements of these lists satisfy what the loops ask.
    Foreach(Vec<LoopPlan>),
}

/// One loop of a `foreach` rule.
#[derive(Debug)]
pub(super) struct LoopPlan {
    /// The elements.
    pub(super) list: Stream,
    /// Whether a turn takes place; an error counts as no.
    pub(super) preconditions: Option<Test>,
    /// What a turn asks.
    pub(super) body: Box<BodyPlan>,
    /// The element's own value, which must be an object when the body is a pattern.
    pub(super) element: Path,
}

/// A value of the request, by the cells of the steps that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// The row that the path begins in; none for the root block.
    pub(super) row: Option<RowId>,
    /// Each step's place; the last is the value's.
    pub(super) steps: Vec<PlaceId>,
    /// A missing member among so many of the first steps makes the value null.
    pub(super) null_steps: usize,
    /// How its numbers are read.
    pub(super) numbers: Numbers,
}

impl Path {
    /// The place of the value.
    pub(super) fn place(&self) -> PlaceId {
        self.steps[self.steps.len() - 1]
    }

    /// The same path with one more step.
    pub(super) fn then(&self, step: PlaceId) -> Path {
        let mut path = self.clone();
        path.steps.push(step);
        path
    }
}

/// How numbers are read.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Numbers {
    /// Whole numbers and fractions, as written: what patterns see.
    AsWritten,
    /// All as fractions: what expressions see in a fresh request.
    Fractions,
    /// As fractions until a rule of the policy ran, as written afterwards: what expressions see of the object.
    Object,
}

/// Names a row that a loop stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RowId(pub(super) u32);

/// A truth value of the request.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// Known at compile time.
    Known(bool),
    /// All hold; the first that does not ends the test.
    All(Vec<Test>),
    /// One holds; the first that does ends the test.
    Any(Vec<Test>),
    /// It does not hold.
    Not(Box<Test>),
    /// Both are evaluated, whatever the first says, and both must hold.
    Both(Box<Test>, Box<Test>),
    /// A value decided against something known.
    Decide {
        /// The value.
        value: Source,
        /// The decision.
        decision: Decision,
    },
    /// The items of a list decided one by one.
    Items(Items),
    /// An operator of conditions between two values.
    Operator {
        /// Left side.
        key: Source,
        /// The operator's number in the unit.
        operator: u32,
        /// Right side.
        value: Source,
    },
    /// Two values are equal in JMESPath's sense.
    Equal(Source, Source),
    /// A stream yields something for which this holds.
    Exists {
        /// What is walked.
        levels: Vec<Level>,
        /// The test below its rows.
        test: Box<Test>,
    },
    /// The value is true in JMESPath's sense.
    Truthy(Source),
    /// The value is not null.
    NotNull(Source),
    /// Two numbers stand in this order; false for anything but fractions.
    Order {
        /// Which order.
        ordering: Ordering,
        /// The left side.
        left: Source,
        /// The right side.
        right: Source,
    },
    /// A helper that takes no cell says yes.
    Ask {
        /// Which helper.
        helper: super::helper::Helper,
        /// Its argument.
        argument: u32,
    },
}

/// The items of a list decided one by one; a value that is no list is decided by itself.
#[derive(Clone, Debug)]
pub(super) struct Items {
    /// The list or single value: the first of these that is true in JMESPath's sense, else the last.
    pub(super) parts: Vec<Part>,
    /// Whether one item suffices; otherwise each must hold.
    pub(super) some: bool,
    /// What becomes of the test when the list has no items.
    pub(super) empty: bool,
    /// The decision on an item.
    pub(super) item: Decision,
    /// The decision on a value that is no list.
    pub(super) single: Decision,
}

/// A part of what is decided item by item.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// What loops yield.
    Stream {
        /// The loops.
        stream: Stream,
        /// Whether variables in its texts would be substituted; only lists without any are native.
        expands: bool,
    },
    /// A value of the request.
    Path {
        /// The value.
        path: Path,
        /// Whether a missing member is an error; otherwise it is null.
        required: bool,
        /// Whether variables in its texts would be substituted, if it is a list.
        expands: bool,
        /// The row of an item, when it is a list.
        row: RowId,
        /// An item.
        item: Path,
    },
    /// A value known at compile time, and therefore what becomes of the test.
    Known(bool),
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Known at compile time.
    Known(Value),
    /// A value of the request.
    Path(Path),
    /// Null instead of a missing member, or of an error as well.
    OrNull {
        /// The value.
        of: Box<Source>,
        /// Whether errors become null too.
        errors: bool,
    },
    /// A value below an item of a list at a known position; null when the list has no such item.
    At {
        /// The list.
        list: Path,
        /// The position; negative ones count from the end.
        position: i64,
        /// The row of the item.
        row: RowId,
        /// The value, which may begin at the row.
        then: Box<Source>,
    },
    /// The second where the first gives a value; a missing member of the first is one of the whole.
    Below {
        /// What must give a value.
        of: Box<Source>,
        /// The value.
        then: Box<Source>,
    },
    /// The second unless the first is null.
    IfNotNull(Box<Source>, Box<Source>),
    /// A missing member is an error.
    Required(Box<Source>),
    /// The first if it is true in JMESPath's sense, else the second.
    Or(Box<Source>, Box<Source>),
    /// The second if the first is true in JMESPath's sense, else the first.
    And(Box<Source>, Box<Source>),
    /// A truth value.
    Test(Box<Test>),
    /// A value with the variables in its texts substituted. Native code handles only values without any.
    Expanded(Box<Source>),
    /// A list computed from the request's lists.
    Stream(Box<Stream>),
    /// The result of a library function.
    Call {
        /// Which function.
        function: FunctionId,
        /// Its arguments.
        arguments: Vec<Source>,
    },
    /// Texts one after the other.
    Text(Vec<Source>),
}

/// A list of what loops over the request's lists yield.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    /// The loops and tests, outermost first.
    pub(super) levels: Vec<Level>,
    /// What the innermost yields; null and missing results are left out.
    pub(super) yields: Box<Source>,
}

/// A loop or test of a stream.
#[derive(Clone, Debug)]
pub(super) enum Level {
    /// Null unless this holds, when it stands first; nothing is yielded unless it holds elsewhere.
    Guard(Test),
    /// The value is no list: a list within a list would be flattened.
    NoList(Path),
    /// The items of lists whose rows have the same layout, one list after the other.
    Rows {
        /// The lists. What is null or missing among them is passed over.
        lists: Vec<Path>,
        /// The row at which the loop stands.
        row: RowId,
        /// Place of an item.
        item: PlaceId,
        /// What a value that is no list means.
        otherwise: NoList,
    },
    /// The members of an object.
    Entries {
        /// The object.
        of: Path,
        /// The row at which the loop stands.
        row: RowId,
        /// Place of the name, which lies in the same block as the value.
        key: PlaceId,
        /// What a value that is no object means.
        otherwise: NoList,
    },
}

/// What a level does with a value that is no list, or no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoList {
    /// The whole stream is null when this is the first level, else nothing is yielded.
    Nothing,
    /// For a list, null is passed over; anything else is more than native code handles here.
    Interpret,
}

/// A pattern at a place.
#[derive(Debug)]
pub(super) struct PatternPlan {
    /// Which pattern.
    pub(super) at: PatternId,
    /// What it is matched against.
    pub(super) path: Path,
    /// What it asks.
    pub(super) kind: PatternKind,
}

/// What a pattern asks.
#[derive(Debug)]
pub(super) enum PatternKind {
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
    /// Never satisfied.
    Never,
}

/// A key of an object pattern.
#[derive(Debug)]
pub(super) struct FieldPlan {
    /// How the key is decorated.
    pub(super) anchor: crate::ir::Anchor,
    /// The member.
    pub(super) member: MemberPlan,
    /// What it must satisfy.
    pub(super) asks: FieldAsks,
}

/// Which member a key of a pattern means.
#[derive(Debug)]
pub(super) enum MemberPlan {
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
pub(super) enum FieldAsks {
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
    },
}

impl Test {
    /// All hold. What is known is left out, which is allowed where the tests cannot be errors or stand before it.
    pub(super) fn all(tests: impl IntoIterator<Item = Test>) -> Test {
        let mut open = Vec::new();
        for test in tests {
            match test {
                Test::Known(true) => {}
                Test::Known(false) if open.is_empty() => return Test::Known(false),
                // What stands before may be an error and is asked; nothing behind is.
                Test::Known(false) => {
                    open.push(Test::Known(false));
                    break;
                }
                other => open.push(other),
            }
        }
        match (open.pop(), open.is_empty()) {
            (None, _) => Test::Known(true),
            (Some(only), true) => only,
            (Some(last), false) => {
                open.push(last);
                Test::All(open)
            }
        }
    }

    /// One holds; as [`Test::all`].
    pub(super) fn any(tests: impl IntoIterator<Item = Test>) -> Test {
        Test::not(Test::all(tests.into_iter().map(Test::not)))
    }

    /// It does not hold.
    pub(super) fn not(test: Test) -> Test {
        match test {
            Test::Known(truth) => Test::Known(!truth),
            Test::Not(inner) => *inner,
            Test::All(tests) => Test::Any(tests.into_iter().map(Test::not).collect()),
            Test::Any(tests) => Test::All(tests.into_iter().map(Test::not).collect()),
            other => Test::Not(Box::new(other)),
        }
    }
}

impl Source {
    /// Whether the value may be a missing member.
    pub(super) fn may_be_missing(&self) -> bool {
        match self {
            Source::Known(_) | Source::OrNull { .. } | Source::Required(_) | Source::Test(_) => false,
            Source::Stream(_) | Source::Call { .. } | Source::Text(_) => false,
            // An item of a list is there.
            Source::Path(path) => path.row.is_none() || path.steps.len() > 1,
            Source::Expanded(of) | Source::At { then: of, .. } => of.may_be_missing(),
            Source::Below { of, then } => of.may_be_missing() || then.may_be_missing(),
            Source::IfNotNull(left, right) | Source::Or(left, right) | Source::And(left, right) => {
                left.may_be_missing() || right.may_be_missing()
            }
        }
    }

    /// Null instead of a missing member.
    pub(super) fn or_null(of: Source) -> Source {
        match of {
            known @ (Source::Known(_) | Source::OrNull { .. }) => known,
            of => Source::OrNull { of: Box::new(of), errors: false },
        }
    }
}
