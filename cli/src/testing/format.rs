//! Results as tables, JSON, YAML, Markdown and JUnit.

use std::fmt::Write;

use dikast_compiler::diagnostic::render::xml::escape;
use dikast_stdlib::Value;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::row::{Counts, Row, Verdict};
use crate::output::style::{Style, Tone};
use crate::output::{table, yaml};

/// A machine-readable format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A JSON array and nothing else
    Json,
    /// The same as YAML
    Yaml,
    /// A table in Markdown
    Markdown,
    /// JUnit's XML
    Junit,
    /// With --check: one JSON object a line
    Jsonl,
    /// With --check: SARIF 2.1.0
    Sarif,
    /// With --check: GitHub annotations
    Github,
}

/// Writes all rows in a format.
pub(crate) fn write(rows: &[Row], format: Format, detailed: bool) -> String {
    match format {
        // The last three are forms of findings, which no rows come in.
        Format::Json | Format::Jsonl | Format::Sarif | Format::Github => json(rows, detailed),
        Format::Yaml => yaml::write(&Value::list(rows.iter().map(|row| value(row, detailed)))),
        Format::Markdown => markdown(rows, detailed),
        Format::Junit => junit(rows, detailed),
    }
}

/// Writes rows as a table for people.
pub(crate) fn table(rows: &[Row], detailed: bool, style: Style) -> String {
    let mut headers = vec!["ID", "POLICY", "RULE", "RESOURCE", "RESULT", "REASON"];
    if detailed {
        headers.push("MESSAGE");
    }
    let cells = |row: &Row| {
        let tone = match row.verdict {
            Verdict::Pass | Verdict::PassSkipped => Tone::Good,
            Verdict::Fail => Tone::Bad,
            Verdict::Skip => Tone::Notice,
        };
        let name = |text: &str| (text.to_owned(), Some(Tone::Name));
        let mut cells = vec![
            (row.id.to_string(), None),
            name(&row.policy),
            name(&row.rule),
            name(&row.resource),
            (row.verdict.as_str().to_owned(), Some(tone)),
            (row.reason.clone(), None),
        ];
        if detailed {
            cells.push((row.message.clone(), None));
        }
        cells
    };
    table::write(&headers, &rows.iter().map(cells).collect::<Vec<_>>(), style)
}

struct JsonRow<'a>(&'a Row, bool);

impl Serialize for JsonRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(row, detailed) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ID", &row.id)?;
        if *detailed {
            map.serialize_entry("Message", &row.message)?;
        }
        map.serialize_entry("POLICY", &row.policy)?;
        map.serialize_entry("REASON", &row.reason)?;
        map.serialize_entry("RESOURCE", &row.resource)?;
        map.serialize_entry("RESULT", row.verdict.as_str())?;
        map.serialize_entry("RULE", &row.rule)?;
        map.end()
    }
}

fn json(rows: &[Row], detailed: bool) -> String {
    let rows: Vec<JsonRow<'_>> = rows.iter().map(|row| JsonRow(row, detailed)).collect();
    let mut text = serde_json::to_string_pretty(&rows).unwrap_or_default();
    text.push('\n');
    text
}

fn value(row: &Row, detailed: bool) -> Value {
    let mut members = vec![
        ("ID", Value::Int(i64::try_from(row.id).unwrap_or(i64::MAX))),
        ("POLICY", Value::from(&*row.policy)),
        ("REASON", Value::from(&*row.reason)),
        ("RESOURCE", Value::from(&*row.resource)),
        ("RESULT", Value::from(row.verdict.as_str())),
        ("RULE", Value::from(&*row.rule)),
    ];
    if detailed {
        members.push(("Message", Value::from(&*row.message)));
    }
    Value::object(members)
}

