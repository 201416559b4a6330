//! A table and JSON.

use serde::Serialize;

use super::branches::{Branch, Sort};
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
    let branches = branches(coverage, style);
    let headers = ["POLICY", "RULE", "PLACE", "REACHED BY", "PASS", "FAIL", "ERROR", "SKIP"];
    let (reached, all) = coverage.counts();
    format!("{}\n{branches}Coverage: {reached} of {all} rules reached\n", table::write(&headers, &rows, style))
}

/// The ways that no row takes in rules that rows reach.
fn branches(coverage: &Coverage, style: Style) -> String {
    let (taken, all) = coverage.ways();
    if all == 0 {
        return String::new();
    }
    let mut rows = Vec::new();
    for (key, (place, _)) in coverage.rules.iter().filter(|(_, (_, answers))| answers.reached() > 0) {
        for branch in &place.branches {
            let never = match (branch.held, branch.failed) {
                _ if branch.is_unreached() => "never asked",
                (0, _) => branch.sort.never(true),
                (_, 0) => branch.sort.never(false),
                _ => continue,
            };
            let name = |text: &str| (text.to_owned(), Some(Tone::Name));
            let place = format!("{}:{}", place.file, branch.line);
            rows.push(vec![name(&key.policy), name(&key.rule), (place, None), (never.to_owned(), Some(Tone::Notice))]);
        }
    }
    let shown = match rows.is_empty() {
        true => String::new(),
        false => table::write(&["POLICY", "RULE", "PLACE", "NOT SEEN"], &rows, style) + "\n",
    };
    format!("{shown}Branches: {taken} of {all} ways taken\n")
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
    branches: Vec<Ways>,
}

/// A branch: how many rows saw it hold, and how many saw that it does not.
#[derive(Serialize)]
struct Ways {
    line: u32,
    sort: Sort,
    held: usize,
    failed: usize,
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
        branches: (place.branches.iter())
            .map(|&Branch { line, sort, held, failed, .. }| Ways { line, sort, held, failed })
            .collect(),
    });
    let (reached, total) = coverage.counts();
    Ok(serde_json::to_string_pretty(&Report { rules: rules.collect(), reached, total })? + "\n")
}
