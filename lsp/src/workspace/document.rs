//! A document that an editor has open.

use std::cell::OnceCell;

use dikast_compiler::compile;
use dikast_compiler::diagnostic::{Diagnostic, allow};
use dikast_grammar::{SourceMap, Span};
use lsp_types::{TextDocumentContentChangeEvent, Uri};

use crate::text::Text;

/// What the compiler says about a text.
#[derive(Debug)]
pub(crate) struct Analysis {
    /// Its findings.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// An open document.
#[derive(Debug)]
pub(crate) struct Document {
    uri: Uri,
    version: i32,
    text: Text,
    analysis: OnceCell<Analysis>,
    has_news: bool,
}

impl Document {
    /// A document that was just opened.
    pub(crate) fn new(uri: Uri, version: i32, text: Text) -> Self {
        Self { uri, version, text, analysis: OnceCell::new(), has_news: true }
    }

    /// Makes edits, each on what the one before it left.
    pub(crate) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        self.version = version;
        for change in changes {
            self.text.apply(change);
        }
        self.analysis = OnceCell::new();
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

    /// What the compiler says about the present text.
    pub(crate) fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| {
            let mut sources = SourceMap::new();
            sources.add(self.uri.as_str(), self.text.as_str());
            Analysis { diagnostics: allow::apply(compile(&sources).diagnostics, &sources) }
        })
    }

    /// This document if its findings were not told since they may have changed.
    pub(super) fn take_news(&mut self) -> Option<&Self> {
        std::mem::take(&mut self.has_news).then_some(&*self)
    }
}
