//! Truth values.

use dikast_stdlib::Value;
use dikast_stdlib::functions::FunctionId;

use super::super::helper::Helper;
use super::{Decision, Level, Path, RowId, Source, Stream, TextMatch};
use crate::ir::Ordering;

/// A truth value of the request.
#[derive(Clone, Debug)]
pub(in super::super) enum Test {
    /// Known at compile time.
    Known(bool),
    /// Always an error.
    Fails,
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
    /// A text function of a value and a known text: a compare where the value is text, else what the function says.
    Text {
        /// The value.
        value: Source,
        /// What a text must be like.
        wanted: TextMatch,
        /// The function.
        function: FunctionId,
        /// The known text.
        known: Value,
    },
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
        helper: Helper,
        /// Its argument.
        argument: u32,
    },
}

/// The items of a list decided one by one; a value that is no list is decided by itself.
#[derive(Clone, Debug)]
pub(in super::super) struct Items {
    /// The list or single value: the first of these that is true in JMESPath's sense, else the last.
    pub(in super::super) parts: Vec<Part>,
    /// Whether one item suffices; otherwise each must hold.
    pub(in super::super) some: bool,
    /// What becomes of the test when the list has no items.
    pub(in super::super) empty: bool,
    /// The decision on an item.
    pub(in super::super) item: Decision,
    /// The decision on a value that is no list.
    pub(in super::super) single: Decision,
}

/// A part of what is decided item by item.
#[derive(Clone, Debug)]
pub(in super::super) enum Part {
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

impl Test {
    /// All hold. What is known is left out, which is allowed where the tests cannot be errors or stand before it.
    pub(in super::super) fn all(tests: impl IntoIterator<Item = Test>) -> Test {
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
    pub(in super::super) fn any(tests: impl IntoIterator<Item = Test>) -> Test {
        Test::not(Test::all(tests.into_iter().map(Test::not)))
    }

    /// It does not hold.
    pub(in super::super) fn not(test: Test) -> Test {
        match test {
            Test::Known(truth) => Test::Known(!truth),
            Test::Not(inner) => *inner,
            Test::All(tests) => Test::Any(tests.into_iter().map(Test::not).collect()),
            Test::Any(tests) => Test::All(tests.into_iter().map(Test::not).collect()),
            other => Test::Not(Box::new(other)),
        }
    }
}
