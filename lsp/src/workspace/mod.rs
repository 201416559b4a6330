//! Open documents and what the compiler says about them.

mod document;

use std::collections::BTreeMap;

use dikast_compiler::schema::Schemas;
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, Location,
    PublishDiagnosticsParams, Uri,
};

pub(crate) use document::Document;

use crate::diagnostics;
use crate::text::{Encoding, Text};

/// What an editor has open.
pub(crate) struct Workspace {
    encoding: Encoding,
    /// By URI.
    documents: BTreeMap<String, Document>,
    /// Documents that were closed since the editor was last told of findings.
    closed: Vec<Uri>,
    schemas: Schemas,
}

impl Workspace {
    /// A workspace whose places are counted in an encoding.
    pub(crate) fn new(encoding: Encoding) -> Self {
        Self { encoding, documents: BTreeMap::new(), closed: Vec::new(), schemas: Schemas::embedded() }
    }

    /// An open document.
    pub(crate) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(uri.as_str())
    }

    /// The types of resources.
    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The names of the policies that are known.
    pub(crate) fn policy_names(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
    }

    /// Takes over a document that was opened.
    pub(crate) fn open(&mut self, opened: DidOpenTextDocumentParams) {
        let document = opened.text_document;
        let text = Text::new(document.text, self.encoding);
        self.documents.insert(document.uri.as_str().to_owned(), Document::new(document.uri, document.version, text));
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
            let found = document.analysis().diagnostics.iter();
            news.push(PublishDiagnosticsParams {
                uri: document.uri().clone(),
                diagnostics: found.map(|found| diagnostics::to_editor(found, document.text(), &place)).collect(),
                version: Some(document.version()),
            });
        }
        news
    }
}
