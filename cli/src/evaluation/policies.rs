//! Compiling the policies that a command is given.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dikast_compiler::diagnostic::{Diagnostic, Severity, code, render};
use dikast_compiler::{Compilation, compile};
use dikast_grammar::SourceMap;
use dikast_grammar::yaml::{self, Node};

use crate::input::InputError;
use crate::input::file::{name_of, read_text};

/// Policies and exceptions, compiled.
pub(crate) struct Policies {
    /// The files that they were read from.
    pub(crate) sources: SourceMap,
    /// What the compiler made of them.
    pub(crate) compilation: Compilation,
    /// Policies that are left out, and why.
    pub(crate) refused: BTreeMap<String, String>,
}

/// Compiles the policies and exceptions in files and folders; folders are searched to their depths for YAML files.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Policies, InputError> {
    let mut sources = SourceMap::new();
    for path in paths {
        add(path, &mut sources)?;
    }
    let compilation = compile(&sources);
    let refused = refused(&sources, &compilation);
    Ok(Policies { sources, compilation, refused })
}

impl Policies {
    /// The findings that mean that something is left out.
    pub(crate) fn errors(&self) -> Vec<Diagnostic> {
        self.compilation.diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect()
    }

    /// Findings about the form of a document: Kyverno reads no file that has one.
    pub(crate) fn malformed(&self) -> Vec<Diagnostic> {
        let malformed = [code::YAML_SYNTAX, code::UNKNOWN_FIELD, code::WRONG_TYPE];
        self.errors().into_iter().filter(|found| malformed.contains(&found.code)).collect()
    }

    /// Findings for people.
    pub(crate) fn shown(&self, findings: &[Diagnostic], colour: bool) -> String {
        render::terminal::render(findings, &self.sources, colour)
    }
}

fn add(path: &Path, sources: &mut SourceMap) -> Result<(), InputError> {
    if !path.is_dir() {
        sources.add(name_of(path), read_text(path)?);
        return Ok(());
    }
    let failed = |error: std::io::Error| InputError::of_file(&name_of(path), error.to_string());
    let mut entries = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>())
        .map_err(failed)?;
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let yaml = entry.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if !hidden && (entry.is_dir() || yaml) {
            add(&entry, sources)?;
        }
    }
    Ok(())
}

/// The names of the policies that are not in the program, with the first error in their documents.
fn refused(sources: &SourceMap, compilation: &Compilation) -> BTreeMap<String, String> {
    let program = &compilation.program;
    let known: Vec<&str> = program.policies.iter().map(|policy| &**program.name(policy.name)).collect();
    let mut refused = BTreeMap::new();
    for (id, file) in sources.iter() {
        for document in yaml::parse(id, file.text()).documents {
            let text = |path: &[&str]| document.at(path).and_then(Node::as_str).unwrap_or_default();
            let is_policy = text(&["kind"]).ends_with("Policy") && text(&["apiVersion"]).contains("kyverno.io/");
            let name = text(&["metadata", "name"]);
            if is_policy && !known.contains(&name) {
                let inside = |found: &&Diagnostic| {
                    found.severity == Severity::Error
                        && found.span.file == id
                        && (document.span.start..=document.span.end).contains(&found.span.start)
                };
                let why = compilation.diagnostics.iter().find(inside).map(|found| found.message.clone());
                refused.insert(name.to_owned(), why.unwrap_or_default());
            }
        }
    }
    refused
}
