//! `dikast test`

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dikast_compiler::diagnostic::code;
use dikast_runtime::engine::trace::Recording;

use super::foreign::OfTest;
use super::{Engine, Exit};
use crate::checking;
use crate::checking::form::Form;
use crate::checking::project::Project;
use crate::fault::{self, Fault};
use crate::input::unreadable::is_remote;
use crate::output::style::Style;
use crate::parallel;
use crate::testing::coverage::destination::Destination;
use crate::testing::coverage::{self, Coverage};
use crate::testing::file::{self, Expectation, Test};
use crate::testing::format::{self, Format};
use crate::testing::row::{Counts, Row, Verdict};
use crate::testing::selector::Selector;
use crate::testing::{assertion, check, inspect, run, vacuous};

/// Run the tests of policies
///
/// Searches folders for test files (kyverno-test.yaml), applies the policies that they name to the objects that they
/// name, and compares what comes of it with what they expect.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dikast test .
  dikast test policies -t 'policy=require-labels,resource=good-*'
  dikast test policies -o junit > report.xml
  dikast test policies --check -o json
  dikast test policies --coverage
  dikast test policies --coverage=lcov:coverage.info

Ends with 0 when everything is as expected, with 1 when it is not, and with 2 when no test could be run.")]
pub(crate) struct Arguments {
    /// Folders to search, or test files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Name of the test files in folders; there has to be one then [default: kyverno-test.yaml]
    #[arg(short, long, value_name = "NAME")]
    file_name: Option<String>,
    /// Check only these: wildcards on policy, rule and resource
    #[arg(short, long, default_value = "policy=*,rule=*,resource=*", value_name = "SELECTOR")]
    test_case_selector: String,
    /// Write results in a machine-readable format, and nothing else to standard output
    #[arg(short, long, visible_alias = "output", value_name = "FORMAT")]
    output_format: Option<Format>,
    /// Look for mistakes in the test files themselves instead of running them: unknown fields, names that nothing has, files
    /// that are missing or not used, results that say nothing, repeat others or contradict them
    #[arg(long)]
    check: bool,
    /// Show what the rules say
    #[arg(long)]
    detailed_results: bool,
    /// Show only what is not as expected
    #[arg(long)]
    fail_only: bool,
    /// Fail when there are no tests, or none of their results is selected
    #[arg(long)]
    require_tests: bool,
    /// Let results fail that hold only because no rule matches their object, which is a warning otherwise
    #[arg(long)]
    deny_vacuous: bool,
    /// Show which rules the tests reach, and which ways of their conditions, alternatives and loops: a table, or a file in
    /// lcov's form or JSON; the interpreter decides then
    #[arg(
        long,
        value_name = "table|lcov:FILE|json:FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "table"
    )]
    coverage: Vec<Destination>,
    /// Which engine decides
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
    /// No colours
    #[arg(long)]
    remove_color: bool,
    /// Ask image registries, with the logins of Docker's configuration on this machine
    #[arg(long)]
    registry: bool,
    #[command(flatten)]
    foreign: OfTest,
}

