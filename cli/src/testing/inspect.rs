//! What is wrong with test files before they are run.

use std::path::{Path, PathBuf};

use dikast_compiler::diagnostic::{Diagnostic, code};
use dikast_compiler::{compile, testing};
use dikast_grammar::yaml::{self, Node};
use dikast_grammar::{FileId, SourceMap, Span};
use dikast_stdlib::wildcard;

use crate::input::InputError;
use crate::input::file::{name_of, read_text};

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

/// The documents of the files that a field names. What cannot be read has none.
fn documents(test: &Node, field: &str, folder: &Path) -> Vec<Node> {
    let mut files = Vec::new();
    texts(test, field).for_each(|(text, _)| add_files(&folder.join(text), &mut files));
    let read = |file: &PathBuf| read_text(file).map(|text| yaml::parse(FileId::default(), &text).documents);
    let documents = files.iter().filter_map(|file| read(file).ok()).flatten();
    documents
        .flat_map(|document| {
            if document.get("items").is_some() {
                document.get("items").map(|items| items.items().to_vec()).unwrap_or_default()
            } else {
                vec![document]
            }
        })
        .collect()
}

/// A file, those of a folder, or those that a wildcard in the last part stands for.
fn add_files(path: &Path, files: &mut Vec<PathBuf>) {
    let list = |folder: &Path| {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        entries
    };
    let pattern = path.file_name().and_then(|name| name.to_str()).filter(|name| wildcard::is_wildcard(name));
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        let is_yaml =
            |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        files.extend(list(path).into_iter().filter(is_yaml));
    } else if let (Some(pattern), Some(folder)) = (pattern, path.parent()) {
        let fits = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| wildcard::matches(pattern, name))
        };
        files.extend(list(folder).into_iter().filter(fits));
    }
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
        if !is_remote && !wildcard::is_wildcard(text) && !folder.join(text).exists() {
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
