//! Findings that are known: a file with how often each was there, without lines, so that it outlives edits.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use dikast_compiler::diagnostic::Diagnostic;
use dikast_grammar::SourceMap;
use serde::{Deserialize, Serialize};

/// Findings that are known.
#[derive(Debug, Default)]
pub(crate) struct Baseline(BTreeMap<Key, usize>);

/// By what a finding is known again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key {
    file: String,
    code: String,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    key: Key,
    count: usize,
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or was not written by [`Self::write`].
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let failed = || format!("the baseline {} cannot be used", path.display());
        let text = std::fs::read_to_string(path).with_context(failed)?;
        let lines: Vec<Line> = serde_json::from_str(&text).with_context(failed)?;
        Ok(Self(lines.into_iter().map(|line| (line.key, line.count)).collect()))
    }

    /// The findings that are to be known from now on.
    pub(crate) fn of(found: &[Diagnostic], sources: &SourceMap) -> Self {
        let mut known = BTreeMap::new();
        for finding in found {
            *known.entry(key(finding, sources)).or_default() += 1;
        }
        Self(known)
    }

    /// Writes a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let lines: Vec<_> = self.0.iter().map(|(key, &count)| Line { key: key.clone(), count }).collect();
        let text = serde_json::to_string_pretty(&lines)? + "\n";
        std::fs::write(path, text).with_context(|| format!("the baseline {} cannot be written", path.display()))
    }

    /// The findings that are new: of those that are alike, the ones behind as many as are known.
    pub(crate) fn new_ones(mut self, found: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
        let is_new = |finding: &Diagnostic| match self.0.get_mut(&key(finding, sources)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        let mut is_new = is_new;
        found.into_iter().filter(|finding| is_new(finding)).collect()
    }
}

fn key(finding: &Diagnostic, sources: &SourceMap) -> Key {
    let file = sources.get(finding.span.file).map(|file| file.name().trim_start_matches("./").to_owned());
    Key { file: file.unwrap_or_default(), code: finding.code.name().to_owned(), message: finding.message.clone() }
}

#[cfg(test)]
mod tests {
    use dikast_compiler::compile;

    use super::*;

    #[test]
    fn only_what_is_new_is_left() {
        let policy =
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\nspec: {rules: [], x: 1, y: 1}\n";
        let mut sources = SourceMap::new();
        sources.add("a.yaml", policy);
        let known = Baseline::of(&compile(&sources).diagnostics, &sources);
        let mut sources = SourceMap::new();
        sources.add("a.yaml", format!("# moved\n{}", policy.replace("y: 1", "y: 1, z: 1")));
        let found = known.new_ones(compile(&sources).diagnostics, &sources);
        let messages: Vec<_> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["unknown field `z` of `spec`"]);
    }
}
