//! Open documents, what the compiler says about them, and what stands beside them.

mod document;
mod project;
mod surroundings;
mod test_folder;

use std::collections::BTreeMap;
use std::path::PathBuf;

use dikast_compiler::diagnostic::Diagnostic;
use dikast_compiler::schema::Schemas;
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, Location,
    PublishDiagnosticsParams, Uri,
};

pub(crate) use document::Document;
pub(crate) use surroundings::{KnownPolicy, Root, Surroundings};

use crate::diagnostics;
use crate::text::{Encoding, Text};
use crate::uri;

/// What an editor has open.
pub(crate) struct Workspace {
    encoding: Encoding,
    /// By URI.
    documents: BTreeMap<String, Document>,
    /// Documents that were closed since the editor was last told of findings.
    closed: Vec<Uri>,
    roots: Vec<Root>,
    surroundings: Surroundings,
}

impl Workspace {
    /// A workspace over some folders whose places are counted in an encoding.
    pub(crate) fn new(encoding: Encoding, folders: Vec<PathBuf>) -> Self {
        Self {
            encoding,
            documents: BTreeMap::new(),
            closed: Vec::new(),
            roots: folders.into_iter().map(Root::Tree).collect(),
            surroundings: Surroundings::none(),
        }
    }

    /// An open document.
    pub(crate) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(uri.as_str())
    }

    /// The types of resources.
    pub(crate) fn schemas(&self) -> &Schemas {
        &self.surroundings.schemas
    }

    /// What is found in a document.
    pub(crate) fn findings<'d>(&self, document: &'d Document) -> &'d [Diagnostic] {
        document.findings(&self.surroundings)
    }

    /// The policies in the files of the workspace.
    pub(crate) fn policies(&self) -> &[KnownPolicy] {
        &self.surroundings.policies
    }

    /// A search for what stands beside the documents. It takes its time, so it runs elsewhere.
    pub(crate) fn search(&self) -> impl FnOnce() -> Surroundings + Send + 'static {
        let (roots, encoding) = (self.roots.clone(), self.encoding);
        move || Surroundings::look(&roots, encoding)
    }

    /// Takes over what a search has found.
    pub(crate) fn surround(&mut self, surroundings: Surroundings) {
        self.surroundings = surroundings;
        self.documents.values_mut().for_each(Document::forget);
    }

    /// Takes over a document that was opened. Says whether there is somewhere new to search: its folder, when it stands
    /// in none that is known.
    pub(crate) fn open(&mut self, opened: DidOpenTextDocumentParams) -> bool {
        let document = opened.text_document;
        let text = Text::new(document.text, self.encoding);
        let path = uri::to_path(&document.uri);
        self.documents.insert(document.uri.as_str().to_owned(), Document::new(document.uri, document.version, text));
        let Some(folder) = path.as_deref().and_then(std::path::Path::parent) else { return false };
        let is_known = self.roots.iter().any(|root| match root {
            Root::Tree(known) => folder.starts_with(known),
            Root::Folder(known) => folder == known,
        });
        if !is_known {
            self.roots.push(Root::Folder(folder.to_owned()));
        }
        !is_known
    }

    /// Makes the edits of a document.
    pub(crate) fn change(&mut self, changed: DidChangeTextDocumentParams) {
        if let Some(document) = self.documents.get_mut(changed.text_document.uri.as_str()) {
            document.change(changed.text_document.version, changed.content_changes);
        }
    }

    /// Forgets a document.
    pub(crate) fn close(&mut self, closed: DidCloseTextDocumentParams) {
        if let Some(document) = self.documents.remove(closed.text_document.uri.as_str()) {
            self.closed.push(document.uri().clone());
        }
    }

    /// The findings of all documents that have changed since this was last asked.
    pub(crate) fn news(&mut self) -> Vec<PublishDiagnosticsParams> {
        let nothing = |uri| PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None };
        let mut news: Vec<_> = self.closed.drain(..).map(nothing).collect();
        for document in self.documents.values_mut().filter_map(Document::take_news) {
            let place = |span| Some(Location { uri: document.uri().clone(), range: document.range(span) });
            let found = document.findings(&self.surroundings).iter();
            news.push(PublishDiagnosticsParams {
                uri: document.uri().clone(),
                diagnostics: found.map(|found| diagnostics::to_editor(found, document.text(), &place)).collect(),
                version: Some(document.version()),
            });
        }
        news
    }
}
