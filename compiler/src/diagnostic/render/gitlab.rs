//! Diagnostics as a report of GitLab's code quality, which merge requests show: a part of Code Climate's format.

use dikast_grammar::SourceMap;
use serde::Serialize;

use super::{Place, whole_message};
use crate::diagnostic::{Diagnostic, Severity};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// All diagnostics as one JSON array.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut seen = Vec::new();
    let issues: Vec<_> = diagnostics.iter().map(|diagnostic| issue(diagnostic, sources, &mut seen)).collect();
    // Plain strings and numbers always have a JSON form.
    serde_json::to_string_pretty(&issues).map(|text| text + "\n").unwrap_or_default()
}

fn issue<'a>(diagnostic: &Diagnostic, sources: &'a SourceMap, seen: &mut Vec<u64>) -> Issue<'a> {
    let place = Place::of(diagnostic.span, sources);
    // GitLab compares branches by fingerprints: what is on other lines for changes above it is the same finding.
    let parts = [diagnostic.code.name(), place.file, &diagnostic.message, sources.text(diagnostic.span)];
    let mut fingerprint = parts.iter().fold(FNV_BASIS, |hash, part| hashed(hashed(hash, part.as_bytes()), &[0]));
    while seen.contains(&fingerprint) {
        fingerprint = hashed(fingerprint, &[1]);
    }
    seen.push(fingerprint);
    Issue {
        description: whole_message(diagnostic),
        check_name: diagnostic.code.name(),
        fingerprint: format!("{fingerprint:016x}"),
        severity: match diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        location: Location {
            path: place.file.trim_start_matches("./"),
            lines: Lines { begin: place.start.line, end: place.end.line },
        },
    }
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, which stays the same from one version to the next.
fn hashed(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use dikast_grammar::Span;

    use super::*;
    use crate::diagnostic::code;

    #[test]
    fn fingerprints_do_not_depend_on_lines() {
        let render = |text: &str| -> Vec<serde_json::Value> {
            let mut sources = SourceMap::new();
            let file = sources.add("a.yaml", text);
            let found = text.match_indices("bad").map(|(at, word)| Diagnostic {
                code: code::UNKNOWN_FIELD,
                severity: Severity::Error,
                message: "unknown field `bad`".to_owned(),
                span: Span::new(file, at, at + word.len()),
                label: None,
                labels: Vec::new(),
                help: None,
                fix: None,
            });
            serde_json::from_str(&super::render(&found.collect::<Vec<_>>(), &sources)).unwrap()
        };
        let (before, after) = (render("bad: 1\n"), render("\n\nbad: 1\nbad: 2\n"));
        assert_eq!(before[0]["fingerprint"], after[0]["fingerprint"]);
        assert_ne!(after[0]["fingerprint"], after[1]["fingerprint"], "each finding has its own");
        assert_eq!(after[0]["location"]["lines"]["begin"], 3);
        assert_eq!(after[0]["severity"], "major");
    }
}
