//! Diagnostics for people: the source with the faulty text underlined.

use std::collections::HashMap;
use std::ops::Range;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files, Location};
use codespan_reporting::term::{self, Config};
use dikast_grammar::{FileId, SourceFile, SourceMap, Span};

use crate::diagnostic::{Diagnostic, Severity};

/// Renders diagnostics one after the other, with ANSI colours if `color`.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool) -> String {
    let config = Config::default();
    let mut out = term::termcolor::Buffer::ansi();
    let mut plain = String::new();
    for diagnostic in diagnostics {
        let windows = Windows::of(diagnostic, sources);
        let converted = convert(diagnostic, sources, &windows);
        let files = SourceFiles { sources, windows };
        // The renderer fails only for spans that are of no file; the message is then shown without its source.
        let rendered = if color {
            term::emit_to_write_style(&mut out, &config, &files, &converted)
        } else {
            term::emit_to_string(&mut plain, &config, &files, &converted)
        };
        if rendered.is_err() {
            plain.push_str(&format!("{}[{}]: {}\n", diagnostic.severity.name(), diagnostic.code, diagnostic.message));
        }
    }
    plain + &String::from_utf8_lossy(&out.into_inner())
}

fn convert(diagnostic: &Diagnostic, sources: &SourceMap, windows: &Windows) -> codespan::Diagnostic<FileId> {
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Info => codespan::Severity::Note,
    };
    let primary = codespan::Label::primary(diagnostic.span.file, windows.cut(diagnostic.span, sources));
    let primary = match &diagnostic.label {
        Some(words) => primary.with_message(words),
        None => primary,
    };
    let others = diagnostic.labels.iter().map(|label| {
        codespan::Label::secondary(label.span.file, windows.cut(label.span, sources)).with_message(&label.message)
    });
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message)
        .with_labels(std::iter::once(primary).chain(others).collect())
        .with_notes(help.collect())
}

/// Long spans are cut to their first line: a fault of a whole block is shown at its head.
fn underlined(span: Span, sources: &SourceMap) -> Range<usize> {
    let (start, end) = (span.start as usize, span.end.max(span.start) as usize);
    match sources.text(span).split_once('\n') {
        Some((first, _)) => start..start + first.trim_end().len(),
        None => start..end,
    }
}

/// Lines with more characters are shown in part.
const LONGEST_LINE: usize = 160;

/// What is shown before the place of a finding in a long line.
const LEAD: usize = 60;

/// The parts of long lines that are shown, by file and line.
struct Windows(HashMap<(FileId, u32), Range<usize>>);

impl Windows {
    /// The parts around what a finding is about.
    fn of(diagnostic: &Diagnostic, sources: &SourceMap) -> Self {
        let mut windows = HashMap::new();
        let spans = std::iter::once(diagnostic.span).chain(diagnostic.labels.iter().map(|label| label.span));
        for span in spans {
            let Some(file) = sources.get(span.file) else { continue };
            let place = file.position(span.start);
            let Some(range) = file.line_range(place.line) else { continue };
            if file.position(range.end.saturating_sub(1) as u32).column as usize > LONGEST_LINE {
                let lead = file.offset_before(span.start as usize, LEAD).max(range.start);
                let end = file.offset_after(lead, LONGEST_LINE).min(range.end);
                windows.entry((span.file, place.line)).or_insert(lead..end);
            }
        }
        Self(windows)
    }

    /// The underlined part of a span, as far as it is shown.
    fn cut(&self, span: Span, sources: &SourceMap) -> Range<usize> {
        let range = underlined(span, sources);
        let line = sources.get(span.file).map(|file| file.position(span.start).line);
        match line.and_then(|line| self.0.get(&(span.file, line))) {
            Some(window) => {
                let start = range.start.clamp(window.start, window.end);
                start..range.end.clamp(start, window.end)
            }
            None => range,
        }
    }
}

/// Our files in the form that the renderer reads.
struct SourceFiles<'a> {
    sources: &'a SourceMap,
    windows: Windows,
}

impl SourceFiles<'_> {
    fn file(&self, id: FileId) -> Result<&SourceFile, Error> {
        self.sources.get(id).ok_or(Error::FileMissing)
    }
}

impl<'a> Files<'a> for SourceFiles<'_> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(self.file(id)?.name())
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(self.file(id)?.text())
    }

    fn line_index(&'a self, id: FileId, byte_index: usize) -> Result<usize, Error> {
        let offset = u32::try_from(byte_index).unwrap_or(u32::MAX);
        Ok(self.file(id)?.position(offset).line as usize - 1)
    }

    /// Columns count in the whole line, of which a part may be shown.
    fn location(&'a self, id: FileId, byte_index: usize) -> Result<Location, Error> {
        let position = self.file(id)?.position(u32::try_from(byte_index).unwrap_or(u32::MAX));
        Ok(Location { line_number: position.line as usize, column_number: position.column as usize })
    }

    fn line_range(&'a self, id: FileId, line_index: usize) -> Result<Range<usize>, Error> {
        let line = u32::try_from(line_index + 1).unwrap_or(u32::MAX);
        if let Some(window) = self.windows.0.get(&(id, line)) {
            return Ok(window.clone());
        }
        self.file(id)?.line_range(line).ok_or(Error::LineTooLarge { given: line_index, max: 0 })
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Fix, Label, code};

    use super::*;

    #[test]
    fn the_source_is_shown_with_label_and_help() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", "spec:\n  rulez: []\nkind: ClusterPolicy\n");
        let span = Span::new(file, 8, 13);
        let diagnostic = Diagnostic {
            code: code::UNKNOWN_FIELD,
            severity: Severity::Error,
            message: "unknown field `rulez`".to_owned(),
            span,
            label: Some("not a field of `spec`".to_owned()),
            labels: vec![Label { span: Span::new(file, 24, 37), message: "of this kind".to_owned() }],
            help: Some("did you mean `rules`?".to_owned()),
            fix: Some(Fix { span, replacement: "rules".to_owned() }),
        };
        insta::assert_snapshot!(render(&[diagnostic], &sources, false));
    }

    #[test]
    fn long_lines_are_shown_in_part() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", format!("{}rulez{}\n", "é".repeat(1000), "x".repeat(100_000)));
        let diagnostic = Diagnostic {
            code: code::UNKNOWN_FIELD,
            severity: Severity::Error,
            message: "unknown field `rulez`".to_owned(),
            span: Span::new(file, 2000, 2005),
            label: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        };
        let shown = render(&[diagnostic], &sources, false);
        assert!(shown.contains("a.yaml:1:1001"), "{shown}");
        assert!(shown.contains(&format!("{}rulez{}", "é".repeat(60), "x".repeat(95))), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
    }

    #[test]
    fn a_span_of_no_file_still_gives_the_message() {
        let diagnostic = Diagnostic {
            code: code::YAML_SYNTAX,
            severity: Severity::Error,
            message: "lost".to_owned(),
            span: Span::new(FileId(7), 0, 1),
            label: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        };
        assert_eq!(render(&[diagnostic], &SourceMap::new(), false), "error[DK0101]: lost\n");
    }
}
