//! Compiling the policies that a command is given.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dikast_compiler::diagnostic::{Diagnostic, Severity, code, render};
use dikast_compiler::{Compilation, compile};
use dikast_grammar::yaml::{self, Node};
use dikast_grammar::{SourceMap, Span};

use crate::input::InputError;
use crate::input::file::{name_of, read_text};

/// Policies and exceptions, compiled.
pub(crate) struct Policies {
    /// The files that they were read from.
    pub(crate) sources: SourceMap,
    /// What the compiler made of them.
    pub(crate) compilation: Compilation,
    /// Policies and rules that are left out, and why.
    pub(crate) left_out: Vec<LeftOut>,
}

/// Compiles the policies and exceptions in files and folders; folders are searched to their depths for YAML files.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Policies, InputError> {
    let mut sources = SourceMap::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        add(path, &mut seen, &mut sources)?;
    }
    let compilation = compile(&sources);
    let left_out = left_out(&sources, &compilation);
    Ok(Policies { sources, compilation, left_out })
}

/// Compiles policies, and exceptions from files of their own and from texts. Exceptions among the policies count only
/// when `exceptions_among_policies` says so.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn load_some(
    policies: &[PathBuf],
    exceptions: &[PathBuf],
    texts: &[String],
    exceptions_among_policies: bool,
) -> Result<Policies, InputError> {
    let mut sources = SourceMap::new();
    let mut seen = BTreeSet::new();
    for path in policies {
        add(path, &mut seen, &mut sources)?;
    }
    let of_policies = sources.iter().count();
    let mut seen = BTreeSet::new();
    for path in exceptions {
        add(path, &mut seen, &mut sources)?;
    }
    for text in texts {
        sources.add("exception among the resources", text.as_str());
    }
    let mut compilation = compile(&sources);
    if !exceptions_among_policies {
        let among_policies = |span: Span| (span.file.0 as usize) < of_policies;
        let exceptions = &mut compilation.program.exceptions;
        exceptions.retain(|exception| !exception.span.is_some_and(among_policies));
        compilation.counts.exceptions = exceptions.len();
    }
    let left_out = left_out(&sources, &compilation);
    Ok(Policies { sources, compilation, left_out })
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

/// Adds a file, or the YAML files of a folder; a folder once, however many links lead to it.
fn add(path: &Path, seen: &mut BTreeSet<PathBuf>, sources: &mut SourceMap) -> Result<(), InputError> {
    if !path.is_dir() {
        sources.add(name_of(path), read_text(path)?);
        return Ok(());
    }
    let failed = |error: std::io::Error| InputError::of_file(&name_of(path), error.to_string());
    if !seen.insert(std::fs::canonicalize(path).map_err(failed)?) {
        return Ok(());
    }
    let mut entries = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>())
        .map_err(failed)?;
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let yaml = entry.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if !hidden && (entry.is_dir() || yaml) {
            add(&entry, seen, sources)?;
        }
    }
    Ok(())
}

/// What became of a policy, or a rule of one, that is not in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// The policy's name.
    pub(crate) policy: String,
    /// The rule's name; nothing when the whole policy is left out.
    pub(crate) rule: Option<String>,
    /// The first error in it.
    pub(crate) why: String,
    /// Whether Kyverno would run it, and only we do not.
    pub(crate) unsupported: bool,
}

/// The policies and rules that are not in the program.
fn left_out(sources: &SourceMap, compilation: &Compilation) -> Vec<LeftOut> {
    let program = &compilation.program;
    let mut left_out = Vec::new();
    for (id, file) in sources.iter() {
        for document in yaml::parse(id, file.text()).documents {
            let text = |node: &Node, path: &[&str]| node.at(path).and_then(Node::as_str).unwrap_or_default().to_owned();
            if !text(&document, &["kind"]).ends_with("Policy")
                || !text(&document, &["apiVersion"]).contains("kyverno.io/")
            {
                continue;
            }
            let name = text(&document, &["metadata", "name"]);
            let namespace = text(&document, &["metadata", "namespace"]);
            let found = program.policies.iter().position(|policy| {
                **program.name(policy.name) == *name
                    && policy.namespace.is_none_or(|of| **program.name(of) == *namespace)
            });
            let explain = |node: &Node, rule: Option<String>| {
                let inside = |found: &&Diagnostic| {
                    found.severity == Severity::Error
                        && found.span.file == id
                        && (node.span.start..=node.span.end).contains(&found.span.start)
                };
                let error = compilation.diagnostics.iter().find(inside);
                LeftOut {
                    policy: name.clone(),
                    rule,
                    why: error.map(|error| error.message.clone()).unwrap_or_default(),
                    unsupported: error.is_some_and(|error| error.code.name().starts_with("DK03")),
                }
            };
            let Some(found) = found else {
                left_out.push(explain(&document, None));
                continue;
            };
            let known = |rule: &str| {
                let mut rules = program.rules.iter().filter(|of| of.policy.index() == found);
                rules.any(|of| **program.name(of.name) == *rule)
            };
            for node in document.at(&["spec", "rules"]).map(Node::items).unwrap_or_default() {
                let rule = text(node, &["name"]);
                if !known(&rule) {
                    left_out.push(explain(node, Some(rule)));
                }
            }
        }
    }
    left_out
}
