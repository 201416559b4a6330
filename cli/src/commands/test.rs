//! `dikast test`

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Engine, Exit};
use crate::output::style::Style;
use crate::testing::file::{self, Test};
use crate::testing::format::{self, Format};
use crate::testing::row::{Counts, Row, Verdict};
use crate::testing::selector::Selector;
use crate::testing::{check, run};

/// Run the tests of policies
///
/// Searches folders for test files (kyverno-test.yaml), applies the policies that they name to the objects that they
/// name, and compares what comes of it with what they expect.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dikast test .
  dikast test policies -t 'policy=require-labels,resource=good-*'
  dikast test policies -o junit > report.xml

Ends with 0 when everything is as expected, with 1 when it is not.")]
pub(crate) struct Arguments {
    /// Folders to search, or test files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Name of the test files
    #[arg(short, long, default_value = "kyverno-test.yaml", value_name = "NAME")]
    file_name: String,
    /// Check only these: wildcards on policy, rule and resource
    #[arg(short, long, default_value = "policy=*,rule=*,resource=*", value_name = "SELECTOR")]
    test_case_selector: String,
    /// Write results in a machine-readable format, and nothing else to standard output
    #[arg(short, long, value_name = "FORMAT")]
    output_format: Option<Format>,
    /// Show what the rules say
    #[arg(long)]
    detailed_results: bool,
    /// Show only what is not as expected
    #[arg(long)]
    fail_only: bool,
    /// Fail when there are no tests
    #[arg(long)]
    require_tests: bool,
    /// Fail when a policy of a test neither passed nor failed on any of its objects
    #[arg(long)]
    deny_vacuous: bool,
    /// Which engine decides
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
    /// No colours
    #[arg(long)]
    remove_color: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let selector = Selector::parse(&self.test_case_selector)
            .map_err(|error| anyhow::anyhow!("--test-case-selector: {error}"))?;
        let mut files = Vec::new();
        for path in &self.paths {
            find(path, &self.file_name, &mut files)?;
        }
        let mut tests = Vec::new();
        for path in &files {
            tests.extend(file::read(path)?);
        }
        let mut report = Report::new(&self);
        if tests.is_empty() {
            report.say("\nNo test yamls available\n")?;
            report.finish()?;
            return Ok(if self.require_tests { Exit::Findings } else { Exit::Clean });
        }
        for test in &tests {
            self.run_test(test, &selector, &mut report)?;
        }
        report.finish()
    }

    fn run_test(&self, test: &Test, selector: &Selector, report: &mut Report<'_>) -> anyhow::Result<()> {
        let expectations: Vec<_> =
            test.expectations.iter().filter_map(|expectation| selector.apply(expectation)).collect();
        if expectations.is_empty() {
            return Ok(());
        }
        let failed = || format!("the test {} cannot be run", test.path.display());
        report.say(&format!("Loading test  ( {} ) ...\n", test.path.display()))?;
        let prepared = run::prepare(test, self.engine.into(), self.detailed_results).with_context(failed)?;
        for key in &prepared.repeated {
            report
                .say(&format!("  warning: found duplicated resource {} {} {}\n", key.kind, key.name, key.namespace))?;
        }
        let [policies, objects, exceptions] = prepared.counts();
        report.say(&format!(
            "  Applying {policies} {} to {objects} {} with {exceptions} {} ...\n",
            plural(policies, "policy", "policies"),
            plural(objects, "resource", "resources"),
            plural(exceptions, "exception", "exceptions"),
        ))?;
        report.complain(&prepared.complaints())?;
        if test.cel_inputs {
            let path = test.path.display();
            report.complain(&format!(
                "{path}: payloads, parameters and context files are for policies in CEL, and are not read\n"
            ))?;
        }
        let outcome = prepared.run(test).with_context(failed)?;
        for error in outcome.generation_errors() {
            report.complain(&format!("{}: {error}\n", test.path.display()))?;
        }
        report.say("  Checking results ...\n")?;
        let rows = check::check(&expectations, &outcome);
        if self.deny_vacuous {
            let mut policies: Vec<&str> = rows.iter().map(|row| row.policy.as_str()).collect();
            policies.dedup();
            for policy in policies.into_iter().filter(|policy| check::is_vacuous(&rows, &outcome, policy)) {
                report.vacuous += 1;
                report.complain(&format!(
                    "{}: policy {policy} neither passed nor failed on any object: the test shows nothing about it\n",
                    test.path.display()
                ))?;
            }
        }
        report.add(rows)
    }
}

fn plural<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

/// Test files below a folder, in the order of their names; a file counts whatever its name is.
fn find(path: &Path, name: &str, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    let failed = || format!("{} cannot be searched", path.display());
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path).with_context(failed)? {
        entries.push(entry.with_context(failed)?.path());
    }
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            find(&entry, name, found)?;
        } else if entry.file_name().is_some_and(|file| file == name) {
            found.push(entry);
        }
    }
    Ok(())
}

/// What is shown of the tests.
struct Report<'a> {
    arguments: &'a Arguments,
    style: Style,
    rows: Vec<Row>,
    counts: Counts,
    vacuous: usize,
}

impl<'a> Report<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        let style = Style::of_stdout(arguments.remove_color || arguments.output_format.is_some());
        Self { arguments, style, rows: Vec::new(), counts: Counts::default(), vacuous: 0 }
    }

    /// Writes for people; nothing where a machine reads.
    fn say(&self, text: &str) -> std::io::Result<()> {
        match self.arguments.output_format {
            None => std::io::stdout().write_all(text.as_bytes()),
            Some(_) => Ok(()),
        }
    }

    fn complain(&self, text: &str) -> std::io::Result<()> {
        std::io::stderr().write_all(text.as_bytes())
    }

    fn add(&mut self, rows: Vec<Row>) -> anyhow::Result<()> {
        let counts = Counts::of(&rows);
        self.counts.passed += counts.passed;
        self.counts.failed += counts.failed;
        if !self.arguments.fail_only && self.arguments.output_format.is_none() {
            let table = format::table(&rows, self.arguments.detailed_results, self.style);
            self.say(&format!("\n{table}\n"))?;
        }
        self.rows.extend(rows);
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Exit> {
        let detailed = self.arguments.detailed_results;
        if self.arguments.fail_only {
            self.rows.retain(|row| row.verdict == Verdict::Fail);
            for (at, row) in self.rows.iter_mut().enumerate() {
                row.id = at + 1;
            }
        }
        let Counts { passed, failed } = self.counts;
        match self.arguments.output_format {
            Some(format) => std::io::stdout().write_all(format::write(&self.rows, format, detailed).as_bytes())?,
            None if self.arguments.fail_only => {
                self.say(&format!("\nTest Summary: {failed} out of {} tests failed\n\n", passed + failed))?;
                if failed > 0 {
                    let table = format::table(&self.rows, detailed, self.style);
                    self.say(&format!("Aggregated Failed Test Cases : \n{table}"))?;
                }
            }
            None => self.say(&format!("\nTest Summary: {passed} tests passed and {failed} tests failed\n\n"))?,
        }
        Ok(if failed > 0 || self.vacuous > 0 { Exit::Findings } else { Exit::Clean })
    }
}
