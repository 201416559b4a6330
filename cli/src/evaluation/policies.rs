//! Compiling the policies that a command is given.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use dikast_compiler::diagnostic::{Diagnostic, Severity, code, crowd, render};
use dikast_compiler::schema::{KubernetesVersion, Schemas};
use dikast_compiler::{Compilation, compile, compile_for_command_line, compile_with, policy_file};
use dikast_grammar::yaml::{self, Node};
use dikast_grammar::{FileId, SourceMap, Span};

use crate::input::InputError;
use crate::input::file::name_of;
use crate::input::folder::files_at;
use crate::input::unreadable::{Unreadable, is_remote, read_text_or_lossy};

/// Policies and exceptions, compiled.
pub(crate) struct Policies {
    /// The files that they were read from.
    pub(crate) sources: SourceMap,
    /// What the compiler made of them.
    pub(crate) compilation: Compilation,
    /// Policies and rules that are left out, and why.
    pub(crate) left_out: Vec<LeftOut>,
}

/// Compiles the policies and exceptions in files and folders; folders are searched to their depths for YAML files, and
/// JSON files that speak of policies. A file
/// that cannot be read is a finding, and the others are compiled all the same.
///
/// # Errors
/// When none of them can be read.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Policies, InputError> {
    let mut texts = Texts::default();
    texts.add_all(paths);
    texts.compile(compile)
}

/// Compiles as [`load`] does, without the policies that Kyverno's command line refuses.
///
/// # Errors
/// As [`load`] has them.
pub(crate) fn load_admitted(paths: &[PathBuf]) -> Result<Policies, InputError> {
    let mut texts = Texts::default();
    texts.add_all(paths);
    texts.compile(compile_for_command_line)
}

/// The schemas of resources: those of Kubernetes, in one version if it is named, and of the CustomResourceDefinitions in files
/// and folders.
///
/// # Errors
/// When the version is not known or a file of definitions cannot be read.
pub(crate) fn schemas(version: Option<KubernetesVersion>, definitions: &[PathBuf]) -> anyhow::Result<Schemas> {
    let mut given = Texts::default();
    given.add_all(definitions);
    if let Some(first) = given.unreadable.first() {
        return Err(first.as_error().into());
    }
    let mut schemas = version.map_or_else(|| Ok(Schemas::embedded()), Schemas::of_version)?;
    for (file, source) in given.sources.iter() {
        for document in &yaml::parse(file, source.text()).into_objects() {
            schemas.add_definition(document);
        }
    }
    Ok(schemas)
}

/// Compiles as [`load`] does, and holds the policies against schemas and those of the CustomResourceDefinitions that stand
/// among the policies, or beside files that are named by themselves. Files and folders that are passed over are not read.
///
/// # Errors
/// When there are no files, or none of them can be read.
pub(crate) fn load_with_schemas(
    paths: &[PathBuf],
    schemas: Schemas,
    passes_over: &dyn Fn(&Path) -> bool,
) -> Result<Policies, InputError> {
    let mut texts = Texts { passes_over: Some(passes_over), ..Texts::default() };
    texts.add_all(paths);
    if texts.is_empty() {
        let paths: Vec<_> = paths.iter().map(|path| name_of(path)).collect();
        return Err(InputError::of_file(&paths.join(", "), "holds no YAML file, and no JSON file with a policy"));
    }
    let mut schemas = schemas;
    add_definitions_beside(paths, &mut schemas);
    texts.compile(|sources| compile_with(sources, schemas))
}

/// Adds the CustomResourceDefinitions in the folders of files that were named by themselves. Whatever else stands there does
/// not matter, nor whether it can be read.
fn add_definitions_beside(paths: &[PathBuf], schemas: &mut Schemas) {
    let named = paths.iter().filter(|path| *path != Path::new("-") && !is_remote(path) && !path.is_dir());
    let folders: BTreeSet<PathBuf> = named.filter_map(|path| path.parent().map(|folder| folder.join("."))).collect();
    for file in folders.iter().flat_map(|folder| files_at(folder).unwrap_or_default()) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if text.contains("CustomResourceDefinition") {
            for object in yaml::parse(FileId::default(), &text).into_objects() {
                schemas.add_definition(&object);
            }
        }
    }
}

