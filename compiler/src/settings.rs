//! What `dikast.toml` sets: levels of findings, schemas, and what is not looked at.
//!
//! ```toml
//! exclude = ["vendor/**", "*.generated.yaml"]
//!
//! [levels]
//! DK0602 = "off"
//! DK0901 = "warning"
//!
//! [schemas]
//! crds = ["crds/"]
//! kubernetes = "1.29"
//! ```
//!
//! Reading the file is the caller's; paths in it are relative to its folder.

use std::collections::BTreeMap;

use dikast_stdlib::wildcard;
use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::schema::{KubernetesVersion, MalformedVersion};

/// The name of the file.
pub const FILE_NAME: &str = "dikast.toml";

/// What a file sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Wildcards on paths of files that are passed over; `*` also goes across folders.
    pub exclude: Vec<String>,
    /// Files and folders with definitions of custom resources.
    pub crds: Vec<String>,
    /// The version of Kubernetes whose types count; the last that is known when there is none.
    pub kubernetes: Option<KubernetesVersion>,
    levels: BTreeMap<Code, Option<Severity>>,
}

/// A file that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It is no TOML, or has other fields than are known.
    #[error("{0}")]
    Malformed(String),
    /// A version that is none.
    #[error(transparent)]
    MalformedVersion(#[from] MalformedVersion),
    /// A level of a code that does not exist.
    #[error("there is no code `{0}`; `dikast explain --list` shows all")]
    UnknownCode(String),
    /// A level that does not exist.
    #[error("`{level}` is no level of {code}: write `off`, `info`, `warning` or `error`")]
    UnknownLevel {
        /// The code.
        code: String,
        /// What is written.
        level: String,
    },
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    exclude: Vec<String>,
    levels: BTreeMap<String, String>,
    schemas: Schemas,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Schemas {
    crds: Vec<String>,
    kubernetes: Option<String>,
}

impl Settings {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is no TOML, or names fields, codes or levels that do not exist.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let file: File = toml::from_str(text).map_err(|error| SettingsError::Malformed(error.to_string()))?;
        let level = |(code, level): (String, String)| {
            let found = Code::find(&code).ok_or_else(|| SettingsError::UnknownCode(code.clone()))?;
            let severity = match level.as_str() {
                "off" => None,
                "info" => Some(Severity::Info),
                "warning" => Some(Severity::Warning),
                "error" => Some(Severity::Error),
                _ => return Err(SettingsError::UnknownLevel { code, level }),
            };
            Ok((found, severity))
        };
        let levels = file.levels.into_iter().map(level).collect::<Result<_, _>>()?;
        let kubernetes = file.schemas.kubernetes.map(|version| version.parse()).transpose()?;
        Ok(Self { exclude: file.exclude, crds: file.schemas.crds, kubernetes, levels })
    }

    /// The findings at the levels that are set.
    pub fn apply(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let set = |mut found: Diagnostic| match self.levels.get(&found.code) {
            None => Some(found),
            Some(severity) => {
                found.severity = (*severity)?;
                Some(found)
            }
        };
        diagnostics.into_iter().filter_map(set).collect()
    }

    /// Whether a file is passed over. The path is relative to the folder of the settings, with `/` between its parts.
    pub fn excludes(&self, path: &str) -> bool {
        self.exclude.iter().any(|pattern| {
            let folder = pattern.trim_end_matches('/');
            wildcard::matches(pattern, path)
                || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                || !pattern.contains('/') && path.split('/').any(|part| wildcard::matches(pattern, part))
        })
    }
}

#[cfg(test)]
mod tests {
    use dikast_grammar::{FileId, Span};

    use super::*;
    use crate::diagnostic::code;

    fn finding(code: Code) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: String::new(),
            span: Span::new(FileId(0), 0, 1),
            label: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    #[test]
    fn levels_are_set() {
        let settings = Settings::parse("[levels]\nDK0201 = \"off\"\nDK0901 = \"error\"\n").unwrap();
        let found = settings.apply([code::UNKNOWN_FIELD, code::DEPRECATED_FIELD, code::WRONG_TYPE].map(finding).into());
        let found: Vec<_> = found.iter().map(|found| (found.code, found.severity)).collect();
        assert_eq!(found, [(code::DEPRECATED_FIELD, Severity::Error), (code::WRONG_TYPE, Severity::Error)]);
    }

    #[test]
    fn files_are_excluded_by_wildcards_and_folders() {
        let settings = Settings::parse("exclude = ['vendor/', '*.gen.yaml', 'a/*/b.yaml']").unwrap();
        for path in ["vendor/a.yaml", "x/y.gen.yaml", "a/x/b.yaml"] {
            assert!(settings.excludes(path), "{path}");
        }
        assert!(!settings.excludes("a/b.yaml") && !settings.excludes("vendored/a.yaml"));
    }

    #[test]
    fn mistakes_are_told() {
        assert!(matches!(Settings::parse("level = 1"), Err(SettingsError::Malformed(_))));
        assert_eq!(Settings::parse("[levels]\nDK1 = 'off'"), Err(SettingsError::UnknownCode("DK1".to_owned())));
        assert!(matches!(Settings::parse("[levels]\nDK0201 = 'no'"), Err(SettingsError::UnknownLevel { .. })));
    }
}
