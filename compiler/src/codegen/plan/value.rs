//! Values: paths of the request, and what is computed of them.

use dikast_stdlib::Value;
use dikast_stdlib::functions::FunctionId;

use super::super::helper::Helper;
use super::Test;
use crate::ir::{Ordering, Shape};
use crate::layout::{LayoutBuilder, PlaceId};

/// A value of the request, by the cells of the steps that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Path {
    /// The row that the path begins in; none for the root block.
    pub(in super::super) row: Option<RowId>,
    /// Each step's place; the last is the value's.
    pub(in super::super) steps: Vec<PlaceId>,
    /// A missing member among so many of the first steps makes the value null.
    pub(in super::super) null_steps: usize,
    /// How its numbers are read.
    pub(in super::super) numbers: Numbers,
}

impl Path {
    /// The place of the value.
    pub(in super::super) fn place(&self) -> PlaceId {
        self.steps[self.steps.len() - 1]
    }

    /// Whether the value is the document itself, or an item of a list.
    fn is_whole_document(&self) -> bool {
        self.row.is_some() || self.steps == [LayoutBuilder::ROOT]
    }

    /// The same path with one more step.
    pub(in super::super) fn then(&self, step: PlaceId) -> Path {
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
pub(in super::super) struct RowId(pub(in super::super) u32);

/// A value.
#[derive(Clone, Debug)]
pub(in super::super) enum Source {
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
    /// What a helper makes of its operands.
    Apply {
        /// The helper; it takes its operands as arguments, then a number.
        helper: Helper,
        /// Its operands.
        operands: Vec<Source>,
        /// Its number.
        number: u32,
        /// What its answer no means.
        no: No,
    },
    /// The item at which a loop over a computed list stands, or a value that was kept.
    Bound(ValueId),
    /// The last, with the first found once and kept for it. A missing member of the first is one of the whole.
    Let {
        /// The name of the first.
        id: ValueId,
        /// What is found once.
        value: Box<Source>,
        /// What looks at it.
        body: Box<Source>,
    },
    /// Always a missing member.
    Lacking,
    /// Always an error.
    Fails,
    /// The second where the test holds, else the third.
    Choice(Box<Test>, Box<Source>, Box<Source>),
    /// How many characters, items or members a value has, by the function `length`.
    Length(FunctionId, Box<Source>),
    /// Arithmetic of two numbers; the function computes whatever else it takes.
    Arithmetic {
        /// What is done with numbers.
        arithmetic: Arithmetic,
        /// The function.
        function: FunctionId,
        /// The operands.
        operands: Box<[Source; 2]>,
    },
    /// The result of a library function that asks an expression of each item of a list.
    Keyed {
        /// Which function.
        function: FunctionId,
        /// The list.
        list: Box<Source>,
        /// An item of the list.
        item: ValueId,
        /// What is asked of it.
        key: Box<Source>,
        /// Whether the expression is the first argument.
        expression_first: bool,
    },
    /// The value, where it is there and not empty. An empty one is more than native code handles here.
    Filled(Path),
    /// Whether two numbers stand in an order; null for anything but fractions.
    Ordered {
        /// Which order.
        ordering: Ordering,
        /// The left side.
        left: Box<Source>,
        /// The right side.
        right: Box<Source>,
    },
    /// The first unless it is null, else the second; none for an error.
    Default(Box<Source>, Option<Box<Source>>),
    /// The last, after the others have given values.
    After(Vec<Source>, Box<Source>),
    /// The value, if these values have these shapes. Otherwise, and where it is missing or an error, the interpreter
    /// finds the value in another way.
    Shaped {
        /// What must have which shape.
        guards: Vec<(Source, Shape)>,
        /// The value.
        then: Box<Source>,
    },
}

/// What is emitted as one instruction on two fractions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Arithmetic {
    /// The sum.
    Add,
    /// The difference.
    Subtract,
    /// The product.
    Multiply,
    /// The quotient, unless the divisor is zero.
    Divide,
}

/// What a helper's answer no means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum No {
    /// A member is missing.
    Missing,
    /// An error.
    Error,
}

/// Names an item of a computed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) struct ValueId(pub(in super::super) u32);

/// A list of what loops over the request's lists yield.
#[derive(Clone, Debug)]
pub(in super::super) struct Stream {
    /// The loops and tests, outermost first.
    pub(in super::super) levels: Vec<Level>,
    /// What the innermost yields; null and missing results are left out.
    pub(in super::super) yields: Box<Source>,
}

/// A loop or test of a stream.
#[derive(Clone, Debug)]
pub(in super::super) enum Level {
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
    /// A value found once for what follows.
    Let(ValueId, Source),
    /// The items of a computed list.
    Computed {
        /// The list.
        of: Source,
        /// The item at which the loop stands.
        item: ValueId,
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
pub(in super::super) enum NoList {
    /// The whole stream is null when this is the first level, else nothing is yielded.
    Nothing,
    /// For a list, null is passed over; anything else is more than native code handles here.
    Interpret,
    /// It is an error.
    Fails,
}

impl Source {
    /// Whether the value may be a missing member.
    pub(in super::super) fn may_be_missing(&self) -> bool {
        match self {
            Source::Known(_) | Source::OrNull { .. } | Source::Required(_) | Source::Test(_) => false,
            Source::Stream(_) | Source::Bound(_) => false,
            Source::Call { arguments, .. } => arguments.iter().any(Source::may_be_missing),
            Source::Ordered { left, right, .. } => left.may_be_missing() || right.may_be_missing(),
            Source::Shaped { .. } | Source::Fails => false,
            Source::Default(of, otherwise) => {
                of.may_be_missing() || otherwise.as_deref().is_some_and(Source::may_be_missing)
            }
            Source::Length(_, of) | Source::Keyed { list: of, .. } => of.may_be_missing(),
            Source::Arithmetic { operands, .. } => operands.iter().any(Source::may_be_missing),
            Source::Lacking => true,
            Source::Let { value, body, .. } => value.may_be_missing() || body.may_be_missing(),
            Source::Choice(_, yes, no) => yes.may_be_missing() || no.may_be_missing(),
            Source::Apply { no, operands, .. } => *no == No::Missing || operands.iter().any(Source::may_be_missing),
            Source::Filled(_) => true,
            Source::After(_, then) => then.may_be_missing(),
            // An item of a list is there, and so is a document.
            Source::Path(path) => path.steps.len() > 1 || !path.is_whole_document(),
            Source::Expanded(of) | Source::At { then: of, .. } => of.may_be_missing(),
            Source::Below { of, then } => of.may_be_missing() || then.may_be_missing(),
            Source::IfNotNull(left, right) | Source::Or(left, right) | Source::And(left, right) => {
                left.may_be_missing() || right.may_be_missing()
            }
        }
    }

    /// Whether finding the value again costs next to nothing: what stands in the request, or was kept.
    pub(in super::super) fn is_at_hand(&self) -> bool {
        match self {
            Source::Known(_) | Source::Path(_) | Source::Filled(_) | Source::Bound(_) => true,
            Source::OrNull { of, .. } | Source::Required(of) => of.is_at_hand(),
            Source::At { then, .. } => then.is_at_hand(),
            Source::Below { of, then } => of.is_at_hand() && then.is_at_hand(),
            _ => false,
        }
    }

    /// Null instead of a missing member.
    pub(in super::super) fn or_null(of: Source) -> Source {
        match of {
            known @ (Source::Known(_) | Source::OrNull { .. }) => known,
            of => Source::OrNull { of: Box::new(of), errors: false },
        }
    }
}