/// Compiles a text in this way.
///
/// # Errors
/// As [`load_with_schemas`] has them; a text that is there gives none.
pub(crate) fn compile_text(name: &str, text: String, schemas: Schemas) -> Result<Policies, InputError> {
    let mut texts = Texts::default();
    texts.sources.add(name, text);
    texts.compile(|sources| compile_with(sources, schemas))
}

/// Compiles policies that Kyverno's command line does not refuse, and exceptions from files of their own and from texts.
/// Exceptions among the policies count only when `exceptions_among_policies` says so.
///
/// # Errors
/// When none of the files can be read.
pub(crate) fn load_some(
    policies: &[PathBuf],
    exceptions: &[PathBuf],
    given: &[String],
    exceptions_among_policies: bool,
) -> Result<Policies, InputError> {
    let mut texts = Texts::default();
    texts.add_all(policies);
    let of_policies = texts.sources.iter().count();
    texts.seen.clear();
    texts.add_all(exceptions);
    for text in given {
        texts.sources.add("exception among the resources", text.as_str());
    }
    texts.compile(|sources| {
        let mut compilation = compile_for_command_line(sources);
        if !exceptions_among_policies {
            let among_policies = |span: Span| (span.file.0 as usize) < of_policies;
            let exceptions = &mut compilation.program.exceptions;
            exceptions.retain(|exception| !exception.span.is_some_and(among_policies));
            compilation.counts.exceptions = exceptions.len();
        }
        compilation
    })
}

/// Files that were read, and those that could not be.
#[derive(Default)]
struct Texts<'a> {
    sources: SourceMap,
    /// Folders that were searched: each once, however many links lead to it.
    seen: BTreeSet<PathBuf>,
    unreadable: Vec<Unreadable>,
    passes_over: Option<&'a dyn Fn(&Path) -> bool>,
    /// Whether there are files that are passed over.
    passed_over: bool,
}

impl Texts<'_> {
    fn add_all(&mut self, paths: &[PathBuf]) {
        for path in paths {
            self.add(path);
        }
    }

    /// Adds a file, or the files of a folder that are read for policies.
    fn add(&mut self, path: &Path) {
        if self.passes_over.is_some_and(|passes_over| passes_over(path)) {
            self.passed_over = true;
            return;
        }
        if !path.is_dir() {
            match read_text_or_lossy(path) {
                Ok(text) => {
                    self.sources.add(name_of(path), text);
                }
                Err(fault) => self.unreadable.push(fault),
            }
            return;
        }
        let listed = std::fs::canonicalize(path).and_then(|real| match self.seen.insert(real) {
            true => std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect(),
            false => Ok(Vec::new()),
        });
        let mut entries: Vec<PathBuf> = match listed {
            Ok(entries) => entries,
            Err(error) => return self.unreadable.push(Unreadable::of_file(path, error)),
        };
        entries.sort();
        for entry in entries {
            let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if hidden {
                continue;
            }
            // JSON of other kinds is common beside policies.
            let is_json_of_policies = || {
                let read = || std::fs::read(&entry);
                policy_file::is_json(&entry)
                    && read().is_ok_and(|read| policy_file::speaks_of_policies(&String::from_utf8_lossy(&read)))
            };
            if entry.is_dir() || policy_file::is_yaml(&entry) || is_json_of_policies() {
                self.add(&entry);
            }
        }
    }

    /// Whether nothing was found, and nothing passed over.
    fn is_empty(&self) -> bool {
        self.sources.iter().next().is_none() && self.unreadable.is_empty() && !self.passed_over
    }

    fn compile(mut self, compile: impl FnOnce(&SourceMap) -> Compilation) -> Result<Policies, InputError> {
        if self.sources.iter().next().is_none()
            && let Some(first) = self.unreadable.first()
            && !self.unreadable.iter().any(Unreadable::is_there)
        {
            return Err(first.as_error());
        }
        let mut compilation = compile(&self.sources);
        let left_out = left_out(&self.sources, &compilation);
        for fault in self.unreadable {
            compilation.diagnostics.push(fault.into_finding(&mut self.sources));
        }
        Ok(Policies { sources: self.sources, compilation, left_out })
    }
}

