//! `dikast apply`

mod evaluate;
mod show;
mod sink;
mod source;

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use dikast_stdlib::Value;
use dikast_stdlib::duration::GoDuration;

use super::foreign::OfApply;
use super::{Engine, Exit};
use crate::evaluation::count::Counts;
use crate::evaluation::live::Live;
use crate::evaluation::policies::{self, Policies};
use crate::evaluation::registry::Registry;
use crate::evaluation::{Evaluator, global};
use crate::input::bulk::{self, Numbers, Objects};
use crate::input::scope::Scopes;
use crate::input::user::User;
use crate::input::values::Values;
use crate::output::report::{self, Reports};
use crate::output::yaml;
use sink::Sink;
use source::ClusterFlags;

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
    #[arg(short, long = "resource", visible_alias = "resources", value_name = "PATH", value_delimiter = ',')]
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
    /// API group of the reports
    #[arg(long, value_enum, default_value_t, value_name = "GROUP")]
    report_group: report::Group,
    /// Format of the reports
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output_format: report::Format,
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
    /// Files and folders with custom resource definitions, which say what kinds have no namespace
    #[arg(long, visible_alias = "crd-path", value_name = "PATH", value_delimiter = ',')]
    crd_paths: Vec<PathBuf>,
    /// Which engine decides
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
    /// No colours
    #[arg(long)]
    remove_color: bool,
    /// Write an exception for each failure instead of the results
    #[arg(long, conflicts_with_all = ["policy_report", "table", "piped"])]
    generate_exceptions: bool,
    /// How long the exceptions that are written last, as a label
    #[arg(long, default_value = "720h", value_parser = GoDuration::parse, value_name = "DURATION")]
    generated_exception_ttl: GoDuration,
    #[command(flatten)]
    cluster: ClusterFlags,
    /// Ask image registries, with the logins of Docker's configuration on this machine
    #[arg(long)]
    registry: bool,
    #[command(flatten)]
    foreign: OfApply,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        self.foreign.refuse()?;
        let live = self.cluster.connect(self.registry)?;
        if self.resources.is_empty() && live.is_none() {
            bail!(
                "no objects are given: name files or folders with --resource, or - for standard input, or use --cluster"
            );
        }
        let stdin = |paths: &[PathBuf]| paths.iter().any(|path| path == Path::new("-"));
        if stdin(&self.policies) && stdin(&self.resources) {
            bail!("standard input can hold either the policies or the objects, not both");
        }
        let sink = match (&self.output, self.piped) {
            (Some(path), _) => Sink::at(path)?,
            (None, true) => Sink::Piped,
            (None, false) => Sink::Told,
        };
        let scopes = Scopes::with_definitions(&self.crd_paths)?;
        let Objects { mut objects, mut faults } = match &live {
            None => bulk::read_all(&self.resources, Numbers::Floats, &scopes),
            Some(_) => Objects::default(),
        };
        let mut policies = self.load_policies(&objects)?;
        if let Some(live) = &live {
            Objects { objects, faults } = self.objects_of(live, &policies.compilation.program)?;
        }
        let evaluator = self.evaluator(&mut policies, &mut objects, &scopes, live)?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        if self.is_told() {
            let exceptions = match policies.compilation.counts.exceptions {
                0 => String::new(),
                count => format!(" with {count} exception(s)"),
            };
            let (rules, objects) = (evaluator.rule_count(), objects.len());
            writeln!(out, "\nApplying {rules} policy rule(s) to {objects} resource(s){exceptions}...")?;
        }
        let mut counts = Counts::default();
        let mut responses = Vec::new();
        let mut in_error = BTreeSet::new();
        let mut reports =
            self.policy_report.then(|| Reports::new(self.audit_warn, self.report_group, self.output_format));
        self.evaluate(&evaluator, &objects, |mut response| {
            response.fail_without_generated();
            in_error.extend(response.rules_in_error());
            match &mut reports {
                Some(reports) => reports.take(&response, &mut out)?,
                None if self.generate_exceptions => self.write_exceptions(&response, &mut out)?,
                None => sink.take(&response, &mut out)?,
            }
            for rule in response.idle_generations() {
                writeln!(std::io::stderr(), "warning: {rule}")?;
            }
            counts.add(&response, self.audit_warn);
            if reports.is_none() && (self.table || show::is_worth_words(&response)) {
                responses.push(response);
            }
            Ok(())
        })?;
        for fault in &faults {
            writeln!(std::io::stderr(), "error: {fault}")?;
        }
        let in_error = evaluator.places_of(&in_error);
        counts.error += faults.len() + self.report_left_out(&policies, &in_error, &mut out)?;
        if let Some(reports) = reports {
            reports.finish(&mut out)?;
        } else if self.table {
            self.write_table(&responses, &mut out)?;
        } else if self.is_told() {
            self.write_failures(&responses, &mut out)?;
            let Counts { pass, fail, warn, error, skip } = counts;
            writeln!(out, "\npass: {pass}, fail: {fail}, warn: {warn}, error: {error}, skip: {skip} ")?;
        }
        let exit = self.exit(counts, &mut out)?;
        out.flush()?;
        Ok(exit)
    }

    /// Whether people read what is written.
    fn is_told(&self) -> bool {
        !self.piped && !self.policy_report && !self.generate_exceptions
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
        let (policies, exceptions) = paths.split_at(within_policies);
        Ok(policies::load_some(policies, exceptions, &given, self.exceptions_within_policies)?)
    }

    fn evaluator(
        &self,
        policies: &mut Policies,
        objects: &mut Vec<Value>,
        scopes: &Scopes,
        live: Option<Live>,
    ) -> anyhow::Result<Evaluator> {
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
        let Objects { objects: targets, faults } = bulk::read_all(&self.targets, Numbers::AsWritten, scopes);
        if let Some(fault) = faults.into_iter().next() {
            return Err(fault.into());
        }
        if self.registry {
            evaluator.data.set_registry(Registry::new()?);
        }
        if let Some(live) = live {
            evaluator.values.add_namespaces(live.namespaces());
            evaluator.data.set_live(live);
            return Ok(evaluator);
        }
        let all: Vec<Value> = objects.iter().chain(&targets).cloned().collect();
        evaluator.data.set_existing(all.clone());
        evaluator.data.set_callable(all);
        Ok(evaluator)
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
