//! `dikast apply`

mod sink;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{anyhow, bail};
use clap::ValueEnum;
use dikast_runtime::engine::{RuleKind, Status};
use dikast_stdlib::{Value, encode};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Engine, Exit};
use crate::evaluation::count::{Counts, counted};
use crate::evaluation::policies::{self, Policies};
use crate::evaluation::response::Response;
use crate::evaluation::{Evaluator, global};
use crate::input::resources::{self, ObjectKey};
use crate::input::user::User;
use crate::input::values::Values;
use crate::output::style::{Style, Tone};
use crate::output::{report, table, yaml};
use sink::Sink;

/// Objects that are evaluated by one thread at a time are not worth a progress bar.
const FEW_OBJECTS: usize = 200;

/// Apply policies to objects in files
///
/// Shows what the policies change and generate, which rules fail, and how many pass, fail, warn, end in an error or are
/// skipped.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dikast apply policies/ -r deployment.yaml
  kubectl get pods -A -o yaml | dikast apply policies/ -r -
  dikast apply policy.yaml -r pod.yaml -p > report.yaml
  dikast apply mutate.yaml -r pod.yaml -o changed/

Ends with 0 when no rule failed, with 1 when one failed or could not be evaluated, and with the number of
--warn-exit-code when there were only warnings.")]
pub(crate) struct Arguments {
    /// Policy files and folders; - for standard input
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,
    /// Objects: files, or a folder with files; - for standard input
    #[arg(
        short,
        long = "resource",
        visible_alias = "resources",
        value_name = "PATH",
        value_delimiter = ',',
        required = true
    )]
    resources: Vec<PathBuf>,
    /// Existing objects that rules with targets change
    #[arg(long = "target-resource", visible_alias = "target-resources", value_name = "PATH", value_delimiter = ',')]
    targets: Vec<PathBuf>,
    /// Write changed and generated objects to this file (.yaml) or folder
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Write changed and generated objects to standard output, and nothing else
    #[arg(short = 'i', long = "stdin", conflicts_with_all = ["output", "policy_report", "table"])]
    piped: bool,
    /// Values of variables
    #[arg(short, long, value_name = "NAME=VALUE", value_delimiter = ',')]
    set: Vec<String>,
    /// File with values of variables
    #[arg(short = 'f', long, value_name = "FILE", conflicts_with = "set")]
    values_file: Option<PathBuf>,
    /// File with the user who makes the requests
    #[arg(short, long, value_name = "FILE")]
    userinfo: Option<PathBuf>,
    /// Files with policy exceptions
    #[arg(short, long = "exception", visible_alias = "exceptions", value_name = "FILE", value_delimiter = ',')]
    exceptions: Vec<PathBuf>,
    /// Take exceptions from the files with objects instead
    #[arg(long, visible_alias = "exceptions-with-resources")]
    exceptions_within_resources: bool,
    /// Take exceptions from the files with policies too
    #[arg(long)]
    exceptions_within_policies: bool,
    /// Write policy reports
    #[arg(short, long)]
    policy_report: bool,
    /// Format of the reports
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output_format: ReportFormat,
    /// Show results as a table
    #[arg(short, long)]
    table: bool,
    /// Show in the table what the rules say
    #[arg(long)]
    detailed_results: bool,
    /// Count failures of audited policies as warnings
    #[arg(long)]
    audit_warn: bool,
    /// End with this number when there are warnings and nothing worse
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    warn_exit_code: u8,
    /// End with the number of --warn-exit-code when nothing passed, too
    #[arg(long)]
    warn_no_pass: bool,
    /// Go on with the next object when one cannot be evaluated
    #[arg(long)]
    continue_on_fail: bool,
    /// Which engine decides
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
    /// No colours
    #[arg(long)]
    remove_color: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    #[default]
    Yaml,
    Json,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let stdin = |paths: &[PathBuf]| paths.iter().any(|path| path == Path::new("-"));
        if stdin(&self.policies) && stdin(&self.resources) {
            bail!("standard input can hold either the policies or the objects, not both");
        }
        let sink = match (&self.output, self.piped) {
            (Some(path), _) => Sink::at(path)?,
            (None, true) => Sink::Piped,
            (None, false) => Sink::Told,
        };
        let mut objects = resources::read_all(&self.resources)?;
        let mut policies = self.load_policies(&objects)?;
        let evaluator = self.evaluator(&mut policies, &mut objects)?;
        let mut out = std::io::stdout().lock();
        if self.is_told() {
            let exceptions = match policies.compilation.counts.exceptions {
                0 => String::new(),
                count => format!(" with {count} exception(s)"),
            };
            let (rules, objects) = (evaluator.rule_count(), objects.len());
            writeln!(out, "\nApplying {rules} policy rule(s) to {objects} resource(s){exceptions}...")?;
        }
        let responses = self.evaluate(&evaluator, &objects)?;
        if !self.policy_report {
            for response in &responses {
                sink.take(response, &mut out)?;
            }
        }
        let mut counts = Counts::of(&responses, self.audit_warn);
        counts.error += self.report_left_out(&policies, &mut out)?;
        if self.policy_report {
            self.write_reports(&responses, &mut out)?;
        } else if self.table {
            self.write_table(&responses, &mut out)?;
        } else if !self.piped {
            self.write_failures(&responses, &mut out)?;
            let Counts { pass, fail, warn, error, skip } = counts;
            writeln!(out, "\npass: {pass}, fail: {fail}, warn: {warn}, error: {error}, skip: {skip} ")?;
        }
        self.exit(counts, &mut out)
    }

    /// Whether people read what is written.
    fn is_told(&self) -> bool {
        !self.piped && !self.policy_report
    }

    fn load_policies(&self, objects: &[Value]) -> anyhow::Result<Policies> {
        let mut paths = self.policies.clone();
        let within_policies = paths.len();
        if !self.exceptions_within_resources {
            paths.extend(self.exceptions.iter().cloned());
        }
        let given: Vec<String> = match self.exceptions_within_resources {
            true => objects.iter().filter(|object| is_exception(object)).map(yaml::write).collect(),
            false => Vec::new(),
        };
        let kept = |from_policies: bool| self.exceptions_within_policies || !from_policies;
        Ok(policies::load_some(&paths[..within_policies], &paths[within_policies..], &given, kept(true))?)
    }

    fn evaluator(&self, policies: &mut Policies, objects: &mut Vec<Value>) -> anyhow::Result<Evaluator> {
        let mut evaluator = Evaluator::new(std::mem::take(&mut policies.compilation.program), self.engine.into());
        if let Some(path) = &self.values_file {
            evaluator.values = Values::read(path)?;
        }
        evaluator.values.add_pairs(self.set.iter().map(String::as_str));
        evaluator.values.check_operation()?;
        evaluator.user = self.userinfo.as_deref().map(User::read).transpose()?;
        evaluator.words = self.policy_report || self.detailed_results;
        for (name, value) in global::take_entries(objects) {
            evaluator.data.add_global(&name, value);
        }
        let targets = resources::read_all(&self.targets)?;
        *objects = objects.iter().map(Value::to_floats).collect();
        let all: Vec<Value> = objects.iter().chain(&targets).cloned().collect();
        evaluator.data.set_existing(all.clone());
        evaluator.data.set_callable(all);
        Ok(evaluator)
    }

    /// Asks the policies about all objects, on all processors; the answers are in the order of the objects.
    fn evaluate(&self, evaluator: &Evaluator, objects: &[Value]) -> anyhow::Result<Vec<Response>> {
        let progress = match objects.len() {
            0..FEW_OBJECTS => ProgressBar::hidden(),
            // shows itself on terminals only
            count => ProgressBar::new(count as u64),
        };
        progress.set_style(
            ProgressStyle::with_template("{wide_bar} {pos} of {len} objects, {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(Vec::with_capacity(objects.len()));
        let work = || {
            while let Some((at, object)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, objects.get(at)?)))
            {
                let answer = evaluator.evaluate(object, None);
                progress.inc(1);
                answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, answer));
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(objects.len());
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        progress.finish_and_clear();
        let mut answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        answers.sort_by_key(|(at, _)| *at);
        let mut responses = Vec::new();
        for (at, answer) in answers {
            match answer {
                Ok(answer) => responses.extend(answer),
                Err(reason) => {
                    let name = ObjectKey::of(&objects[at]).path();
                    let error = format!("failed to apply policies on resource {name} ({reason})");
                    if !self.continue_on_fail {
                        bail!("{error}; --continue-on-fail goes on with the next one");
                    }
                    writeln!(std::io::stderr(), "{error}")?;
                }
            }
        }
        Ok(responses)
    }

    /// Names policies and rules that are not applied, and gives their number.
    fn report_left_out(&self, policies: &Policies, out: &mut impl Write) -> anyhow::Result<usize> {
        let errors = policies.errors();
        if !errors.is_empty() {
            let colour = Style::of_stdout(self.remove_color).is_colourful();
            std::io::stderr().write_all(policies.shown(&errors, colour).as_bytes())?;
        }
        if self.is_told() && !policies.left_out.is_empty() {
            let divider = "-".repeat(70);
            writeln!(out, "{divider}\nPolicies Skipped:")?;
            for (at, left) in policies.left_out.iter().enumerate() {
                let rule = left.rule.as_ref().map(|rule| format!(", rule {rule}")).unwrap_or_default();
                writeln!(out, "{}. {}{rule}: {}", at + 1, left.policy, left.why)?;
            }
            writeln!(out, "{divider}")?;
        }
        Ok(policies.left_out.len())
    }

    fn write_reports(&self, responses: &[Response], out: &mut impl Write) -> anyhow::Result<()> {
        for (at, report) in report::reports(responses, self.audit_warn).iter().enumerate() {
            if at > 0 {
                writeln!(out, "---")?;
            }
            match self.output_format {
                ReportFormat::Yaml => writeln!(out, "{}", yaml::write(report))?,
                ReportFormat::Json => {
                    writeln!(out, "{}", encode::to_go_json(report).map_err(|error| anyhow!("{error}"))?)?;
                }
            }
        }
        Ok(())
    }

    fn write_table(&self, responses: &[Response], out: &mut impl Write) -> anyhow::Result<()> {
        let mut headers = vec!["ID", "POLICY", "RULE", "RESOURCE", "RESULT", "REASON"];
        if self.detailed_results {
            headers.push("MESSAGE");
        }
        let mut rows = Vec::new();
        for (response, rule) in
            responses.iter().flat_map(|response| response.rules.iter().map(move |rule| (response, rule)))
        {
            let key = ObjectKey::of(&response.object);
            let resource = match key.namespace.as_str() {
                "" => format!("{}/{}", key.kind, key.name),
                namespace => format!("{namespace}/{}/{}", key.kind, key.name),
            };
            let (result, tone) = match counted(response, rule, self.audit_warn) {
                Status::Pass => ("Pass", Tone::Good),
                Status::Fail => ("Fail", Tone::Bad),
                Status::Warn => ("Warn", Tone::Notice),
                Status::Error => ("Error", Tone::Bad),
                Status::Skip => ("Skip", Tone::Name),
            };
            let name = |text: String| (text, Some(Tone::Name));
            let mut cells = vec![
                ((rows.len() + 1).to_string(), None),
                name(response.policy.full_name()),
                name(rule.name.to_string()),
                name(resource),
                (result.to_owned(), Some(tone)),
                (String::new(), None),
            ];
            if self.detailed_results {
                cells.push((rule.message.clone(), None));
            }
            rows.push(cells);
        }
        write!(out, "{}", table::write(&headers, &rows, Style::of_stdout(self.remove_color)))?;
        Ok(())
    }

    fn write_failures(&self, responses: &[Response], out: &mut impl Write) -> anyhow::Result<()> {
        for response in responses {
            let key = ObjectKey::of(&response.object);
            let object = format!("{}/{}/{}", key.namespace, key.kind, key.name);
            let policy = &response.policy.name;
            for rule in &response.rules {
                match (rule.kind, rule.status) {
                    (RuleKind::Mutation, Status::Skip) => {
                        writeln!(out, "\nskipped mutate policy {policy} -> resource {object}")?;
                    }
                    (RuleKind::Mutation, Status::Error) => writeln!(
                        out,
                        "\nerror while applying mutate policy {policy} -> resource {object} \nerror:  {}",
                        rule.message
                    )?,
                    (RuleKind::Generation, Status::Error) => writeln!(
                        out,
                        "\nerror while applying generate policy {policy} -> resource {object} \nerror: {}",
                        rule.message
                    )?,
                    _ => {}
                }
            }
            let failed: Vec<_> = response.rules.iter().filter(|rule| rule.status == Status::Fail).collect();
            if failed.is_empty() {
                continue;
            }
            let as_warning = if self.audit_warn && !response.enforced { " as audit warning" } else { "" };
            writeln!(out, "policy {policy} -> resource {object} failed{as_warning}:")?;
            for (at, rule) in failed.iter().enumerate() {
                let message = if rule.message.is_empty() { "validation failed" } else { &rule.message };
                writeln!(out, "{} - {} {message}", at + 1, rule.name)?;
            }
        }
        Ok(())
    }

    fn exit(&self, counts: Counts, out: &mut impl Write) -> anyhow::Result<Exit> {
        if counts.fail > 0 || counts.error > 0 {
            return Ok(Exit::Findings);
        }
        if counts.warn > 0 && self.warn_exit_code != 0 {
            writeln!(out, "exit as warnExitCode is {}", self.warn_exit_code)?;
            return Ok(Exit::Code(self.warn_exit_code));
        }
        if counts.pass == 0 && self.warn_no_pass {
            writeln!(out, "exit as no objects satisfied policy")?;
            return Ok(Exit::Code(self.warn_exit_code));
        }
        Ok(Exit::Clean)
    }
}

fn is_exception(object: &Value) -> bool {
    object.get("kind").and_then(Value::as_text) == Some("PolicyException")
}
