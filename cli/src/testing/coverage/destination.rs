//! Where results go.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Context;

use super::{Coverage, lcov, report};
use crate::output::style::Style;

/// `--coverage`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A table for people.
    Table,
    /// A file in lcov's form.
    Lcov(PathBuf),
    /// A file in JSON.
    Json(PathBuf),
}

impl FromStr for Destination {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "table" => Ok(Self::Table),
            Some(("lcov", file)) if !file.is_empty() => Ok(Self::Lcov(file.into())),
            Some(("json", file)) if !file.is_empty() => Ok(Self::Json(file.into())),
            _ => Err("write `table`, `lcov:FILE` or `json:FILE`"),
        }
    }
}

impl Destination {
    /// Writes what goes to a file; gives what is for people.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, coverage: &Coverage, style: Style) -> anyhow::Result<Option<String>> {
        let (file, text) = match self {
            Self::Table => return Ok(Some(report::table(coverage, style))),
            Self::Lcov(file) => (file, lcov::write(coverage)),
            Self::Json(file) => (file, report::json(coverage)?),
        };
        std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        Ok(None)
    }
}
