//! Outcomes of an expression that are no value.

use std::sync::Arc;

use crate::data::DataKey;

/// Why an expression gives no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A member that an object lacks.
    #[error("Unknown key \"{0}\" in path")]
    Missing(Arc<str>),
    /// A function refused its arguments, text did not parse, a bound was hit, ...
    #[error("{0}")]
    Error(String),
    /// External data is named that is not loaded. Never recovered: the rule stops.
    #[error("needs data that is not loaded")]
    NeedsData(Vec<DataKey>),
}

impl Fault {
    /// An error with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Self::Error(message.into())
    }

    /// The same outcome with other words, unless data is needed.
    #[must_use]
    pub fn reworded(self, words: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::NeedsData(keys) => Self::NeedsData(keys),
            other => Self::Error(words(&other.to_string())),
        }
    }
}
