//! Diagnostics as a SARIF 2.1.0 log with one run.

use std::collections::BTreeSet;

use dikast_grammar::{SourceMap, Span};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Place, whole_message};
use crate::diagnostic::{Code, Diagnostic, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole log, indented.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let codes: BTreeSet<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dikast",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|&code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|diagnostic| result(diagnostic, &codes, sources)).collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": {"text": code.title()},
        "help": {"text": code.page(), "markdown": code.page()},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

fn result(diagnostic: &Diagnostic, codes: &BTreeSet<Code>, sources: &SourceMap) -> Value {
    let message = match &diagnostic.help {
        Some(help) => format!("{}; {help}", whole_message(diagnostic)),
        None => whole_message(diagnostic),
    };
    let mut result = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": codes.iter().position(|&code| code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": message},
        "locations": [location(diagnostic.span, sources)],
    });
    if !diagnostic.labels.is_empty() {
        let related = diagnostic.labels.iter().map(|label| {
            let mut place = location(label.span, sources);
            place["message"] = json!({"text": label.message});
            place
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        let place = Place::of(fix.span, sources);
        result["fixes"] = json!([{"artifactChanges": [{
            "artifactLocation": {"uri": uri(place.file)},
            "replacements": [{
                "deletedRegion": region(&place),
                "insertedContent": {"text": fix.replacement},
            }],
        }]}]);
    }
    result
}

fn location(span: Span, sources: &SourceMap) -> Value {
    let place = Place::of(span, sources);
    json!({"physicalLocation": {"artifactLocation": {"uri": uri(place.file)}, "region": region(&place)}})
}

/// What the path of a URI may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URI of a file: a relative reference for a relative path.
fn uri(file: &str) -> String {
    let path = file.replace('\\', "/");
    let is_on_drive = path.get(1..3) == Some(":/");
    let root = match path.starts_with('/') {
        true => "file://",
        false if is_on_drive => "file:///",
        false => "",
    };
    let mut relative = path.as_str();
    while let Some(rest) = relative.strip_prefix("./") {
        relative = rest.trim_start_matches('/');
    }
    format!("{root}{}", utf8_percent_encode(relative, PLAIN))
}

fn region(place: &Place<'_>) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Fix, Label, code};

    fn log(name: &str) -> Value {
        let mut sources = SourceMap::new();
        let file = sources.add(name, "spec:\n  rulez: []\n");
        let span = Span::new(file, 8, 13);
        let diagnostic = Diagnostic {
            code: code::UNKNOWN_FIELD,
            severity: Severity::Error,
            message: "unknown field `rulez`".to_owned(),
            span,
            label: None,
            labels: vec![Label { span: Span::new(file, 0, 4), message: "in this".to_owned() }],
            help: Some("did you mean `rules`?".to_owned()),
            fix: Some(Fix { span, replacement: "rules".to_owned() }),
        };
        serde_json::from_str(&render(&[diagnostic], &sources)).unwrap()
    }

    #[test]
    fn results_name_their_rule_and_fix() {
        let log = log("a.yaml");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "DK0201");
        assert_eq!(run["results"][0]["ruleIndex"], 0);
        assert_eq!(run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"], 3);
        assert_eq!(
            run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
            "rules"
        );
    }

    /// The types of SARIF 2.1.0 that a log has values of. A member ends in `!` where the type needs it; a type in brackets
    /// is a list of it. No type has members that it does not list.
    const TYPES: &[(&str, &[(&str, &str)])] = &[
        ("log", &[("$schema", "text"), ("version!", "2.1.0"), ("runs!", "[run]")]),
        ("run", &[("tool!", "tool"), ("columnKind", "utf16CodeUnits|unicodeCodePoints"), ("results", "[result]")]),
        ("tool", &[("driver!", "component")]),
        ("component", &[("name!", "text"), ("version", "text"), ("rules", "[rule]")]),
        (
            "rule",
            &[
                ("id!", "text"),
                ("shortDescription", "words"),
                ("help", "words"),
                ("defaultConfiguration", "configuration"),
            ],
        ),
        ("configuration", &[("level", "none|note|warning|error")]),
        ("words", &[("text!", "text"), ("markdown", "text")]),
        (
            "result",
            &[
                ("ruleId", "text"),
                ("ruleIndex", "natural"),
                ("level", "none|note|warning|error"),
                ("message!", "words"),
                ("locations", "[location]"),
                ("relatedLocations", "[location]"),
                ("fixes", "[fix]"),
            ],
        ),
        ("location", &[("physicalLocation", "physical"), ("message", "words")]),
        ("physical", &[("artifactLocation!", "artifact"), ("region", "region")]),
        ("artifact", &[("uri", "uri")]),
        (
            "region",
            &[
                ("startLine!", "positive"),
                ("startColumn", "positive"),
                ("endLine", "positive"),
                ("endColumn", "positive"),
            ],
        ),
        ("fix", &[("artifactChanges!", "[change]")]),
        ("change", &[("artifactLocation!", "artifact"), ("replacements!", "[replacement]")]),
        ("replacement", &[("deletedRegion!", "region"), ("insertedContent", "content")]),
        ("content", &[("text", "text")]),
    ];

    fn conform(value: &Value, ty: &str, place: &str) {
        if let Some(item) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
            let items = value.as_array().unwrap_or_else(|| panic!("{place} is no list"));
            return items.iter().for_each(|value| conform(value, item, &format!("{place}[]")));
        }
        let Some((_, members)) = TYPES.iter().find(|(name, _)| *name == ty) else {
            let is_right = match ty {
                "text" => value.is_string(),
                "uri" => value.as_str().is_some_and(is_uri_reference),
                "natural" => value.is_u64(),
                "positive" => value.as_u64().is_some_and(|number| number > 0),
                choices => value.as_str().is_some_and(|text| choices.split('|').any(|choice| choice == text)),
            };
            return assert!(is_right, "{place} is {value}, no {ty}");
        };
        let object = value.as_object().unwrap_or_else(|| panic!("{place} is no object"));
        for (name, value) in object {
            let member = members.iter().find(|(member, _)| member.trim_end_matches('!') == name);
            let (_, ty) = member.unwrap_or_else(|| panic!("{place} has no `{name}`"));
            conform(value, ty, &format!("{place}.{name}"));
        }
        for needed in members.iter().filter_map(|(member, _)| member.strip_suffix('!')) {
            assert!(object.contains_key(needed), "{place} needs `{needed}`");
        }
    }

    #[test]
    fn logs_are_what_the_standard_describes() {
        for name in ["a.yaml", "./a b/50%/\u{e9}#?.yaml", "/a:b/[c].yaml", "C:\\a.yaml", "a:b.yaml", "standard input"] {
            conform(&log(name), "log", "$");
        }
    }

    /// Whether a text is a URI reference (RFC 3986): characters that stand for themselves and encoded bytes, and a colon in
    /// the first segment behind a scheme only.
    fn is_uri_reference(text: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte);
        let bytes = text.as_bytes();
        let encoded =
            |at: usize| bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let characters = (0..bytes.len()).all(|at| if bytes[at] == b'%' { encoded(at) } else { is_plain(bytes[at]) });
        let first = text.split('/').next().unwrap_or_default();
        characters && (!first.contains(':') || first == "file:")
    }

    #[test]
    fn names_of_files_become_uris() {
        assert_eq!(uri("./policies/a b.yaml"), "policies/a%20b.yaml");
        assert_eq!(uri("100%/\u{fc}.yaml"), "100%25/%C3%BC.yaml");
        assert_eq!(uri("../a.yaml"), "../a.yaml");
        assert_eq!(uri("/srv/a#1.yaml"), "file:///srv/a%231.yaml");
        assert_eq!(uri("C:\\b\\a.yaml"), "file:///C%3A/b/a.yaml");
        assert_eq!(uri("a:b.yaml"), "a%3Ab.yaml");
    }
}
