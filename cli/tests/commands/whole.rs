//! `dikast test` on a test that uses every field.

use std::path::PathBuf;

use super::testing::full_rows;
use super::{dikast, give};

/// The rows as policy, rule, object, result and reason. Those of Kyverno 1.19.1, but for the rows about the deletion, before
/// which Kyverno loses the object as soon as one policy mutates.
const ROWS: &str = include_str!("whole/rows.txt");

fn folder() -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/commands/whole").display().to_string()
}

fn expected(keep: impl Fn(&str) -> bool) -> Vec<&'static str> {
    ROWS.lines().filter(|row| keep(row)).collect()
}

#[test]
fn every_field_counts_on_both_engines() {
    for engine in ["interpreter", "native", "both"] {
        let out = give(1, &["test", &folder(), "-o", "json", "--engine", engine]);
        assert_eq!(full_rows(&out), expected(|_| true), "{engine}");
    }
}

#[test]
fn rows_are_selected_and_failures_picked_out() {
    let rows = |flags: &[&str]| full_rows(&give(1, &[&["test", &folder(), "-o", "json"], flags].concat()));
    assert_eq!(rows(&["--fail-only"]), expected(|row| row.contains(" | Fail | ")));
    assert_eq!(rows(&["-t", "policy=stamp"]), expected(|row| row.starts_with("stamp | ")));
    let out = give(0, &["test", &folder(), "-o", "json", "-t", "rule=has-*"]);
    // a result without a rule is selected with every rule
    let owners = |row: &str| row.contains("has-owner | ") && !row.contains("/front") || row.starts_with("small | ");
    assert_eq!(full_rows(&out), expected(owners));
}

#[test]
fn every_format_has_every_row() {
    let rows = ROWS.lines().count();
    let failures = expected(|row| row.contains(" | Fail | ")).len();
    let out = |format: &str| give(1, &["test", &folder(), "-o", format]);
    let yaml: Vec<serde_yaml::Value> = serde_yaml::from_str(&out("yaml")).unwrap();
    assert_eq!(yaml.len(), rows);
    assert_eq!(out("markdown").lines().count(), rows + 2);
    let junit = out("junit");
    assert_eq!((junit.matches("<testcase ").count(), junit.matches("<failure ").count()), (rows, failures));
    let text = give(1, &["test", &folder()]);
    assert!(text.contains(&format!("{} tests passed and {failures} tests failed", rows - failures)), "{text}");
}

#[test]
fn results_that_nothing_answers_are_told() {
    let out = give(1, &["test", &folder(), "-o", "json", "--deny-vacuous"]);
    let denied = full_rows(&out).iter().filter(|row| row.ends_with(" | Fail | vacuous")).count();
    assert_eq!(denied, expected(|row| row.ends_with(" | Excluded")).len());
}

#[test]
fn the_old_form_gives_rows_too() {
    let output = dikast(&["test", &folder(), "-f", "old-form.yaml", "-o", "json"]);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let row = |object: &str| format!("owned | has-owner | v1/Pod/{object}/web | Pass | Ok");
    assert_eq!((output.status.code(), full_rows(&out)), (Some(0), vec![row("shop"), row("bank")]));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the old form of tests"));
}
