//! Formats for diagnostics, one file each. All take the same data and give text; none prints.
//!
//! | format | for |
//! |---|---|
//! | [`terminal`] | people |
//! | [`json`] | programs: an array, or one object a line |
//! | [`sarif`] | code scanning services (SARIF 2.1.0) |
//! | [`github`] | annotations of GitHub's workflows |
//! | [`gitlab`] | GitLab's code quality |
//! | [`junit`] | reports of test runs (JUnit) |
//!
//! [`xml`] escapes text for XML, here and for the reports of test results.

pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod sarif;
pub mod terminal;
pub mod xml;

use dikast_grammar::{Position, SourceMap, Span};

use super::Diagnostic;

/// The message with what stands at the place, for formats that have no words there.
fn whole_message(diagnostic: &Diagnostic) -> String {
    match &diagnostic.label {
        Some(label) => format!("{}: {label}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// A span as files and positions, for formats that do not speak in bytes.
struct Place<'a> {
    file: &'a str,
    start: Position,
    end: Position,
}

impl<'a> Place<'a> {
    /// The place of a span; an empty file name at 1:1 when the span is of no file.
    fn of(span: Span, sources: &'a SourceMap) -> Self {
        let nowhere = Position { line: 1, column: 1 };
        match sources.get(span.file) {
            Some(file) => Self {
                file: file.name(),
                start: file.position(span.start),
                end: file.position(span.end.max(span.start)),
            },
            None => Self { file: "", start: nowhere, end: nowhere },
        }
    }
}
