//! Expressions. The meaning of each operator, and what it does with missing, error and needs-data operands, is the
//! table in the [parent module](super).

use dikast_grammar::Span;
use dikast_stdlib::functions::FunctionId;

use super::{ConstId, EntryId, ExprId, NameId};

/// An expression with what is known of it before it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ExprNode {
    /// The operator and its operands.
    pub expr: Expr,
    /// What kind of value it gives.
    pub ty: Type,
    /// What it needs beside the request.
    pub effect: Effect,
    /// Where an author wrote it; nothing for what the compiler made.
    pub span: Option<Span>,
}

/// An operator and its operands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A value known at compile time.
    Const(ConstId),
    /// The whole document that the expression is asked of, usually the JSON context of the rule.
    Root,
    /// A member of the root: `request`, `element`, `images`, a context entry. Missing when the root is an object that
    /// lacks it, null when the root is no object.
    Variable(NameId),
    /// The value bound by the nearest enclosing `bind`, `each`, `filter`, `with` or lambda.
    Current,
    /// The member of an object under a name known at compile time.
    Member {
        /// The object.
        of: ExprId,
        /// The member's name.
        name: NameId,
    },
    /// The member of an object under a computed name, which must be text.
    MemberOf {
        /// The object.
        of: ExprId,
        /// The member's name.
        name: ExprId,
    },
    /// An item of a list; negative positions count from the end.
    Index {
        /// The list.
        of: ExprId,
        /// The position.
        position: i64,
    },
    /// An item of a list at a computed position: a whole number, or text that is one; null for anything else.
    IndexOf {
        /// The list.
        of: ExprId,
        /// The position.
        position: ExprId,
    },
    /// Part of a list, as in Python.
    Slice {
        /// The list.
        of: ExprId,
        /// First position.
        start: Option<i64>,
        /// One past the last position.
        stop: Option<i64>,
        /// Step; zero is an error when the operand is a list.
        step: Option<i64>,
    },
    /// A list with the items of its list items in their place, one level deep.
    Flatten(ExprId),
    /// The values of an object in key order.
    Values(ExprId),
    /// The non-null results of `body` for each item of a list, bound to `current`.
    Each {
        /// The list.
        of: ExprId,
        /// Evaluated for each item.
        body: ExprId,
    },
    /// The items of a list for which `condition` is true in JMESPath's sense.
    Filter {
        /// The list.
        of: ExprId,
        /// Evaluated for each item.
        condition: ExprId,
    },
    /// `body` with `current` bound to `value`.
    Bind {
        /// The value to bind.
        value: ExprId,
        /// Evaluated under the binding.
        body: ExprId,
    },
    /// `body` with both the root and `current` bound to `document`.
    With {
        /// The new root.
        document: ExprId,
        /// Evaluated under it.
        body: ExprId,
    },
    /// `body` if `subject` is not null, else null (JMESPath's multi-selects and pipes below null).
    IfNotNull {
        /// What is tested.
        subject: ExprId,
        /// The result otherwise.
        body: ExprId,
    },
    /// A list of results.
    List(Vec<ExprId>),
    /// An object of results; names are computed and must be text. The last of two equal names wins.
    Object(Vec<(ExprId, ExprId)>),
    /// A comparison.
    Compare {
        /// Which.
        comparison: Comparison,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// The left operand if it is false in JMESPath's sense (null, false, empty text, list, object), else the right.
    And {
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// The left operand if it is true in JMESPath's sense, else the right.
    Or {
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// Whether the operand is false in JMESPath's sense.
    Not(ExprId),
    /// Null instead of an outcome that is no value.
    Recover {
        /// Which outcomes become null.
        recovery: Recovery,
        /// The operand.
        of: ExprId,
    },
    /// A call of a library function.
    Call {
        /// Which function.
        function: FunctionId,
        /// Its arguments; lambdas among them.
        arguments: Vec<ExprId>,
    },
    /// An expression handed to a function (`&expr`), evaluated by it with `current` bound.
    Lambda(ExprId),
    /// Texts one after the other: text as it is, anything else as compact JSON with sorted keys.
    Text {
        /// The pieces.
        parts: Vec<ExprId>,
        /// The meaning where the result of a part may join with what stands around it to form a variable: where it
        /// holds `{{`, ends with `{` or a backslash, or begins with `{` behind a part that ends with `{`.
        otherwise: Option<ExprId>,
    },
    /// A key of a document: text as it is; null gives the key as it was written; an error for anything else.
    Key {
        /// The key after substitution.
        of: ExprId,
        /// The key as written.
        written: NameId,
    },
    /// A `{{ }}` variable: loads the context entries that its text names, evaluates `query` (or `on_delete` when the
    /// operation is DELETE) and turns missing and error into Kyverno's error for this expression and path.
    Resolve {
        /// The expression.
        query: ExprId,
        /// Its variant with `request.object` read as `request.oldObject`, where that differs.
        on_delete: Option<ExprId>,
        /// The entries to load first, in order.
        loads: Vec<EntryId>,
        /// The expression's text, for the message.
        text: NameId,
        /// The place in the substituted document, for the message.
        path: NameId,
    },
    /// The operand with the variables in its texts and keys substituted, where it is a list or an object; text and other
    /// scalars stay as they are. Kyverno walks on into what a `{{ }}` variable gave.
    ExpandWithin {
        /// The value.
        of: ExprId,
        /// Context entries that its texts could name.
        scope: Vec<EntryId>,
        /// The place in the substituted document.
        path: NameId,
    },
    /// `then` where every guard holds and it gives a value, `otherwise` in every other case, errors included. `then` is
    /// what the compiler made of a template whose meaning depends on the results of the variables nested in it.
    Shortcut {
        /// What the results must look like for `then` to be the meaning.
        guards: Vec<(ExprId, Shape)>,
        /// The expression for such results.
        then: ExprId,
        /// The general meaning.
        otherwise: ExprId,
    },
    /// A value whose text is only known at run time, or too unusual to lower: the text of `template` is substituted
    /// as Kyverno does it, round by round.
    Expand {
        /// Gives the text with its variables.
        template: ExprId,
        /// Context entries that it could name.
        scope: Vec<EntryId>,
        /// The place in the substituted document, for `{{@}}` and messages.
        path: NameId,
    },
    /// The result of `text`, parsed as a JMESPath expression at run time and asked of the current root.
    Query {
        /// Gives the expression's text.
        text: ExprId,
        /// Context entries that it could name.
        scope: Vec<EntryId>,
    },
    /// An error known at compile time that Kyverno raises only when it gets there.
    Fail(NameId),
}

/// What a variable nested in an expression has to give for the expression to have the form that its author sees. As
/// everywhere in templates, text stands for itself and anything else for its compact JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Text that is a name without quotes: a letter or `_`, then letters, digits and `_`.
    Identifier,
    /// Text that can stand between double quotes, also inside backticks, as it is: no quote, backtick, backslash, brace or
    /// control character. Or null, a truth value or a number.
    Quotable,
    /// Text that can stand between single quotes as it is: no quote, backslash or brace. Or null, a truth value or a number.
    Raw,
    /// A whole number of at most 15 digits, or text that is one: digits with an optional minus.
    Position,
    /// Null, a truth value or a number.
    Scalar,
    /// Text that ends with an ASCII character other than a backslash, or anything that is no text: a variable behind it
    /// is still one.
    Filled,
    /// Text or null.
    TextOrNull,
}

/// What [`Expr::Recover`] turns into null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recovery {
    /// Only missing members.
    Missing,
    /// Missing members and errors.
    Error,
}

