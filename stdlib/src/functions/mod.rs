//! The function library: one function, one file, signature as data.
//!
//! The type checker, the constant folder, the interpreter, native code, `dikast jp function` and the generated
//! reference page all read the same [`Function`]. Nothing but [`invoke`] calls a function, so that arity and types are
//! checked in one place and in Kyverno's words.
//!
//! A function's file holds the pure Rust function first, then how it takes its arguments, then its [`Function`].
//! Behaviour is Kyverno's (`pkg/engine/jmespath`) or that of its JMESPath library (`github.com/kyverno/go-jmespath`).

use std::sync::Arc;

use crate::Value;
use crate::image::ImageDefaults;
use crate::regex::{GoRegex, RegexError};

mod arguments;
mod error;
mod isolated;
mod reference;
mod rows;
mod scalar_text;
mod table;

mod arithmetic;
mod collection;
mod conversion;
mod infrastructure;
mod text;
mod time;

pub use arguments::{Argument, Arguments, Lambda, invoke};
pub use error::FunctionError;
pub use isolated::{Isolated, Unasked};
pub use reference::{reference, signature};
pub use rows::{RowsTreatment, makes_rows, treatment_of_rows};
pub use table::{find, get, table};

use scalar_text::scalar_text;

/// Names a function of [`table()`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u16);

/// The type of a parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any value.
    Any,
    /// A number. Whole numbers that Go keeps as integers are none, see [`Kind::admits`].
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

impl Kind {
    /// The name that Kyverno's messages use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Number => "number",
            Self::Text => "string",
            Self::Bool => "boolean",
            Self::List => "array",
            Self::Numbers => "array[number]",
            Self::Texts => "array[string]",
            Self::Object => "object",
            Self::Lambda => "expref",
        }
    }

    /// Whether a value is of this type. Only floats are numbers to JMESPath in Kyverno: an integer, such as `compare`
    /// gives one, is of no type at all.
    pub fn admits(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Number => matches!(value, Value::Float(_)),
            Self::Text => matches!(value, Value::Text(_)),
            Self::Bool => matches!(value, Value::Bool(_)),
            Self::List => matches!(value, Value::List(_)),
            Self::Numbers => value.as_list().is_some_and(|items| items.iter().all(|item| Self::Number.admits(item))),
            Self::Texts => value.as_list().is_some_and(|items| items.iter().all(|item| Self::Text.admits(item))),
            Self::Object => matches!(value, Value::Object(_)),
            Self::Lambda => false,
        }
    }
}

/// A parameter: its name in the reference and the types it takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Name in the reference.
    pub name: &'static str,
    /// The types it takes; any one of them. The order is that of Kyverno's message.
    pub kinds: &'static [Kind],
}

/// Which arguments a function takes beside its declared parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// Just the declared ones.
    Fixed,
    /// At least the declared ones, the last may be repeated. Kyverno does not check their types.
    Repeated,
    /// Any, and all are ignored.
    Ignored,
}

/// What the reference page groups functions by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Text, patterns, regular expressions, digests.
    Text,
    /// Numbers, quantities and durations.
    Arithmetic,
    /// Lists and objects.
    Collections,
    /// From one type or format to another.
    Conversion,
    /// Instants and durations.
    Time,
    /// Images, certificates, versions, addresses.
    Infrastructure,
}

impl Topic {
    /// All topics in the order of the reference.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::Arithmetic, Self::Collections, Self::Conversion, Self::Time, Self::Infrastructure];

    /// Its heading in the reference.
    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Arithmetic => "Numbers, quantities and durations",
            Self::Collections => "Lists and objects",
            Self::Conversion => "Types and formats",
            Self::Time => "Time",
            Self::Infrastructure => "Images, certificates, versions, addresses",
        }
    }
}

/// A function that policies can call.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name that policies use.
    pub name: &'static str,
    /// Its group in the reference.
    pub topic: Topic,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Whether it takes more arguments than declared.
    pub arity: Arity,
    /// The type of its result.
    pub result: Kind,
    /// Whether it reads the clock, chance, a name lookup or the configuration from the [`Environment`]; such calls are
    /// never folded.
    pub volatile: bool,
    /// One sentence for the reference.
    pub summary: &'static str,
    /// Examples: expression and its result as JSON; run as tests.
    pub examples: &'static [(&'static str, &'static str)],
    /// The function itself. Called by [`invoke`] only, which has checked the arguments against the parameters.
    pub call: fn(Arguments<'_>, &dyn Environment) -> Result<Value, FunctionError>,
}

/// What a function may know beside its arguments.
pub trait Environment {
    /// The present moment, in nanoseconds since 1970 UTC.
    fn now_unix_ns(&self) -> i128;
    /// How far local time is ahead of UTC now, in seconds.
    fn local_offset_seconds(&self) -> i32 {
        0
    }
    /// A random number, uniformly from `0..bound`; `bound` is at least 1.
    fn random_below(&self, bound: u64) -> u64;
    /// The addresses of a host (a name lookup, so the host process decides).
    ///
    /// # Errors
    ///
    /// Why the name has no address.
    fn resolve_host(&self, host: &str) -> Result<Vec<std::net::IpAddr>, String>;
    /// A regular expression; an environment may remember those it has compiled.
    ///
    /// # Errors
    ///
    /// A text that is no expression.
    fn regex(&self, expression: &str) -> Result<Arc<GoRegex>, RegexError> {
        GoRegex::compile(expression).map(Arc::new)
    }
    /// What an image reference without a registry means.
    fn image_defaults(&self) -> ImageDefaults {
        ImageDefaults::default()
    }
}
