//! The files that an open test names, as they are on the disk.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dikast_compiler::diagnostic::Diagnostic;
use dikast_compiler::policy_file::is_yaml;
use dikast_compiler::testing::{self, folder};
use dikast_grammar::FileId;
use dikast_grammar::yaml::{self, Node};

/// Files that are larger are not read while somebody types.
const LARGEST_FILE: u64 = 1024 * 1024;

/// The findings in the tests of an open document, if it has some.
pub(super) fn findings(path: &Path, file: FileId, text: &str) -> Vec<Diagnostic> {
    let folder = TestFolder { path: path.parent().unwrap_or(path).to_owned(), read: Cell::new(file.0) };
    let is_test_file = path.file_name().is_some_and(|name| name == "kyverno-test.yaml");
    let of_cli = |document: &Node| {
        let field = |name| document.get(name).and_then(Node::as_str).unwrap_or_default();
        field("apiVersion").starts_with("cli.kyverno.io/") || is_test_file
    };
    if !is_test_file && !text.contains("cli.kyverno.io/") {
        return Vec::new();
    }
    let documents = yaml::parse(file, text).documents;
    let found = documents.iter().filter(|document| of_cli(document));
    let found = found.flat_map(|document| testing::check(document, text, &folder));
    // What is wrong with other files is told where those are open.
    found.filter(|finding| finding.span.file == file).collect()
}

/// The folder of a test.
struct TestFolder {
    path: PathBuf,
    /// The number of the file that was read last.
    read: Cell<u32>,
}

impl folder::Folder for TestFolder {
    fn files(&self, path: &str) -> folder::Named {
        if path.contains("://") || path.contains(['*', '?', '[']) {
            return folder::Named::Unknown;
        }
        let path = self.path.join(path);
        let files = match std::fs::metadata(&path) {
            Err(_) => return folder::Named::Missing,
            Ok(data) if data.is_dir() => yaml_files(&path),
            Ok(_) => vec![path],
        };
        let is_large = |file: &PathBuf| std::fs::metadata(file).is_ok_and(|data| data.len() > LARGEST_FILE);
        if files.iter().any(is_large) {
            return folder::Named::Unknown;
        }
        match files.iter().map(|file| self.file(file)).collect() {
            Ok(files) => folder::Named::Files(files),
            Err(why) => folder::Named::Unreadable(why),
        }
    }
}

impl TestFolder {
    fn file(&self, path: &Path) -> Result<Arc<folder::File>, String> {
        let text: Arc<str> = std::fs::read_to_string(path).map_err(|error| error.to_string())?.into();
        self.read.set(self.read.get() + 1);
        let parsed = yaml::parse(FileId(self.read.get()), &text);
        match parsed.errors.iter().find(|error| error.is_refusal()) {
            Some(error) => Err(error.to_string()),
            None => Ok(Arc::new(folder::File { text, objects: parsed.into_objects() })),
        }
    }
}

/// The YAML files right in a folder.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries.filter(|path| path.is_file() && is_yaml(path)).collect();
    files.sort();
    files
}
