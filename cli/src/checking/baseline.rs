//! Findings that are known: a file with how often each was there, without lines, so that it outlives edits.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use dikast_compiler::diagnostic::Diagnostic;
use dikast_grammar::SourceMap;
use serde::{Deserialize, Serialize};

use crate::input::file::STANDARD_INPUT;

/// Findings that are known.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    /// The folder that its file is in: names of files are relative to it, so that they do not depend on how or from where
    /// the files were named.
    folder: PathBuf,
    known: BTreeMap<Key, usize>,
}

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
        let known = lines.into_iter().map(|line| (line.key, line.count)).collect();
        Ok(Self { folder: folder_of(path), known })
    }

    /// Writes the findings that are to be known from now on into a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(path: &Path, found: &[Diagnostic], sources: &SourceMap) -> anyhow::Result<()> {
        let mut baseline = Self { folder: folder_of(path), known: BTreeMap::new() };
        for finding in found {
            *baseline.known.entry(baseline.key(finding, sources)).or_default() += 1;
        }
        let lines: Vec<_> = baseline.known.iter().map(|(key, &count)| Line { key: key.clone(), count }).collect();
        let text = serde_json::to_string_pretty(&lines)? + "\n";
        std::fs::write(path, text).with_context(|| format!("the baseline {} cannot be written", path.display()))
    }

    /// The findings that are new: of those that are alike, the ones behind as many as are known.
    pub(crate) fn new_ones(mut self, found: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
        let mut is_new = |finding: &Diagnostic| {
            let key = self.key(finding, sources);
            match self.known.get_mut(&key) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            }
        };
        found.into_iter().filter(|finding| is_new(finding)).collect()
    }

    fn key(&self, finding: &Diagnostic, sources: &SourceMap) -> Key {
        let name = sources.get(finding.span.file).map(|file| file.name()).unwrap_or_default();
        let file = if name == STANDARD_INPUT { name.to_owned() } else { self.relative(Path::new(name)) };
        Key { file, code: finding.code.name().to_owned(), message: finding.message.clone() }
    }

    /// The way from the baseline's folder to a file, with `/` between its parts.
    fn relative(&self, file: &Path) -> String {
        let file = plain(file);
        let (from, to): (Vec<_>, Vec<_>) = (self.folder.components().collect(), file.components().collect());
        let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
        let up = from[shared..].iter().map(|_| "..".into());
        let parts: Vec<_> = up.chain(to[shared..].iter().map(|part| part.as_os_str().to_string_lossy())).collect();
        parts.join("/")
    }
}

/// The folder of a baseline's file.
fn folder_of(path: &Path) -> PathBuf {
    plain(path).parent().map(Path::to_owned).unwrap_or_default()
}

/// An absolute path without detours.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use dikast_compiler::compile;

    use super::*;

    #[test]
    fn only_what_is_new_is_left() {
        let folder = std::env::temp_dir().join(format!("dikast-baseline-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("ci")).unwrap();
        let file = folder.join("ci/known.json");
        let policy =
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\nspec: {rules: [], x: 1, y: 1}\n";
        let named = |name: &str, text: &str| {
            let mut sources = SourceMap::new();
            sources.add(folder.join(name).display().to_string(), text);
            (compile(&sources).diagnostics, sources)
        };
        let (found, sources) = named("a.yaml", policy);
        Baseline::write(&file, &found, &sources).unwrap();
        // The same file, named in another way.
        let (found, sources) = named("./ci/.././a.yaml", &format!("# moved\n{}", policy.replace("y: 1", "y: 1, z: 1")));
        let found = Baseline::read(&file).unwrap().new_ones(found, &sources);
        let messages: Vec<_> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["unknown field `z` of `spec`"]);
        assert!(std::fs::read_to_string(&file).unwrap().contains("\"../a.yaml\""));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