/// What there is to show of a test.
#[derive(Default)]
struct Ran {
    /// For people who watch.
    said: String,
    /// For people, whatever the format of the results is.
    complaints: String,
    rows: Vec<Row>,
    /// What the rules answered that the rows are about; only for coverage.
    answers: Vec<coverage::Answer>,
    /// Whether it could not be run.
    broken: bool,
    /// Whether results of it are selected.
    selected: bool,
    /// Whether its results name what is not there.
    names_unknown: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        self.foreign.refuse()?;
        let selector = Selector::parse(&self.test_case_selector)
            .map_err(|error| anyhow::anyhow!("--test-case-selector: {error}"))?;
        let name = self.file_name.as_deref().unwrap_or("kyverno-test.yaml");
        let mut files = Vec::new();
        for path in &self.paths {
            find(path, name, &mut files)?;
        }
        if let (Some(name), [], false) = (&self.file_name, files.as_slice(), self.require_tests) {
            let message = format!("no tests found: no file is called `{name}`");
            return Err(Fault::new(code::NO_TESTS, message).into());
        }
        if self.check {
            return self.inspect(&files);
        }
        if let Some(Format::Jsonl | Format::Sarif | Format::Github) = self.output_format {
            bail!("the formats jsonl, sarif and github are for findings: use them with --check");
        }
        let mut report = Report::new(&self);
        let mut tests = Vec::new();
        for path in &files {
            match file::read(path) {
                Ok(read) => tests.extend(read),
                Err(error) => report.add(Ran::broken(&error))?,
            }
        }
        if files.is_empty() {
            report.say("\nNo test yamls available\n")?;
            report.finish()?;
            return Ok(self.without_tests(&format!("no file is called `{name}`")));
        }
        let ran = parallel::map_long(tests.len(), |at| self.run_test(&tests[at], &selector));
        let coverage = match self.coverage.is_empty() {
            true => None,
            false => Some(Coverage::of(&self.paths, &tests, ran.iter().map(|ran| ran.answers.as_slice()))?),
        };
        let nothing_selected = !ran.iter().any(|ran| ran.selected || ran.broken);
        let mut dubious: Vec<&Path> =
            tests.iter().zip(&ran).filter(|(_, ran)| ran.names_unknown).map(|(test, _)| test.path.as_path()).collect();
        dubious.dedup();
        ran.into_iter().try_for_each(|ran| report.add(ran))?;
        for file in dubious {
            std::io::stderr().write_all(inspect::unknown_names(file, colour_on_stderr())?.as_bytes())?;
        }
        let exit = match report.finish()? {
            Exit::Clean if nothing_selected => self.without_tests(&format!(
                "`{}` selects none of the results in {} test(s)",
                self.test_case_selector,
                tests.len()
            )),
            exit => exit,
        };
        if let Some(coverage) = &coverage {
            self.show(coverage)?;
        }
        Ok(exit)
    }

    /// How the command ends when there is nothing to check.
    fn without_tests(&self, why: &str) -> Exit {
        if !self.require_tests {
            return Exit::Clean;
        }
        // Standard error can be closed; the exit code tells all the same.
        let fault = Fault::new(code::NO_TESTS, format!("no tests found: {why}"));
        let _ = writeln!(std::io::stderr(), "{}", fault::line(&fault.into()));
        Exit::Findings
    }

    /// Shows what is wrong with the test files themselves.
    fn inspect(&self, files: &[PathBuf]) -> anyhow::Result<Exit> {
        let form = match self.output_format {
            None => Form::Text,
            Some(Format::Json) => Form::Json,
            Some(Format::Jsonl) => Form::Jsonl,
            Some(Format::Sarif) => Form::Sarif,
            Some(Format::Github) => Form::Github,
            Some(Format::Junit) => Form::Junit,
            Some(Format::Yaml | Format::Markdown) => bail!("findings have no form in YAML or Markdown: use json"),
        };
        let project = Project::find(None, &self.paths)?;
        let (found, sources) = inspect::inspect(files)?;
        let found = checking::heeded(found, &sources, &project);
        let colour = std::io::stdout().is_terminal() && !self.remove_color && std::env::var_os("NO_COLOR").is_none();
        std::io::stdout().write_all(form.write(&found, &sources, colour).as_bytes())?;
        Ok(if checking::count(&found, false) { Exit::Findings } else { Exit::Clean })
    }

    /// Writes the coverage; a table stands beside the results where a machine reads those.
    fn show(&self, coverage: &Coverage) -> anyhow::Result<()> {
        let style = Style::of_stdout(self.remove_color || self.output_format.is_some());
        for destination in &self.coverage {
            let Some(text) = destination.write(coverage, style)? else { continue };
            match self.output_format {
                None => std::io::stdout().write_all(text.as_bytes())?,
                Some(_) => std::io::stderr().write_all(text.as_bytes())?,
            }
        }
        Ok(())
    }

    fn run_test(&self, test: &Test, selector: &Selector) -> Ran {
        let expectations: Vec<_> =
            test.expectations.iter().filter_map(|expectation| selector.apply(expectation)).collect();
        if expectations.is_empty() && test.checks.is_empty() {
            return Ran::default();
        }
        let failed = || format!("the test {} cannot be run", test.path.display());
        self.run_selected(test, &expectations, selector)
            .with_context(failed)
            .unwrap_or_else(|error| Ran::broken(&error))
    }

    fn run_selected(&self, test: &Test, expectations: &[Expectation], selector: &Selector) -> anyhow::Result<Ran> {
        let path = test.path.display();
        let mut ran = Ran { said: format!("Loading test {} ( {path} ) ...\n", test.name), ..Ran::default() };
        let words = self.detailed_results || !test.checks.is_empty();
        // Native code does not say which way a rule went.
        let engine = if self.coverage.is_empty() { self.engine } else { Engine::Interpreter };
        let prepared = run::prepare(test, engine.into(), words, self.registry)?;
        ran.names_unknown = prepared.names_unknown(test);
        ran.said += "  Loading values/variables ...\n";
        if test.user.is_some() {
            ran.said += "  Loading user infos ...\n";
        }
        ran.said += "  Loading policies ...\n  Loading resources ...\n";
        for key in &prepared.repeated {
            ran.said += &format!("  warning: found duplicated resource {} {} {}\n", key.kind, key.name, key.namespace);
        }
        let [policies, objects, exceptions] = prepared.counts();
        ran.said += &format!(
            "  Loading exceptions ...\n  Applying {policies} {} to {objects} {} with {exceptions} {} ...\n  Checking results ...\n",
            plural(policies, "policy", "policies"),
            plural(objects, "resource", "resources"),
            plural(exceptions, "exception", "exceptions"),
        );
        for warning in &test.warnings {
            ran.complaints += &format!("{warning}\n");
        }
        if test.cel_inputs {
            ran.complaints +=
                &format!("{path}: payloads, parameters and context files are for policies in CEL, and are not read\n");
        }
        let recording = (!self.coverage.is_empty()).then(Recording::begin);
        let outcome = prepared.run(test)?;
        drop(recording);
        ran.complaints += &prepared.complaints(&outcome, colour_on_stderr());
        for error in outcome.generation_errors() {
            ran.complaints += &format!("{path}: {error}\n");
        }
        let policies = if test.checks.is_empty() { Vec::new() } else { prepared.policy_documents() };
        if !self.coverage.is_empty() {
            ran.answers = coverage::answers(expectations, &test.checks, &policies, &outcome);
        }
        ran.rows = check::check(expectations, &outcome);
        let mut vacuous = vacuous::find(expectations, &ran.rows);
        let checked = assertion::check_all(&test.checks, &policies, &outcome, selector, ran.rows.len());
        ran.rows.extend(checked.rows);
        vacuous.extend(checked.vacuous);
        ran.selected = !expectations.is_empty() || !ran.rows.is_empty();
        let severity = if self.deny_vacuous { "error" } else { "warning" };
        for vacuous in &vacuous {
            ran.complaints += &format!("{path}: {severity}: {}\n", vacuous.message);
        }
        if self.deny_vacuous {
            vacuous::deny(&vacuous, &mut ran.rows);
        }
        Ok(ran)
    }
}

