//! Diagnostics as workflow commands, which GitHub shows beside the changed lines.

use dikast_grammar::SourceMap;

use super::{Place, whole_message};
use crate::diagnostic::{Diagnostic, Severity};

/// One `::error ...::` command a line.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let place = Place::of(diagnostic.span, sources);
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let message = match &diagnostic.help {
            Some(help) => format!("{}\nhelp: {help}", whole_message(diagnostic)),
            None => whole_message(diagnostic),
        };
        out.push_str(&format!(
            "::{command} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
            escape_property(place.file),
            place.start.line,
            place.start.column,
            place.end.line,
            place.end.column,
            diagnostic.code,
            escape_data(&message),
        ));
    }
    out
}

/// The message of a command ends at a line end, so those are encoded.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Properties also end at commas and colons.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use dikast_grammar::Span;

    use super::*;
    use crate::diagnostic::code;

    #[test]
    fn separators_are_encoded() {
        let mut sources = SourceMap::new();
        let file = sources.add("a,b.yaml", "x\n");
        let diagnostic = Diagnostic {
            code: code::YAML_SYNTAX,
            severity: Severity::Info,
            message: "100% odd".to_owned(),
            span: Span::new(file, 0, 1),
            label: Some("here".to_owned()),
            labels: Vec::new(),
            help: Some("look".to_owned()),
            fix: None,
        };
        assert_eq!(
            render(&[diagnostic], &sources),
            "::notice file=a%2Cb.yaml,line=1,col=1,endLine=1,endColumn=2,title=DK0101::100%25 odd: here%0Ahelp: look\n"
        );
    }
}