/// A comparison of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Deep equality; a number never equals a text.
    Equal,
    /// Its negation.
    NotEqual,
    /// An order of two numbers; null for anything else, as in JMESPath.
    Numbers(Ordering),
}

/// An order between two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ordering {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What kind of value an expression gives when it gives one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Type {
    /// Not known.
    #[default]
    Any,
    /// Always null.
    Null,
    /// A truth value.
    Bool,
    /// A number of either type.
    Number,
    /// Text.
    Text,
    /// A list of one type.
    List(Box<Type>),
    /// An object; the listed members have these types, others are not known.
    Object(Vec<(NameId, Type)>),
    /// One of several.
    OneOf(Vec<Type>),
}

/// What an expression needs beside the request.
///
/// What runs only because text in the request itself holds variables does not count: such text may call anything, and
/// an engine that meets it leaves the rule to the interpreter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Data from outside: a context entry that has to be loaded.
    pub data: bool,
    /// The clock or chance: may not be folded or shared between requests.
    pub volatile: bool,
}

impl Effect {
    /// Needs nothing but the request.
    pub const PURE: Effect = Effect { data: false, volatile: false };

    /// What two expressions need together.
    pub fn join(self, other: Effect) -> Effect {
        Effect { data: self.data || other.data, volatile: self.volatile || other.volatile }
    }
}