impl Ran {
    fn broken(error: &anyhow::Error) -> Self {
        Self { complaints: format!("{}\n", fault::line(error)), broken: true, ..Self::default() }
    }
}

/// Whether standard error shows colours.
fn colour_on_stderr() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
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
    if is_remote(path) {
        bail!("{} is an address: clone the repository, and name its folder", path.display());
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
    broken: usize,
}

impl<'a> Report<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        let style = Style::of_stdout(arguments.remove_color || arguments.output_format.is_some());
        Self { arguments, style, rows: Vec::new(), counts: Counts::default(), broken: 0 }
    }

    /// Writes for people; nothing where a machine reads.
    fn say(&self, text: &str) -> std::io::Result<()> {
        match self.arguments.output_format {
            None => std::io::stdout().write_all(text.as_bytes()),
            Some(_) => Ok(()),
        }
    }

    fn add(&mut self, ran: Ran) -> anyhow::Result<()> {
        self.say(&ran.said)?;
        std::io::stderr().write_all(ran.complaints.as_bytes())?;
        let counts = Counts::of(&ran.rows);
        self.counts.passed += counts.passed;
        self.counts.failed += counts.failed;
        self.broken += usize::from(ran.broken);
        if !ran.rows.is_empty() && !self.arguments.fail_only && self.arguments.output_format.is_none() {
            let table = format::table(&ran.rows, self.arguments.detailed_results, self.style);
            self.say(&format!("\n{table}\n"))?;
        }
        self.rows.extend(ran.rows);
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Exit> {
        let detailed = self.arguments.detailed_results;
        if self.arguments.fail_only {
            self.rows.retain(|row| row.verdict == Verdict::Fail);
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
        if self.broken > 0 {
            let tests = plural(self.broken, "test", "tests");
            writeln!(std::io::stderr(), "{} {tests} could not be run", self.broken)?;
            if self.rows.is_empty() && failed == 0 {
                return Ok(Exit::CouldNotRun);
            }
        }
        Ok(if failed > 0 || self.broken > 0 { Exit::Findings } else { Exit::Clean })
    }
}
