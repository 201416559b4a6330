//! The typed IR: what a set of policies means, as plain data.
//!
//! A [`Program`] is a set of arenas. Nodes name each other by newtyped indices, hold no pointers, closures or trait
//! objects, and so can be printed, parsed, compared, hashed and cached. Front ends lower to it (JMESPath and templates
//! today, CEL later); both engines run it; nothing that runs looks at syntax again.
//!
//! # What an expression can give
//!
//! | outcome | when | written in the text form |
//! |---|---|---|
//! | value | the ordinary case, `null` among them | |
//! | missing | a member that an object lacks; carries the key | `missing` |
//! | error | a function refused its arguments, text did not parse, ... ; carries the message | `fail` |
//! | needs data | external data is named that is not loaded; carries the key to load | only from `resolve`, `expand` and `expand within` |
//!
//! An operator hands on the first outcome of its operands that is no value, in the order of its operands, with the
//! exceptions of this table. A front end that swallows more (JMESPath does, everywhere) says so with [`Expr::Recover`];
//! the operators themselves have no such habit.
//!
//! | operator | exception |
//! |---|---|
//! | `recover missing x` | missing becomes null |
//! | `recover error x` | missing and error become null |
//! | `and`, `or` | the right operand is evaluated only when the left does not decide |
//! | `each` | a missing from the body drops that element; null results are dropped |
//! | `filter` | a missing from the condition counts as false |
//! | `call` with a lambda | the function decides what a missing from the lambda means |
//! | `resolve` | missing and error become an error that names the expression and the path in the document; its words for an error of the query are `JMESPath query failed: `, which are left out where the query is itself a `fail` |
//!
//! Needs data is never recovered: the whole rule stops with it, the host loads, and the rule runs again.
//!
//! | operand | `member` | `index`, `slice` | `each`, `filter`, `flatten` | `values` |
//! |---|---|---|---|---|
//! | object | its member or missing | null | null | its values in key order |
//! | list | null | by position, out of range null | element by element | null |
//! | anything else | null | null | null | null |
//!
//! # Well-formed programs
//!
//! * an index lies in its arena, and an expression's operands come before it in the arena;
//! * `current` stands only below a `bind`, `each`, `filter`, `with` or lambda;
//! * a lambda stands only as an argument of a call;
//! * types and effects of a node follow from its operands (see [`text`]).

mod arena;
mod build;
mod condition;
mod exception;
mod expr;
mod matching;
mod pattern;
mod policy;
mod roots;
mod select;
pub mod text;
mod verify;

pub use arena::Arena;
pub use build::Builder;
pub use condition::{Condition, ConditionBlock, Conditions};
pub use exception::{Exception, Exemption};

pub use expr::{Comparison, Effect, Expr, ExprNode, Ordering, Recovery, Shape, Type};
pub use matching::{
    Filter, KindSelector, LabelRequirement, LabelSelector, MatchBlock, Quantifier, RequirementOperator, Subject,
    SubjectKind,
};
pub use pattern::{Anchor, Field, MapPattern, Pattern, PatternNode};
pub use policy::{
    ApiCall, Autogen, Body, Cleanup, DecodedRule, Entry, EntryQuery, EntrySource, Generate, GenerateSource, LoopOrder,
    Mutate, MutateAction, MutateLoop, Override, PodSecurity, PodSecurityExclude, Policy, PolicyKind,
    RegistryCredentials, ReportProperty, Rule, Service, Target, Validate, ValidateAction, ValidateLoop, Written,
};

pub use verify::{Malformed, verify};

use dikast_stdlib::Value;
use dikast_stdlib::pattern::ScalarPattern;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the arena.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An expression of [`Program::exprs`].
    ExprId,
    /// A constant of [`Program::consts`].
    ConstId,
    /// A text of [`Program::names`].
    NameId,
    /// A pattern of [`Program::patterns`].
    PatternId,
    /// A scalar pattern of [`Program::scalars`].
    ScalarId,
    /// A context entry of [`Program::entries`].
    EntryId,
    /// A rule of [`Program::rules`].
    RuleId,
    /// A policy of [`Program::policies`].
    PolicyId,
}

/// A set of lowered policies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Policies in the order in which they run.
    pub policies: Vec<Policy>,
    /// Exceptions from policies.
    pub exceptions: Arena<Exception>,
    /// Rules; those of one policy stand together, autogen's after the written ones.
    pub rules: Vec<Rule>,
    /// Context entries of rules and loops.
    pub entries: Arena<Entry>,
    /// Expressions; operands before the nodes that use them.
    pub exprs: Arena<ExprNode>,
    /// Patterns.
    pub patterns: Arena<PatternNode>,
    /// Scalar patterns, each once.
    pub scalars: Arena<ScalarPattern>,
    /// Constants, each once.
    pub consts: Arena<Value>,
    /// Names and texts, each once.
    pub names: Arena<std::sync::Arc<str>>,
}

impl Program {
    /// The node of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn expr(&self, id: ExprId) -> &ExprNode {
        &self.exprs[id.index()]
    }

    /// The pattern of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn pattern(&self, id: PatternId) -> &PatternNode {
        &self.patterns[id.index()]
    }

    /// The scalar pattern of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn scalar(&self, id: ScalarId) -> &ScalarPattern {
        &self.scalars[id.index()]
    }

    /// The constant of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn constant(&self, id: ConstId) -> &Value {
        &self.consts[id.index()]
    }

    /// The text of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn name(&self, id: NameId) -> &std::sync::Arc<str> {
        &self.names[id.index()]
    }

    /// The context entry of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.index()]
    }

    /// The rule of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.index()]
    }

    /// The policy of an id. Panics when the id is of another program, which is a bug of ours.
    pub fn policy(&self, id: PolicyId) -> &Policy {
        &self.policies[id.index()]
    }
}
