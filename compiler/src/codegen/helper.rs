//! The table of helpers: everything that native code may call.
//!
//! The table is a macro that is called with another macro. From it come, here, the [`Helper`] names with their
//! signatures, and in the crate that runs native code the entries themselves and their addresses. A helper that lacks
//! one of these does not compile.
//!
//! Parameters are of these kinds; the first argument of each helper is the running request and not listed.
//!
//! | kind | meaning | passed as |
//! |---|---|---|
//! | `Cell` | byte offset of a cell | 64 bits |
//! | `Number` | position in a table of the unit or the program, or a count | 32 bits |
//!
//! Every helper gives an [`Answer`](super::Answer). A helper that panics or does not know gives
//! [`Answer::Undecided`](super::Answer::Undecided), and the rule is left to the interpreter.

use cranelift_codegen::ir::{AbiParam, Signature, Type, types};
use cranelift_codegen::isa::CallConv;

use crate::ir::Shape;

/// Calls `$callback!` with the table of helpers: name, entry, parameters.
#[macro_export]
macro_rules! for_each_helper {
    ($callback:ident) => {
        $callback! {
            /// Whether the text of a cell matches a wildcard of the unit.
            Wildcard = wildcard(text: Cell, wildcard: Number);
            /// Whether a cell satisfies a scalar pattern of the unit; the last number says how its numbers are read.
            ScalarPattern = scalar_pattern(value: Cell, pattern: Number, numbers: Number);
            /// Whether two cells hold the same text, or nothing both.
            SameText = same_text(left: Cell, right: Cell);
            /// Whether a condition of the unit holds for a cell; the last number says how its numbers are read.
            Condition = condition(value: Cell, condition: Number, numbers: Number);
            /// Whether an operator of the unit holds for a key and a value; the last numbers say how theirs are read.
            Operator = operator(
                key: Cell,
                value: Cell,
                operator: Number,
                key_numbers: Number,
                value_numbers: Number
            );
            /// Whether two values are equal in JMESPath's sense; the numbers say how theirs are read.
            Equal = equal(left: Cell, right: Cell, left_numbers: Number, right_numbers: Number);
            /// Whether the text of a cell has a text of the unit's names as a part; the last number is a `Place`.
            HasPart = has_part(text: Cell, part: Number, place: Number);
            /// Takes a value as the next argument of a helper that computes.
            Argument = argument(value: Cell, numbers: Number);
            /// Calls a library function with the last arguments taken and writes its result to a cell.
            Call = call(function: Number, arguments: Number, result: Cell);
            /// Puts the last arguments into a text of the unit.
            Concat = concat(template: Number, result: Cell);
            /// A list of so many arguments.
            List = list(arguments: Number, result: Cell);
            /// An object of so many arguments, names and values in turn.
            Object = object(arguments: Number, result: Cell);
            /// The member of an argument under a name of the unit.
            Member = member(name: Number, result: Cell);
            /// The member of an argument under the name that the next argument is.
            MemberOf = member_of(none: Number, result: Cell);
            /// The item of an argument at a position; negative ones count from the end.
            Item = item(position: Number, result: Cell);
            /// The item of an argument at the position that the next argument is.
            ItemOf = item_of(none: Number, result: Cell);
            /// An argument with the items of its list items in their place.
            Flatten = flatten(none: Number, result: Cell);
            /// The values of an argument's members.
            Values = values(none: Number, result: Cell);
            /// An argument as it is, so that its items can be asked for one by one.
            Keep = keep(none: Number, result: Cell);
            /// Namespace (0) or name (1) of the service account that the user is.
            ServiceAccount = service_account(part: Number, result: Cell);
            /// The item at a position of a list that was kept.
            ItemAt = item_at(list: Cell, position: Number, result: Cell);
            /// Part of an argument that is a list; the next three arguments are start, stop and step, or null.
            Slice = slice(none: Number, result: Cell);
            /// A key of a document: an argument that is text, or a name of the unit instead of null.
            Key = key(written: Number, result: Cell);
            /// Writes to a cell how many arguments are taken. Those taken from there on are the items of a list.
            Mark = mark(result: Cell);
            /// Makes the arguments taken since a mark a list.
            Collect = collect(mark: Cell, result: Cell);
            /// Forgets the arguments taken since a mark.
            Discard = discard(mark: Cell);
            /// Makes the last argument a list of it alone, which is how the result of an expression is handed to `keyed`.
            Wrap = wrap();
            /// Calls a library function with a list and with what an expression gave for each item of it: the next argument,
            /// a list in which a result is a list of one, null a missing member and anything else an error. The number
            /// says whether the expression comes first.
            Keyed = keyed(function: Number, expression_first: Number, result: Cell);
            /// Whether no text or key in a value has a variable; undecided if one has.
            Plain = plain(value: Cell, numbers: Number);
            /// Whether labels satisfy a label selector of the unit.
            LabelSelector = label_selector(labels: Cell, selector: Number);
            /// Whether a value has a shape, by the shape's position in `SHAPES`.
            Shape = shape(value: Cell, shape: Number, numbers: Number);
            /// Whether a value satisfies a pattern that is another value. The last numbers say how their numbers are read;
            /// with `fractions` the whole numbers of the pattern count as fractions.
            PatternOf = pattern_of(
                value: Cell,
                pattern: Cell,
                fractions: Number,
                numbers: Number,
                pattern_numbers: Number
            );
            /// An argument with its whole numbers made fractions.
            Fractions = fractions(none: Number, result: Cell);
            /// Whether the namespace's labels satisfy a label selector of the unit.
            NamespaceSelector = namespace_selector(selector: Number);
            /// Whether the user has a role of the unit's names.
            Role = role(name: Number);
            /// Whether the user has a cluster role of the unit's names.
            ClusterRole = cluster_role(name: Number);
        }
    };
}

