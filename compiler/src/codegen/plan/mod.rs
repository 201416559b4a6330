//! The plan of a unit: what native code will do, with every path resolved to a place of the layout.
//!
//! Planning (`select`) decides what is native; emitting (`emit`) writes code for a plan and cannot fail for reasons that
//! lie in a policy. A plan is plain data between the two.

mod decision;
mod effect;
mod pattern;
mod test;
mod value;

pub(super) use decision::{BlockRule, Decision, NumberRule, TextMatch, TextRule};
pub(super) use pattern::{FieldAsks, FieldPlan, MemberPlan, PatternKind, PatternPlan};
pub(super) use test::{Items, Part, Test};
pub use value::Numbers;
pub(super) use value::{Arithmetic, Level, No, NoList, Path, RowId, Source, Stream, ValueId};

use super::dispatch::Dispatch;
use crate::ir::{NameId, PolicyId, RuleId};
use crate::layout::Tag;

/// All rules that can match a unit's requests, in the order in which they run.
#[derive(Debug, Default)]
pub(super) struct UnitPlan {
    /// The rules.
    pub(super) rules: Vec<RulePlan>,
    /// What must hold of a request for native code to be used at all.
    pub(super) guards: Vec<Guard>,
    /// Which rules a request can concern.
    pub(super) dispatch: Dispatch,
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
    /// The object satisfies a pattern.
    Pattern {
        /// The pattern.
        pattern: PatternPlan,
        /// What becomes of a mismatch.
        mismatch: Mismatch,
    },
    /// The object satisfies one of these patterns.
    AnyPattern(Vec<PatternPlan>),
    /// Patterns with variables.
    WithVariables {
        /// Their values, found before matching begins.
        variables: Vec<Source>,
        /// What is asked.
        body: Box<BodyPlan>,
    },
    /// The rule fails when this holds.
    Deny(Test),
    /// The elements of these lists satisfy what the loops ask.
    Foreach(Vec<LoopPlan>),
}

/// What becomes of a rule whose pattern is not satisfied. Where the key of a conditional or existence anchor that was
/// visited is nowhere in the object, that is an error and no failure, unless a negation was violated; and where a list is
/// too short for the lists of a pattern.
#[derive(Debug)]
pub(super) enum Mismatch {
    /// There are no such anchors and lists: it fails.
    Fails,
    /// The keys of these anchors count, each text once.
    Keys(Vec<NameId>),
    /// The interpreter finds out.
    Interpret,
}

/// What is asked of a document.
#[derive(Debug)]
pub(super) enum QuestionPlan {
    /// A value.
    Value(Source),
    /// Whether something holds.
    Test(Test),
    /// Whether it satisfies a pattern.
    Body(BodyPlan),
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

impl BodyPlan {
    /// Whether patterns are matched, which needs an object in a loop.
    pub(super) fn asks_patterns(&self) -> bool {
        match self {
            Self::Pattern { .. } | Self::AnyPattern(_) => true,
            Self::WithVariables { body, .. } => body.asks_patterns(),
            Self::Interpret | Self::Nothing | Self::Fires | Self::Deny(_) | Self::Foreach(_) => false,
        }
    }
}
