//! What is wrong with test files before they are run.

use std::path::{Path, PathBuf};

use dikast_compiler::diagnostic::{Diagnostic, Severity, code, render};
use dikast_compiler::{compile, testing};
use dikast_grammar::yaml::{self, Node};
use dikast_grammar::{FileId, SourceMap, Span};

use crate::input::InputError;
use crate::input::file::{name_of, read_text};
use crate::input::folder::{files_at, globbed};

/// Fields of a test that name files.
const FILES: &[&str] =
    &["policies", "resources", "targetResources", "exceptions", "clusterResources", "variables", "userinfo"];

/// Fields of a result that name files.
const RESULT_FILES: &[&str] =
    &["patchedResources", "patchedResource", "generatedResource", "generatedResources", "cloneSourceResource"];

/// The findings in test files, and the files.
///
/// # Errors
/// When a test file cannot be read.
pub(crate) fn inspect(files: &[PathBuf]) -> Result<(Vec<Diagnostic>, SourceMap), InputError> {
    let mut sources = SourceMap::new();
    let mut found = Vec::new();
    for path in files {
        let text = read_text(path)?;
        let id = sources.add(name_of(path), text.as_str());
        let folder = path.parent().unwrap_or(Path::new(""));
        for document in yaml::parse(id, &text).documents.iter().filter(|document| !document.is_null()) {
            let named = |fields: &[&str]| {
                fields.iter().flat_map(|field| documents(document, field, folder)).collect::<Vec<_>>()
            };
            let (policies, objects) = (named(&["policies"]), named(&["resources", "targetResources"]));
            found.extend(testing::check(document, &text, &policies, &objects));
            missing_files(document, FILES, folder, &mut found);
            for result in document.get("results").map(Node::items).unwrap_or_default() {
                missing_files(result, RESULT_FILES, folder, &mut found);
            }
        }
    }
    // Nothing in a test file is a policy: what is found is about YAML.
    found.extend(compile(&sources).diagnostics);
    found.sort_by_key(|finding| (finding.span, finding.code));
    Ok((found, sources))
}

/// What the results of a test file name and none of its files has, as warnings for people: Kyverno says nothing then, and
/// checks something else.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn unknown_names(file: &Path, colour: bool) -> Result<String, InputError> {
    let (found, sources) = inspect(&[file.to_owned()])?;
    let unknown = found.into_iter().filter(|finding| finding.code == code::UNKNOWN_IN_TEST);
    let warnings: Vec<_> =
        unknown.map(|finding| Diagnostic { severity: Severity::Warning, fix: None, ..finding }).collect();
    Ok(if warnings.is_empty() { String::new() } else { render::terminal::render(&warnings, &sources, colour) })
}

/// The documents of the files that a field names. What cannot be read has none.
fn documents(test: &Node, field: &str, folder: &Path) -> Vec<Node> {
    let read = |file: PathBuf| read_text(&file).map(|text| yaml::parse(FileId::default(), &text).into_objects());
    let files = texts(test, field).flat_map(|(text, _)| files_of(folder.join(text)));
    files.filter_map(|file| read(file).ok()).flatten().collect()
}

/// The files that a path in a test file stands for.
fn files_of(path: PathBuf) -> Vec<PathBuf> {
    globbed(path).iter().flat_map(|path| files_at(path).unwrap_or_default()).collect()
}

/// The texts of a field that holds one or a list of them, with their places.
fn texts<'n>(owner: &'n Node, field: &str) -> impl Iterator<Item = (&'n str, Span)> {
    let node = owner.get(field);
    let items = node.map(|node| node.as_list().unwrap_or(std::slice::from_ref(node))).unwrap_or_default();
    items.iter().filter_map(|item| Some((item.as_str().filter(|text| !text.is_empty())?, item.span)))
}

fn missing_files(owner: &Node, fields: &[&str], folder: &Path, found: &mut Vec<Diagnostic>) {
    for (text, span) in fields.iter().flat_map(|field| texts(owner, field)) {
        let is_remote = text.contains("://");
        if !is_remote && !globbed(folder.join(text)).iter().any(|path| path.exists()) {
            found.push(Diagnostic {
                code: code::UNKNOWN_IN_TEST,
                severity: code::UNKNOWN_IN_TEST.severity(),
                message: format!("there is no file `{text}`"),
                span,
                label: None,
                labels: Vec::new(),
                help: Some("paths are relative to the folder of the test file".to_owned()),
                fix: None,
            });
        }
    }
}
