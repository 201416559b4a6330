//! Many objects from many files, read on all processors. What cannot be read is left out, and the rest is read all the same.

use std::path::{Path, PathBuf};

use dikast_grammar::yaml::{Documents, InheritedType, SyntaxError};
use dikast_grammar::{FileId, SourceMap, Span};
use dikast_stdlib::Value;

use super::InputError;
use super::file::{name_of, place_of, read_text};
use super::folder::yaml_files;
use super::resources::{is_well_formed, of_document, typed, with_defaults};
use super::scope::Scopes;
use crate::parallel;

/// Objects from several files, and what could not be read of them.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// The objects, in the order of the files.
    pub(crate) objects: Vec<Value>,
    /// Files and documents that are left out.
    pub(crate) faults: Vec<InputError>,
}

/// A file in pieces that can be read one by one.
enum Pieces {
    /// JSON, read already.
    Json(Vec<Value>),
    /// YAML, and JSON that has a fault, whose place the YAML parser finds.
    Yaml(Documents),
}

/// What becomes of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// They stay whole.
    AsWritten,
    /// They turn into fractions, as in the objects that Kyverno's command line applies policies to.
    Floats,
}

/// The objects of several paths: of the files named, or of the YAML files right in the folder when the first path is one;
/// of standard input alone when the first path is `-`.
pub(crate) fn read_all(paths: &[PathBuf], numbers: Numbers, scopes: &Scopes) -> Objects {
    let mut read = Objects::default();
    let paths = match paths.first() {
        Some(first) if first == Path::new("-") => vec![first.clone()],
        Some(first) if first.is_dir() => yaml_files(first).unwrap_or_else(|error| {
            read.faults.push(error);
            Vec::new()
        }),
        _ => paths.to_vec(),
    };
    let mut sources = SourceMap::new();
    for path in &paths {
        match read_text(path) {
            Ok(text) => {
                sources.add(name_of(path), text);
            }
            Err(error) => read.faults.push(error),
        }
    }
    let ids: Vec<FileId> = sources.iter().map(|(id, _)| id).collect();
    let files = parallel::map(ids.len(), |at| cut(ids[at], &sources, numbers));
    let mut pieces = Vec::new();
    for file in &files {
        match file {
            Ok(Pieces::Json(values)) => pieces.extend((0..values.len()).map(|at| (file, at))),
            Ok(Pieces::Yaml(documents)) => {
                pieces.extend((0..documents.count()).map(|at| (file, at)));
                let fault = documents.text_after_separator().filter(SyntaxError::is_refusal);
                read.faults.extend(fault.map(|error| fault_at(&sources, error.span, error.to_string())));
            }
            Err(error) => read.faults.push(fault_at(&sources, error.span, error.to_string())),
        }
    }
    let results = parallel::map(pieces.len(), |at| match pieces[at] {
        (Ok(Pieces::Json(values)), at) => vec![Ok(with_defaults(values[at].clone(), scopes).to_floats())],
        (Ok(Pieces::Yaml(documents)), at) => document(documents, at, numbers, scopes),
        (Err(_), _) => Vec::new(),
    });
    for found in results.into_iter().flatten() {
        match found {
            Ok(object) => read.objects.push(object),
            Err((span, message)) => read.faults.push(fault_at(&sources, span, message)),
        }
    }
    read
}

fn cut(id: FileId, sources: &SourceMap, numbers: Numbers) -> Result<Pieces, SyntaxError> {
    let text = sources.get(id).map_or("", |file| file.text());
    // `1.0` is a whole number in YAML's view, and a fraction in that of the JSON parser
    if numbers == Numbers::Floats
        && text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
        && let Some(objects) = unpacked(value).filter(|objects| objects.iter().all(is_well_formed))
    {
        return Ok(Pieces::Json(objects));
    }
    Documents::of(id, text).map(Pieces::Yaml)
}

/// The objects of a list, or the object itself; nothing when one of them is no object.
fn unpacked(value: Value) -> Option<Vec<Value>> {
    let text = |member| value.get(member).and_then(Value::as_text).unwrap_or_default();
    if !text("kind").ends_with("List") {
        return Some(vec![typed(value, None)?]);
    }
    let inherited = InheritedType::of_list(text("kind"), text("apiVersion"));
    let is_list = |item: &Value| item.get("kind").and_then(Value::as_text).is_some_and(|kind| kind.ends_with("List"));
    let item = |item: &Value| typed(item.clone(), inherited.as_ref()).filter(|item| !is_list(item));
    value.get("items").and_then(Value::as_list)?.iter().map(item).collect()
}

/// What a piece of a file holds: objects, and places of what cannot be read with the reason.
type Found = Vec<Result<Value, (Span, String)>>;

fn document(documents: &Documents, at: usize, numbers: Numbers, scopes: &Scopes) -> Found {
    let parsed = documents.read(at);
    if let Some(error) = parsed.errors.iter().find(|error| error.is_refusal()) {
        return vec![Err((error.span, error.to_string()))];
    }
    let objects = parsed.documents.into_iter().flat_map(|node| of_document(node, scopes));
    let read = |object: Value| if numbers == Numbers::Floats { object.to_floats() } else { object };
    objects.map(|object| object.map(read).map_err(|refusal| (refusal.span, refusal.why))).collect()
}

fn fault_at(sources: &SourceMap, span: Span, message: String) -> InputError {
    InputError { place: place_of(sources, span), message }
}
