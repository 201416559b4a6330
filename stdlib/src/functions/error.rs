//! Why a call gives no value, in Kyverno's words.

use std::fmt;

use super::Kind;

/// Why a call gives no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// A member that an object lacks; only from a lambda.
    #[error("Unknown key \"{0}\" in path")]
    Missing(String),
    /// More or fewer arguments than the function takes.
    #[error("incorrect number of args")]
    ArgumentCount,
    /// Fewer arguments than a function with repeated arguments needs.
    #[error("Invalid arity.")]
    TooFewArguments,
    /// An argument that is of none of the declared types.
    #[error("Invalid type for: {value}, expected: []jmespath.JpType{{{}}}", Expected(.expected))]
    ArgumentType {
        /// The argument in Go's default text.
        value: String,
        /// The declared types.
        expected: &'static [Kind],
    },
    /// An argument that the function's body refuses.
    #[error("JMESPath function '{function}': {detail}")]
    Refused {
        /// The function's name.
        function: &'static str,
        /// What it says.
        detail: String,
    },
    /// Kyverno crashes here. Nothing in an expression recovers from it, as nothing there recovers from a crash.
    #[error("{0}")]
    Crash(String),
    /// Any other failure; the text is all there is.
    #[error("{0}")]
    Failed(String),
}

impl FunctionError {
    /// The function's body refuses an argument.
    pub(super) fn refused(function: &'static str, detail: impl fmt::Display) -> Self {
        Self::Refused { function, detail: detail.to_string() }
    }

    /// Argument `position`, counted from 1, is not of type `expected`.
    pub(super) fn not_of_type(function: &'static str, position: usize, expected: &str) -> Self {
        Self::refused(function, format_args!("argument #{position} is not of type {expected}"))
    }

    /// Kyverno crashes, with this text.
    pub(super) fn crash(text: impl fmt::Display) -> Self {
        Self::Crash(text.to_string())
    }

    /// A failure of which only the text is known.
    pub(super) fn failed(text: impl fmt::Display) -> Self {
        Self::Failed(text.to_string())
    }
}

struct Expected<'a>(&'a [Kind]);

impl fmt::Display for Expected<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, kind) in self.0.iter().enumerate() {
            let separator = if at > 0 { ", " } else { "" };
            write!(out, "{separator}\"{}\"", kind.name())?;
        }
        Ok(())
    }
}
