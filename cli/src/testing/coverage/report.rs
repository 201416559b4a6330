//! A table and JSON.

use serde::Serialize;

use super::{Answers, Coverage};
use crate::output::style::{Style, Tone};
use crate::output::table;

/// A table of all rules, and how many of them are reached.
pub(super) fn table(coverage: &Coverage, style: Style) -> String {
    let rows: Vec<_> = coverage
        .rules
        .iter()
        .map(|(key, (place, answers))| {
            let (words, tone) = reached(*answers);
            let name = |text: &str| (text.to_owned(), Some(Tone::Name));
            let place = format!("{}:{}", place.file, place.lines.start());
            let counts = [answers.passed, answers.failed, answers.erred, answers.skipped];
            let counts = counts.map(|count| (if count == 0 { String::new() } else { count.to_string() }, None));
            let first = [name(&key.policy), name(&key.rule), (place, None), (words, Some(tone))];
            first.into_iter().chain(counts).collect()
        })
        .collect();
    let headers = ["POLICY", "RULE", "PLACE", "REACHED BY", "PASS", "FAIL", "ERROR", "SKIP"];
    let (reached, all) = coverage.counts();
    format!("{}\nCoverage: {reached} of {all} rules reached\n", table::write(&headers, &rows, style))
}

fn reached(answers: Answers) -> (String, Tone) {
    match (answers.reached(), answers.skipped) {
        (0, 0) => ("never".to_owned(), Tone::Bad),
        (0, _) => ("only skipped".to_owned(), Tone::Notice),
        (1, _) => ("1 row".to_owned(), Tone::Good),
        (rows, _) => (format!("{rows} rows"), Tone::Good),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    rules: Vec<Rule<'a>>,
    reached: usize,
    total: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    policy: &'a str,
    rule: &'a str,
    file: &'a str,
    line: u32,
    end_line: u32,
    reached: bool,
    rows: Rows,
}

#[derive(Serialize)]
struct Rows {
    pass: usize,
    fail: usize,
    error: usize,
    skip: usize,
}

/// The same for programs.
pub(super) fn json(coverage: &Coverage) -> serde_json::Result<String> {
    let rules = coverage.rules.iter().map(|(key, (place, answers))| Rule {
        policy: &key.policy,
        rule: &key.rule,
        file: &place.file,
        line: *place.lines.start(),
        end_line: *place.lines.end(),
        reached: answers.reached() > 0,
        rows: Rows { pass: answers.passed, fail: answers.failed, error: answers.erred, skip: answers.skipped },
    });
    let (reached, total) = coverage.counts();
    Ok(serde_json::to_string_pretty(&Report { rules: rules.collect(), reached, total })? + "\n")
}
