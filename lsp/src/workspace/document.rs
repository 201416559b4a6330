//! A document that an editor has open.

use std::cell::OnceCell;

use dikast_compiler::compile_with;
use dikast_compiler::diagnostic::{Diagnostic, allow};
use dikast_grammar::{SourceMap, Span};
use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::project::Project;
use super::surroundings::Surroundings;
use super::test_folder;
use crate::text::Text;
use crate::uri;

/// An open document.
#[derive(Debug)]
pub(crate) struct Document {
    uri: Uri,
    version: i32,
    text: Text,
    findings: OnceCell<Vec<Diagnostic>>,
    has_news: bool,
}

impl Document {
    /// A document that was just opened.
    pub(crate) fn new(uri: Uri, version: i32, text: Text) -> Self {
        Self { uri, version, text, findings: OnceCell::new(), has_news: true }
    }

    /// Makes edits, each on what the one before it left.
    pub(crate) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        self.version = version;
        for change in changes {
            self.text.apply(change);
        }
        self.forget();
    }

    /// Forgets what was found, because something has changed.
    pub(super) fn forget(&mut self) {
        self.findings = OnceCell::new();
        self.has_news = true;
    }

    /// Its name.
    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The editor's number of its present text.
    pub(crate) fn version(&self) -> i32 {
        self.version
    }

    /// Its present text.
    pub(crate) fn text(&self) -> &Text {
        &self.text
    }

    /// The places of a span of its present text.
    pub(crate) fn range(&self, span: Span) -> lsp_types::Range {
        self.text.range(span.start as usize..span.end as usize)
    }

    /// What the compiler finds in the present text, as far as comments and settings let it through.
    pub(super) fn findings(&self, surroundings: &Surroundings) -> &[Diagnostic] {
        self.findings.get_or_init(|| {
            let path = uri::to_path(&self.uri);
            let project = path.as_deref().and_then(|path| Some((path, Project::of(&surroundings.projects, path)?)));
            if project.is_some_and(|(path, project)| project.excludes(path)) {
                return Vec::new();
            }
            let mut sources = SourceMap::new();
            let file = sources.add(self.uri.as_str(), self.text.as_str());
            let schemas = surroundings.schemas.clone();
            let mut found = compile_with(&sources, schemas).diagnostics;
            if let Some(path) = &path {
                found.extend(test_folder::findings(path, file, self.text.as_str()));
            }
            let found = allow::apply(found, &sources);
            match project {
                Some((_, project)) => project.settings().apply(found),
                None => found,
            }
        })
    }

    /// This document if its findings were not told since they may have changed.
    pub(super) fn take_news(&mut self) -> Option<&Self> {
        std::mem::take(&mut self.has_news).then_some(&*self)
    }
}