macro_rules! declare {
    ($($(#[$doc:meta])* $name:ident = $entry:ident($($param:ident: $kind:ident),*);)*) => {
        /// Names a helper.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Helper {
            $($(#[$doc])* $name,)*
        }

        impl Helper {
            /// All helpers in the order of the table.
            pub const ALL: &'static [Helper] = &[$(Helper::$name,)*];

            /// The symbol under which compiled code knows it.
            pub fn symbol(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("dikast_", stringify!($entry)),)*
                }
            }

            /// What it takes after the running request.
            pub fn parameters(self) -> &'static [Parameter] {
                match self {
                    $(Self::$name => &[$(Parameter::$kind,)*],)*
                }
            }
        }
    };
}

for_each_helper!(declare);

/// Where a part of a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere.
    Anywhere = 0,
    /// At the start.
    Start = 1,
    /// At the end.
    End = 2,
}

impl Place {
    /// The place that a helper was given.
    pub fn of_number(number: u32) -> Option<Self> {
        [Self::Anywhere, Self::Start, Self::End].into_iter().find(|place| *place as u32 == number)
    }
}

/// The kind of a helper's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Byte offset of a cell.
    Cell,
    /// Position in a table, or a count.
    Number,
}

impl Parameter {
    /// How it is passed.
    pub fn ty(self) -> Type {
        match self {
            Self::Cell => types::I64,
            Self::Number => types::I32,
        }
    }
}

impl Helper {
    /// Its signature in native code.
    pub(super) fn signature(self, call_conv: CallConv) -> Signature {
        let mut signature = Signature::new(call_conv);
        signature.params.push(AbiParam::new(types::I64));
        signature.params.extend(self.parameters().iter().map(|parameter| AbiParam::new(parameter.ty())));
        signature.returns.push(AbiParam::new(types::I8));
        signature
    }
}

/// Shapes by the number that [`Helper::Shape`] takes.
pub const SHAPES: [Shape; 7] =
    [Shape::Identifier, Shape::Quotable, Shape::Raw, Shape::Position, Shape::Scalar, Shape::Filled, Shape::TextOrNull];

/// Addresses of all helpers, in the order of [`Helper::ALL`].
#[derive(Clone, Copy, Debug)]
pub struct HelperAddresses {
    addresses: &'static [usize],
}

impl HelperAddresses {
    /// Addresses in the order of [`Helper::ALL`].
    ///
    /// # Safety
    ///
    /// Each must be the address of an `extern "C"` function with the parameters of its helper, a pointer to the running
    /// request before them and an [`Answer`](super::Answer) as result, that never unwinds.
    pub unsafe fn new(addresses: &'static [usize]) -> Self {
        assert_eq!(addresses.len(), Helper::ALL.len(), "one address for each helper");
        Self { addresses }
    }

    /// The address of a helper.
    pub(super) fn get(self, helper: Helper) -> usize {
        self.addresses[helper as usize]
    }
}