impl Expr {
    /// The operands in the order of evaluation.
    pub fn operands(&self) -> Vec<ExprId> {
        match self {
            Self::Const(_) | Self::Root | Self::Variable(_) | Self::Current | Self::Fail(_) => Vec::new(),
            Self::Member { of, .. }
            | Self::Index { of, .. }
            | Self::Slice { of, .. }
            | Self::Recover { of, .. }
            | Self::Key { of, .. }
            | Self::ExpandWithin { of, .. } => vec![*of],
            Self::Flatten(of) | Self::Values(of) | Self::Not(of) | Self::Lambda(of) => vec![*of],
            Self::MemberOf { of, name } => vec![*of, *name],
            Self::IndexOf { of, position } => vec![*of, *position],
            Self::Each { of, body } => vec![*of, *body],
            Self::Filter { of, condition } => vec![*of, *condition],
            Self::Bind { value, body } => vec![*value, *body],
            Self::With { document, body } => vec![*document, *body],
            Self::IfNotNull { subject, body } => vec![*subject, *body],
            Self::List(items) | Self::Call { arguments: items, .. } => items.clone(),
            Self::Text { parts, otherwise } => parts.iter().copied().chain(*otherwise).collect(),
            Self::Shortcut { guards, then, otherwise } => {
                guards.iter().map(|&(guard, _)| guard).chain([*then, *otherwise]).collect()
            }
            Self::Object(members) => members.iter().flat_map(|&(name, value)| [name, value]).collect(),
            Self::Compare { left, right, .. } | Self::And { left, right } | Self::Or { left, right } => {
                vec![*left, *right]
            }
            Self::Resolve { query, on_delete, .. } => std::iter::once(*query).chain(*on_delete).collect(),
            Self::Expand { template, .. } => vec![*template],
            Self::Query { text, .. } => vec![*text],
        }
    }

    /// The operands in the order of evaluation, to be replaced.
    pub fn operands_mut(&mut self) -> Vec<&mut ExprId> {
        match self {
            Self::Const(_) | Self::Root | Self::Variable(_) | Self::Current | Self::Fail(_) => Vec::new(),
            Self::Member { of, .. }
            | Self::Index { of, .. }
            | Self::Slice { of, .. }
            | Self::Recover { of, .. }
            | Self::Key { of, .. }
            | Self::ExpandWithin { of, .. } => vec![of],
            Self::Flatten(of) | Self::Values(of) | Self::Not(of) | Self::Lambda(of) => vec![of],
            Self::MemberOf { of, name } => vec![of, name],
            Self::IndexOf { of, position } => vec![of, position],
            Self::Each { of, body } => vec![of, body],
            Self::Filter { of, condition } => vec![of, condition],
            Self::Bind { value, body } => vec![value, body],
            Self::With { document, body } => vec![document, body],
            Self::IfNotNull { subject, body } => vec![subject, body],
            Self::List(items) | Self::Call { arguments: items, .. } => items.iter_mut().collect(),
            Self::Text { parts, otherwise } => parts.iter_mut().chain(otherwise).collect(),
            Self::Shortcut { guards, then, otherwise } => {
                guards.iter_mut().map(|(guard, _)| guard).chain([then, otherwise]).collect()
            }
            Self::Object(members) => members.iter_mut().flat_map(|(name, value)| [name, value]).collect(),
            Self::Compare { left, right, .. } | Self::And { left, right } | Self::Or { left, right } => {
                vec![left, right]
            }
            Self::Resolve { query, on_delete, .. } => std::iter::once(query).chain(on_delete).collect(),
            Self::Expand { template, .. } => vec![template],
            Self::Query { text, .. } => vec![text],
        }
    }
}
