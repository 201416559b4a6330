//! Files that cannot be read, as findings beside those of the compiler.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use dikast_compiler::diagnostic::{Diagnostic, Severity, code};
use dikast_grammar::{SourceMap, Span};
use dikast_runtime::cluster;

use super::InputError;
use super::file::name_of;

/// How long the download of a file may take.
const DOWNLOAD_TIME: Duration = Duration::from_secs(30);

/// A file that cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    name: String,
    why: String,
    /// What there is of its text, with replacement characters, and where the first one stands.
    text: String,
    at: usize,
}

impl Unreadable {
    /// A file without text.
    pub(crate) fn of_file(path: &Path, why: impl ToString) -> Self {
        Self { name: name_of(path), why: why.to_string(), text: String::new(), at: 0 }
    }

    /// Whether it has text, in which the fault has a place.
    pub(crate) fn is_there(&self) -> bool {
        !self.text.is_empty()
    }

    /// The fault as an error.
    pub(crate) fn as_error(&self) -> InputError {
        let mut sources = SourceMap::new();
        let file = sources.add(&*self.name, &*self.text);
        let position = sources.get(file).map(|file| file.position(u32::try_from(self.at).unwrap_or(u32::MAX)));
        let place = match position.filter(|_| !self.text.is_empty()) {
            Some(position) => format!("{}:{}:{}", self.name, position.line, position.column),
            None => self.name.clone(),
        };
        InputError { place, message: self.why.clone() }
    }

    /// The fault as a finding, whose file is added to the sources. It is not to be compiled.
    pub(crate) fn into_finding(self, sources: &mut SourceMap) -> Diagnostic {
        let file = sources.add(self.name, self.text);
        let length = sources.get(file).map_or(0, |file| file.text().len());
        let end = length.min(self.at + char::REPLACEMENT_CHARACTER.len_utf8());
        Diagnostic {
            code: code::YAML_SYNTAX,
            severity: Severity::Error,
            message: format!("the file {}", self.why),
            span: Span::new(file, self.at.min(end), end),
            label: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }
}

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read_text_or_lossy(path: &Path) -> Result<String, Unreadable> {
    if is_remote(path) {
        return download(path);
    }
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().read_to_end(&mut bytes).map(|_| ()),
        false => std::fs::read(path).map(|read| bytes = read),
    };
    read.map_err(|error| Unreadable::of_file(path, format!("cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|error| Unreadable {
        name: name_of(path),
        why: "is no UTF-8 text from here on".to_owned(),
        at: error.utf8_error().valid_up_to(),
        text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// The text of a file at an address.
fn download(path: &Path) -> Result<String, Unreadable> {
    let is_document = path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json");
    let Some(address) = path.to_str().filter(|_| is_document) else {
        let why = "is an address, but not of a YAML or JSON file: clone the repository, and name its folder";
        return Err(Unreadable::of_file(path, why));
    };
    let failed = |why: String| Unreadable::of_file(path, why);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.to_string()))?;
    let text = runtime.block_on(async { tokio::time::timeout(DOWNLOAD_TIME, cluster::download(address)).await });
    text.unwrap_or_else(|_elapsed| Err(format!("cannot be downloaded within {DOWNLOAD_TIME:?}"))).map_err(failed)
}

/// Whether a path is an address of the web, which Kyverno's command line takes for a git repository.
pub(crate) fn is_remote(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with("https://") || text.starts_with("http://"))
}