fn markdown(rows: &[Row], detailed: bool) -> String {
    let mut headers = vec!["ID", "POLICY", "RULE", "RESOURCE", "RESULT", "REASON"];
    if detailed {
        headers.push("MESSAGE");
    }
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', "<br>");
    let mut out = format!("| {} |\n|{}\n", headers.join(" | "), "----|".repeat(headers.len()));
    for row in rows {
        let mut cells = vec![row.id.to_string()];
        cells.extend(
            [&*row.policy, &row.rule, &row.resource, row.verdict.as_str(), &row.reason].map(|text: &str| cell(text)),
        );
        if detailed {
            cells.push(cell(&row.message));
        }
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out
}

fn junit(rows: &[Row], detailed: bool) -> String {
    let counts = Counts::of(rows);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{}\" failures=\"{}\">\n",
        rows.len(),
        counts.failed
    );
    let mut policies: Vec<&str> = Vec::new();
    for row in rows {
        if !policies.contains(&&*row.policy) {
            policies.push(&row.policy);
        }
    }
    for policy in policies {
        let suite: Vec<Row> = rows.iter().filter(|row| row.policy == policy).cloned().collect();
        let failures = Counts::of(&suite).failed;
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\">",
            escape(policy),
            suite.len()
        );
        for row in &suite {
            let _ =
                writeln!(out, "    <testcase classname=\"{}\" name=\"{}\">", escape(&row.rule), escape(&row.resource));
            let message = if detailed { escape(&row.message) } else { String::new() };
            let _ = match row.verdict {
                Verdict::Fail => {
                    writeln!(out, "      <failure message=\"{}\">{message}</failure>", escape(&row.reason))
                }
                Verdict::Skip => writeln!(out, "      <skipped message=\"{}\"/>", escape(&row.reason)),
                _ => writeln!(
                    out,
                    "      <system-out>{}</system-out>",
                    if detailed { message } else { escape(&row.reason) }
                ),
            };
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = Row {
            id: 1,
            expectation: 0,
            policy: "p".to_owned(),
            rule: "r".to_owned(),
            resource: "v1/Pod/default/a".to_owned(),
            verdict: Verdict::Pass,
            reason: "Ok".to_owned(),
            message: "fine".to_owned(),
        };
        let failed = Row {
            id: 2,
            verdict: Verdict::Fail,
            reason: "Want pass, got fail".to_owned(),
            message: "a < b | c".to_owned(),
            ..row.clone()
        };
        vec![row, failed]
    }

    #[test]
    fn json_has_kyvernos_keys() {
        let json = write(&rows()[..1], Format::Json, true);
        assert_eq!(
            json.split_whitespace().collect::<String>(),
            r#"[{"ID":1,"Message":"fine","POLICY":"p","REASON":"Ok","RESOURCE":"v1/Pod/default/a","RESULT":"Pass","RULE":"r"}]"#
        );
    }

    #[test]
    fn characters_that_xml_lacks_are_left_out_of_junit() {
        let mut rows = rows();
        rows[1].message = "a\u{1}b\u{fffe}c\u{ffff}\nd".to_owned();
        let out = write(&rows, Format::Junit, true);
        assert!(out.contains(">abc&#10;d</failure>"), "{out}");
    }

    #[test]
    fn markdown_and_xml_are_escaped() {
        insta::assert_snapshot!(write(&rows(), Format::Markdown, true), @r"
        | ID | POLICY | RULE | RESOURCE | RESULT | REASON | MESSAGE |
        |----|----|----|----|----|----|----|
        | 1 | p | r | v1/Pod/default/a | Pass | Ok | fine |
        | 2 | p | r | v1/Pod/default/a | Fail | Want pass, got fail | a < b \| c |
        ");
        insta::assert_snapshot!(write(&rows(), Format::Junit, true), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="2" failures="1">
          <testsuite name="p" tests="2" failures="1">
            <testcase classname="r" name="v1/Pod/default/a">
              <system-out>fine</system-out>
            </testcase>
            <testcase classname="r" name="v1/Pod/default/a">
              <failure message="Want pass, got fail">a &lt; b | c</failure>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }
}
