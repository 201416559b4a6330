//! The compiler's findings for an editor.

use dikast_compiler::diagnostic::{self, Code, Severity, code};
use dikast_grammar::Span;
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, NumberOrString,
};
use serde_json::json;

use crate::text::Text;

/// The name under which editors show findings.
pub(crate) const SOURCE: &str = "dikast";

/// A finding as an editor takes it. `place` gives the location of a span, which may be in another file.
pub(crate) fn to_editor(
    found: &diagnostic::Diagnostic,
    text: &Text,
    place: &dyn Fn(Span) -> Option<Location>,
) -> Diagnostic {
    let mut message = found.message.clone();
    if let Some(label) = &found.label {
        message.push_str(&format!(": {label}"));
    }
    if let Some(help) = &found.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let related: Vec<_> = found
        .labels
        .iter()
        .filter_map(|label| {
            Some(DiagnosticRelatedInformation { location: place(label.span)?, message: label.message.clone() })
        })
        .collect();
    Diagnostic {
        range: text.range(found.span.start as usize..found.span.end as usize),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Info => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(found.code.name().to_owned())),
        code_description: None,
        source: Some(SOURCE.to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: tag(found.code).map(|tag| vec![tag]),
        data: Some(json!({ "title": found.code.title() })),
    }
}

/// How editors draw a finding: deprecated things struck through, things without effect faded.
fn tag(code: Code) -> Option<DiagnosticTag> {
    match code {
        code::DEPRECATED_FIELD | code::DEPRECATED_OPERATOR => Some(DiagnosticTag::DEPRECATED),
        code::IGNORED_ITEMS | code::IGNORED_OPERATIONS | code::UNREAD_TEXT => Some(DiagnosticTag::UNNECESSARY),
        _ => None,
    }
}