impl Policies {
    /// The findings that are errors. Whether a value that a rule asks for is really lacking shows when the rule runs, for
    /// values files, mocks and defaults can give it: so these findings count only in rules that have ended in an error, of
    /// which `in_error` has the places.
    pub(crate) fn errors(&self, in_error: &[Span]) -> Vec<Diagnostic> {
        let lacking = [code::UNDEFINED_VARIABLE, code::UNSUPPORTED_PROVIDER];
        let mut rules: HashMap<FileId, Vec<Span>> = HashMap::new();
        let mut counts = |found: &&Diagnostic| {
            if found.severity != Severity::Error || !lacking.contains(&found.code) {
                return found.severity == Severity::Error;
            }
            let rules = rules.entry(found.span.file).or_insert_with(|| self.rules_of(found.span.file));
            let around = rules.iter().find(|rule| is_within(found.span, **rule));
            around.is_none_or(|rule| in_error.iter().any(|span| is_within(*span, *rule)))
        };
        self.compilation.diagnostics.iter().filter(|found| counts(found)).cloned().collect()
    }

    /// How many documents are not used as a whole or in part, and parts of files that are no documents: each counts once,
    /// however many findings it has. A policy that is used may end in errors, which are results.
    pub(crate) fn left_out_documents(&self) -> usize {
        let mut documents: HashMap<FileId, Vec<Span>> = HashMap::new();
        let mut document_of = |place: Span| {
            let documents = documents.entry(place.file).or_insert_with(|| self.documents_of(place.file));
            (place.file.0, documents.iter().position(|document| is_within(place, *document)))
        };
        let mut left_out: BTreeSet<_> = self.left_out.iter().map(|left| document_of(left.span)).collect();
        let is_used = |place| self.compilation.policy_documents.iter().any(|document| is_within(place, *document));
        let unused = self.errors(&[]).into_iter().filter(|found| !is_used(found.span));
        left_out.extend(unused.map(|found| document_of(found.span)));
        left_out.len()
    }

    fn documents_of(&self, file: FileId) -> Vec<Span> {
        let text = self.sources.get(file).map(|source| source.text()).unwrap_or_default();
        yaml::parse(file, text).into_objects().iter().map(|document| document.span).collect()
    }

    /// The rules as written in a file.
    fn rules_of(&self, file: FileId) -> Vec<Span> {
        let Some(source) = self.sources.get(file) else { return Vec::new() };
        let documents = yaml::parse(file, source.text()).into_objects();
        let rules = |document: &Node| -> Vec<Span> {
            document.at(&["spec", "rules"]).map(Node::items).unwrap_or_default().iter().map(|rule| rule.span).collect()
        };
        documents.iter().flat_map(rules).collect()
    }

    /// Findings about the form of a document: Kyverno reads no file that has one.
    pub(crate) fn malformed(&self) -> Vec<Diagnostic> {
        let malformed = [code::YAML_SYNTAX, code::UNKNOWN_FIELD, code::WRONG_TYPE];
        let is_malformed = |found: &&Diagnostic| found.severity == Severity::Error && malformed.contains(&found.code);
        self.compilation.diagnostics.iter().filter(is_malformed).cloned().collect()
    }

    /// Findings for people.
    pub(crate) fn shown(&self, findings: &[Diagnostic], colour: bool) -> String {
        render::terminal::render(&crowd::thinned(findings, &self.sources), &self.sources, colour)
    }
}

fn is_within(place: Span, span: Span) -> bool {
    place.file == span.file && (span.start..=span.end).contains(&place.start)
}

/// What became of a policy, or a rule of one, that is not in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// The policy's name.
    pub(crate) policy: String,
    /// Where it stands.
    span: Span,
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
        for document in yaml::parse(id, file.text()).into_objects() {
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
                let inside =
                    |found: &&Diagnostic| found.severity == Severity::Error && is_within(found.span, node.span);
                let error = compilation.diagnostics.iter().find(inside);
                LeftOut {
                    policy: name.clone(),
                    span: node.span,
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
