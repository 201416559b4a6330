//! Which parts of a plan can end in an error, and so may not be cut short.
//!
//! A list is a value of its own before anything is asked of it: when computing its last item is an error, it makes no
//! difference that its first item would have decided.

use super::{Level, No, NoList, Part, Source, Stream, Test};

impl Stream {
    /// Whether computing the list can be an error.
    pub(in super::super) fn can_fail(&self) -> bool {
        self.levels.iter().any(Level::can_fail) || self.yields.can_fail()
    }
}

impl Level {
    fn can_fail(&self) -> bool {
        match self {
            Level::Guard(test) => test.can_fail(),
            Level::Computed { of, .. } | Level::Let(_, of) => of.can_fail(),
            Level::Entries { otherwise, .. } => *otherwise == NoList::Fails,
            // What is no list here only adds items.
            Level::NoList(_) | Level::Rows { .. } => false,
        }
    }
}

impl Source {
    /// Whether finding the value can be an error.
    pub(in super::super) fn can_fail(&self) -> bool {
        match self {
            Source::Known(_) | Source::Path(_) | Source::Filled(_) | Source::Bound(_) | Source::Lacking => false,
            Source::OrNull { of, errors } => !errors && of.can_fail(),
            Source::At { then, .. } => then.can_fail(),
            Source::Below { of, then } => of.can_fail() || then.can_fail(),
            Source::IfNotNull(left, right) | Source::Or(left, right) | Source::And(left, right) => {
                left.can_fail() || right.can_fail()
            }
            Source::Test(test) => test.can_fail(),
            Source::Let { value, body, .. } => value.can_fail() || body.can_fail(),
            Source::Choice(test, yes, no) => test.can_fail() || yes.can_fail() || no.can_fail(),
            Source::Stream(stream) => stream.can_fail(),
            Source::Apply { operands, no, .. } => *no == No::Error || operands.iter().any(Source::can_fail),
            Source::Ordered { left, right, .. } => left.can_fail() || right.can_fail(),
            Source::Required(_)
            | Source::Expanded(_)
            | Source::Call { .. }
            | Source::Fails
            | Source::Length(..)
            | Source::Arithmetic { .. }
            | Source::Keyed { .. }
            | Source::Default(..)
            | Source::After(..)
            | Source::Shaped { .. } => true,
        }
    }
}

impl Test {
    fn can_fail(&self) -> bool {
        match self {
            Test::Known(_) | Test::Ask { .. } => false,
            Test::All(tests) | Test::Any(tests) => tests.iter().any(Test::can_fail),
            Test::Not(test) => test.can_fail(),
            Test::Both(left, right) => left.can_fail() || right.can_fail(),
            Test::Decide { value, .. } | Test::Truthy(value) | Test::NotNull(value) => value.can_fail(),
            Test::Items(items) => items.parts.iter().any(|part| match part {
                Part::Stream { stream, .. } => stream.can_fail(),
                Part::Path { required, .. } => *required,
                Part::Known(_) => false,
            }),
            Test::Text { .. } | Test::Fails => true,
            Test::Operator { key, value, .. } => key.can_fail() || value.can_fail(),
            Test::Equal(left, right) | Test::Order { left, right, .. } => left.can_fail() || right.can_fail(),
            Test::Exists { levels, test } => levels.iter().any(Level::can_fail) || test.can_fail(),
        }
    }
}
