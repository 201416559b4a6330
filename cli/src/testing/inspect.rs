//! What is wrong with test files before they are run.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dikast_compiler::diagnostic::{Diagnostic, Severity, code, render};
use dikast_compiler::testing::folder::{File, Folder, Named};
use dikast_compiler::{compile, testing};
use dikast_grammar::SourceMap;
use dikast_grammar::yaml;

use crate::input::InputError;
use crate::input::file::{name_of, read_text};
use crate::input::folder::{files_at, globbed};
use crate::input::unreadable::is_remote;

/// The findings in test files, and the files.
///
/// # Errors
/// When a test file cannot be read.
pub(crate) fn inspect(files: &[PathBuf]) -> Result<(Vec<Diagnostic>, SourceMap), InputError> {
    let mut sources = SourceMap::new();
    for path in files {
        sources.add(name_of(path), read_text(path)?);
    }
    // Nothing in a test file is a policy: what is found is about YAML.
    let mut found = compile(&sources).diagnostics;
    let tests: Vec<_> = sources.iter().map(|(id, file)| (yaml::parse(id, file.text()), file.clone())).collect();
    let reader = Reader { sources: RefCell::new(sources), read: RefCell::default() };
    for (path, (parsed, file)) in files.iter().zip(&tests) {
        let folder = TestFolder { path: path.parent().unwrap_or(Path::new("")), reader: &reader };
        for document in parsed.documents.iter().filter(|document| !document.is_null()) {
            found.extend(testing::check(document, file.text(), &folder));
        }
    }
    found.sort_by_key(|finding| (finding.span, finding.code));
    // Tests that share a file of values share its faults.
    found.dedup();
    Ok((found, reader.sources.into_inner()))
}

/// Files that tests name, each read once.
struct Reader {
    sources: RefCell<SourceMap>,
    read: RefCell<HashMap<PathBuf, Result<Arc<File>, String>>>,
}

impl Reader {
    fn file(&self, path: &Path) -> Result<Arc<File>, String> {
        if let Some(read) = self.read.borrow().get(path) {
            return read.clone();
        }
        let read = read_text(path).map_err(|error| error.message).and_then(|text| {
            let text: Arc<str> = text.into();
            let id = self.sources.borrow_mut().add(name_of(path), Arc::clone(&text));
            let parsed = yaml::parse(id, &text);
            match parsed.errors.iter().find(|error| error.is_refusal()) {
                Some(error) => Err(error.to_string()),
                None => Ok(Arc::new(File { text, objects: parsed.into_objects() })),
            }
        });
        self.read.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }
}

/// The folder of a test file.
struct TestFolder<'a> {
    path: &'a Path,
    reader: &'a Reader,
}

impl Folder for TestFolder<'_> {
    fn files(&self, path: &str) -> Named {
        if is_remote(Path::new(path)) {
            return Named::Unknown;
        }
        let paths = globbed(self.path.join(path));
        if !paths.iter().any(|path| path.exists()) {
            return Named::Missing;
        }
        let files = paths.iter().flat_map(|path| files_at(path).unwrap_or_default());
        match files.map(|file| self.reader.file(&file)).collect() {
            Ok(files) => Named::Files(files),
            Err(why) => Named::Unreadable(why),
        }
    }
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
