//! Outcomes of an expression that are no value.

use std::fmt;
use std::sync::Arc;

use crate::data::DataKey;

/// Why an expression gives no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A member that an object lacks.
    #[error("Unknown key \"{0}\" in path")]
    Missing(Arc<str>),
    /// A function refused its arguments, a bound was hit, ...
    #[error("{0}")]
    Error(Failure),
    /// The text of a query does not parse, what it names cannot be loaded, or a function meets what makes Kyverno crash.
    /// Nothing in the query recovers from it.
    #[error("{0}")]
    Query(Failure),
    /// A variable could not be resolved. Nothing recovers from it, and nothing is added to its words by the expressions
    /// around it.
    #[error("{0}")]
    Unresolved(Failure),
    /// External data is named that is not loaded. Never recovered: the rule stops.
    #[error("needs data that is not loaded")]
    NeedsData(Vec<DataKey>),
}

/// The words of an error, and what is known of its cause without reading them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Kyverno's words.
    pub message: String,
    /// Whether a missing member is at the bottom of it.
    pub missing: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl Fault {
    /// An error with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Self::Error(Failure { message: message.into(), missing: false })
    }

    /// A query that cannot be run, with this message.
    pub fn query(message: impl Into<String>) -> Self {
        Self::Query(Failure { message: message.into(), missing: false })
    }

    /// The same outcome with other words, unless data is needed.
    #[must_use]
    pub fn reworded(self, words: impl FnOnce(&str) -> String) -> Self {
        match self.into_failure() {
            Ok(failure) => Self::Error(Failure { message: words(&failure.message), missing: failure.missing }),
            Err(keys) => Self::NeedsData(keys),
        }
    }

    /// The words, or the keys of the data that is needed.
    pub(crate) fn into_failure(self) -> Result<Failure, Vec<DataKey>> {
        match self {
            Self::Missing(_) => Ok(Failure { message: self.to_string(), missing: true }),
            Self::Error(failure) | Self::Query(failure) | Self::Unresolved(failure) => Ok(failure),
            Self::NeedsData(keys) => Err(keys),
        }
    }

    /// Whether the whole query stops with it, whatever its operators recover from.
    pub(super) fn stops_the_query(&self) -> bool {
        matches!(self, Self::Query(_) | Self::Unresolved(_) | Self::NeedsData(_))
    }
}
