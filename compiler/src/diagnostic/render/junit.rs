//! Diagnostics as JUnit's XML: a suite for each file, a failure for each finding that counts.

use dikast_grammar::{FileId, SourceMap};

use super::xml::escape;
use super::{Place, whole_message};
use crate::diagnostic::{Diagnostic, Severity};

/// The whole report. A file without findings is a test that passed.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let failures = diagnostics.iter().filter(|found| counts(found)).count();
    let suites: String = sources.iter().map(|(id, file)| suite(id, file.name(), diagnostics, sources)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dikast\" failures=\"{failures}\">\n{suites}</testsuites>\n"
    )
}

fn suite(id: FileId, name: &str, diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let name = escape(name);
    let found: Vec<_> = diagnostics.iter().filter(|found| found.span.file == id && counts(found)).collect();
    let cases = match found.as_slice() {
        [] => format!("    <testcase classname=\"{name}\" name=\"no findings\"/>\n"),
        found => found.iter().map(|found| case(&name, found, sources)).collect(),
    };
    let tests = found.len().max(1);
    let failures = found.len();
    format!("  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">\n{cases}  </testsuite>\n")
}

fn case(file: &str, found: &Diagnostic, sources: &SourceMap) -> String {
    let start = Place::of(found.span, sources).start;
    let message = escape(&whole_message(found));
    let help = found.help.as_deref().map(|help| format!("\nhelp: {}", escape(help))).unwrap_or_default();
    format!(
        "    <testcase classname=\"{file}\" name=\"{code} {line}:{column}\">\n      \
         <failure type=\"{severity}\" message=\"{message}\">{file}:{line}:{column}: {message}{help}</failure>\n    \
         </testcase>\n",
        code = found.code,
        line = start.line,
        column = start.column,
        severity = found.severity.name(),
    )
}

/// What is only informative fails nothing.
fn counts(found: &Diagnostic) -> bool {
    found.severity != Severity::Info
}

#[cfg(test)]
mod tests {
    use crate::compile;

    use super::*;

    #[test]
    fn files_are_suites_and_findings_failures() {
        let mut sources = SourceMap::new();
        sources.add("a&b.yaml", "apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: a}\nspec: {rulez: []}\n");
        sources.add("c.yaml", "a: 1\n");
        insta::assert_snapshot!(render(&compile(&sources).diagnostics, &sources));
    }

    /// Fails unless the text is one element whose tags nest, with quoted attributes and escaped text.
    fn read(report: &str) {
        let mut rest = report.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
        let mut open = Vec::new();
        let mut roots = 0;
        while let Some((text, tag)) = rest.split_once('<') {
            assert!(!open.is_empty() || text.trim().is_empty(), "text outside: {text}");
            read_text(text);
            let (tag, after) = tag.split_once('>').unwrap();
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
                continue;
            }
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            roots += usize::from(open.is_empty());
            while !attributes.is_empty() {
                let (attribute, value) = attributes.split_once("=\"").unwrap();
                assert!(attribute.trim().chars().all(char::is_alphabetic), "{attribute}");
                let (value, after) = value.split_once('"').unwrap();
                read_text(value);
                attributes = after;
            }
            if !is_empty {
                open.push(name);
            }
        }
        assert!(rest.trim().is_empty() && open.is_empty() && roots == 1, "{report}");
    }

    fn read_text(text: &str) {
        let is_allowed =
            |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(text.chars().all(is_allowed), "{text:?}");
        for reference in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#9;", "#10;", "#13;"];
            assert!(known.iter().any(|known| reference.starts_with(known)), "&{reference}");
        }
    }

    #[test]
    fn reports_are_well_formed_whatever_a_finding_quotes() {
        let mut sources = SourceMap::new();
        let field = r#""<a b='c'>&amp; ]]> \"\u0007\uFFFE\u00e9/>""#;
        sources.add(
            "<\"&\u{1}.yaml",
            format!("apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {{name: a}}\nspec: {{{field}: []}}\n"),
        );
        let report = render(&compile(&sources).diagnostics, &sources);
        assert!(report.contains("&lt;a b='c'&gt;&amp;amp; ]]&gt;"), "{report}");
        read(&report);
    }
}
