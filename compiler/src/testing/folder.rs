//! The files that a test names.

use std::sync::Arc;

use dikast_grammar::yaml::{Node, Text};

use super::fault::{FileWithout, MissingFile, UnreadableFile, UnusedFile};
use crate::diagnostic::Diagnostics;
use crate::model::Fields;

/// The folder that a test's paths are relative to.
pub trait Folder {
    /// The files that a path, with wildcards perhaps, stands for.
    fn files(&self, path: &str) -> Named;
}

/// What a path stands for.
#[derive(Clone, Debug)]
pub enum Named {
    /// No file.
    Missing,
    /// Something of which nothing can be told, such as an address.
    Unknown,
    /// A file that cannot be read, and why.
    Unreadable(String),
    /// Files.
    Files(Vec<Arc<File>>),
}

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// Its text.
    pub text: Arc<str>,
    /// The objects in it, those of lists too.
    pub objects: Vec<Node>,
}

/// A folder in which every path stands for the same file: the documents beside a test in one text.
#[derive(Clone, Debug)]
pub struct Beside(pub Arc<File>);

impl Beside {
    /// The folder of a test that these documents of a text stand beside.
    pub fn of(text: &str, objects: &[Node]) -> Self {
        Self(Arc::new(File { text: text.into(), objects: objects.to_vec() }))
    }
}

impl Folder for Beside {
    fn files(&self, _path: &str) -> Named {
        Named::Files(vec![Arc::clone(&self.0)])
    }
}

/// Files that a field of a test names.
pub(super) struct NamedFiles<'n> {
    /// The path as written.
    pub(super) path: &'n Text,
    pub(super) files: Vec<Arc<File>>,
}

impl NamedFiles<'_> {
    pub(super) fn objects(&self) -> impl Iterator<Item = &Node> {
        self.files.iter().flat_map(|file| &file.objects).filter(|object| !object.is_null())
    }

    /// Tells when none of the objects is what the field is for.
    pub(super) fn expect(&self, what: impl Into<String>, is_it: impl Fn(&Node) -> bool, found: &mut Diagnostics) {
        if !self.objects().any(is_it) {
            let (span, path) = (self.path.span(), self.path.as_str().to_owned());
            found.report(FileWithout { span, path, what: what.into() });
        }
    }

    /// Tells that nothing of the files is used.
    pub(super) fn unused(&self, what: &'static str, found: &mut Diagnostics) {
        found.report(UnusedFile { span: self.path.span(), what, path: self.path.as_str().to_owned() });
    }
}

/// The files of a field that holds one path or a list of them; what is wrong with the others is reported. The second part
/// says whether there are more, of which nothing is known.
pub(super) fn named_by<'n>(
    owner: &'n Node,
    field: &str,
    folder: &dyn Folder,
    found: &mut Diagnostics,
) -> (Vec<NamedFiles<'n>>, bool) {
    let (mut named, mut are_more) = (Vec::new(), false);
    for path in paths(owner, field) {
        match folder.files(path.as_str()) {
            Named::Files(files) => {
                named.push(NamedFiles { path, files });
                continue;
            }
            Named::Missing => found.report(MissingFile { span: path.span(), path: path.as_str().to_owned() }),
            Named::Unreadable(why) => {
                found.report(UnreadableFile { span: path.span(), path: path.as_str().to_owned(), why })
            }
            Named::Unknown => {}
        }
        are_more = true;
    }
    (named, are_more)
}

fn paths<'n>(owner: &'n Node, field: &str) -> Vec<&'n Text> {
    let node = owner.given(field);
    let items = node.map(|node| node.as_list().unwrap_or(std::slice::from_ref(node))).unwrap_or_default();
    items.iter().filter_map(Node::as_text).filter(|text| !text.as_str().is_empty()).collect()
}
