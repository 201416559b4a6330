//! Diagnostics for programs. Lines and columns count from 1, columns in characters; ends are exclusive.

use dikast_grammar::SourceMap;
use serde::Serialize;

use super::Place;
use crate::diagnostic::{Diagnostic, Fix, Label};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Range<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<LabelledRange<'a>>,
    help: Option<&'a str>,
    fix: Option<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Range<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct LabelledRange<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Range<'a>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    replacement: &'a str,
    /// `safe` where it can only be meant, `unsafe` where an author has to look.
    applicability: &'static str,
    #[serde(flatten)]
    place: Range<'a>,
}

/// All diagnostics as one JSON array, indented.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let findings: Vec<_> = diagnostics.iter().map(|diagnostic| finding(diagnostic, sources)).collect();
    encode(serde_json::to_string_pretty(&findings))
}

/// One JSON object a line.
pub fn render_lines(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    diagnostics.iter().map(|diagnostic| encode(serde_json::to_string(&finding(diagnostic, sources)))).collect()
}

/// Adds the line end. Plain strings and numbers always have a JSON form.
fn encode(text: serde_json::Result<String>) -> String {
    text.map(|text| text + "\n").unwrap_or_default()
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Finding<'a> {
    Finding {
        code: diagnostic.code.name(),
        severity: diagnostic.severity.name(),
        message: &diagnostic.message,
        place: Range::from(Place::of(diagnostic.span, sources)),
        label: diagnostic.label.as_deref(),
        labels: diagnostic
            .labels
            .iter()
            .map(|Label { span, message }| LabelledRange { message, place: Place::of(*span, sources).into() })
            .collect(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|Fix { span, replacement }| Replacement {
            replacement,
            applicability: if diagnostic.safe_fix().is_some() { "safe" } else { "unsafe" },
            place: Place::of(*span, sources).into(),
        }),
    }
}

impl<'a> From<Place<'a>> for Range<'a> {
    fn from(place: Place<'a>) -> Self {
        Self {
            file: place.file,
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
        }
    }
}

#[cfg(test)]
mod tests {
    use dikast_grammar::Span;

    use super::*;
    use crate::diagnostic::{Severity, code};

    #[test]
    fn a_finding_has_positions_and_its_fix() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", "spec:\n  rulez: []\n");
        let span = Span::new(file, 8, 13);
        let diagnostic = Diagnostic {
            code: code::UNKNOWN_FIELD,
            severity: Severity::Error,
            message: "unknown field `rulez`".to_owned(),
            span,
            label: None,
            labels: Vec::new(),
            help: Some("did you mean `rules`?".to_owned()),
            fix: Some(Fix { span, replacement: "rules".to_owned() }),
        };
        let line = render_lines(&[diagnostic], &sources);
        assert_eq!(
            line,
            concat!(
                r#"{"code":"DK0201","severity":"error","message":"unknown field `rulez`","file":"a.yaml","line":2,"#,
                r#""column":3,"endLine":2,"endColumn":8,"help":"did you mean `rules`?","#,
                r#""fix":{"replacement":"rules","applicability":"safe","#,
                r#""file":"a.yaml","line":2,"column":3,"endLine":2,"endColumn":8}}"#,
                "\n"
            )
        );
    }
}
