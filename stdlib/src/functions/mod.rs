//! The function library: one function, one file, signature as data.
//!
//! The type checker, the constant folder, the interpreter, native code, `dikast jp function` and the generated
//! reference page all read the same [`Function`].

use crate::Value;

/// Names a function of [`table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u16);

/// The type of a parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any value.
    Any,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A truth value.
    Bool,
    /// A list of anything.
    List,
    /// A list of numbers.
    Numbers,
    /// A list of texts.
    Texts,
    /// An object.
    Object,
    /// An expression (`&expr`).
    Lambda,
}

/// A parameter: its name in the reference and the types it takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Name in the reference.
    pub name: &'static str,
    /// The types it takes; any one of them.
    pub kinds: &'static [Kind],
}

/// A function that policies can call.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name that policies use.
    pub name: &'static str,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Whether the last parameter may be repeated.
    pub variadic: bool,
    /// The type of its result.
    pub result: Kind,
    /// Whether it reads the clock or chance from the [`Environment`]; such calls are never folded.
    pub volatile: bool,
    /// One sentence for the reference.
    pub summary: &'static str,
    /// Examples: expression and its result as JSON; run as tests.
    pub examples: &'static [(&'static str, &'static str)],
    /// The function itself.
    pub call: fn(&[Argument<'_>], &dyn Environment) -> Result<Value, FunctionError>,
}

/// An argument of a call.
pub enum Argument<'a> {
    /// A value.
    Value(Value),
    /// An expression, to be asked of values that the function chooses.
    Lambda(&'a dyn Fn(&Value) -> Result<Value, FunctionError>),
}

/// What a function may know beside its arguments.
pub trait Environment {
    /// The present moment, in nanoseconds since 1970 UTC.
    fn now_unix_ns(&self) -> i128;
    /// A random number, uniformly from `0..bound`; `bound` is at least 1.
    fn random_below(&self, bound: u64) -> u64;
    /// Whether the host of a URL is outside the private and loopback networks (a name lookup, so the host decides).
    fn resolve_host(&self, host: &str) -> Result<Vec<std::net::IpAddr>, String>;
}

/// Why a call gives no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// A member that an object lacks; only from a lambda.
    #[error("Unknown key \"{0}\" in path")]
    Missing(String),
    /// The function refused its arguments, in Kyverno's words.
    #[error("{0}")]
    Failed(String),
}

/// All functions, sorted by name; a [`FunctionId`] is a position in it.
pub fn table() -> &'static [&'static Function] {
    &[]
}

/// The function of a name.
pub fn find(name: &str) -> Option<FunctionId> {
    table().binary_search_by(|function| function.name.cmp(name)).ok().map(|at| FunctionId(at as u16))
}

/// The function of an id.
pub fn get(id: FunctionId) -> &'static Function {
    table()[id.0 as usize]
}
