//! `dikast compile`

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use dikast_compiler::Unchecked;
use dikast_compiler::diagnostic::Diagnostic;
use dikast_compiler::ir::{Program, text};
use dikast_compiler::passes::{dispatch_match, optimise, sweep};
use dikast_compiler::schema::KubernetesVersion;
use dikast_compiler::unit::{Kind, Operation, Unit};
use dikast_grammar::{SourceMap, Span};
use dikast_runtime::native::NativeUnit;

use super::Exit;
use crate::checking::baseline::Baseline;
use crate::checking::form::Form;
use crate::checking::project::Project;
use crate::checking::{self, fix};
use crate::evaluation::policies::{Policies, compile_text, load_with_schemas, schemas};
use crate::input::file::STANDARD_INPUT;

/// Compile policies and report every mistake at its place
///
/// Reads policy files and folders; other documents in them are passed over and counted. Exit codes: 0 clean, 1 errors or
/// warnings were found, 2 could not run. What is only informative counts with --deny-info only.
///
/// The file dikast.toml, in the folder of the first path or above it, sets levels of findings, schemas and what is passed
/// over. A comment `# dikast: allow DK0123 why` allows a finding on its line, or in the block below it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dikast compile --check policies/
  dikast compile --check policies/ -o sarif > dikast.sarif
  dikast compile --check policies/ --fix
  dikast compile --check policies/ --baseline known.json --write-baseline
  dikast compile --check policies/ --baseline known.json
  cat policy.yaml | dikast compile --check -
  dikast compile policy.yaml --kind v1/Pod
  dikast compile policy.yaml --emit optimised-ir
  dikast compile policy.yaml --emit clif --kind apps/v1/Deployment --operation UPDATE")]
pub(crate) struct Arguments {
    /// Policy files and folders, or - for standard input
    #[arg(required = true, value_name = "POLICIES")]
    policies: Vec<PathBuf>,
    /// Only look for mistakes: say nothing when there are none
    #[arg(long, conflicts_with = "emit")]
    check: bool,
    /// CustomResourceDefinitions, in files and folders, to check policies with; those beside the policies are found anyway
    #[arg(long, value_name = "PATH")]
    crd: Vec<PathBuf>,
    /// Version of Kubernetes whose types policies are checked with, such as 1.29; the last that is known by default
    #[arg(long, value_name = "VERSION")]
    kubernetes: Option<KubernetesVersion>,
    /// Also say what was not checked
    #[arg(short, long)]
    verbose: bool,
    /// Print what came out of a stage
    #[arg(long, value_enum, value_name = "STAGE")]
    emit: Option<Stage>,
    /// Kind of a unit to generate code for, such as v1/Pod or apps/v1/Deployment
    #[arg(long, value_name = "GROUP/VERSION/KIND")]
    kind: Option<String>,
    /// Operation of that unit
    #[arg(long, default_value = "CREATE", value_name = "OPERATION")]
    operation: String,
    /// Form of the findings
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Form,
    /// Mend what can only mean one thing, in the files themselves; standard input is written to standard output
    #[arg(long, conflicts_with = "emit")]
    fix: bool,
    /// File with findings that are known; only others are reported
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings of now into the file of --baseline, and report none
    #[arg(long, requires = "baseline", conflicts_with_all = ["emit", "fix"])]
    write_baseline: bool,
    /// Let what is only informative count too
    #[arg(long)]
    deny_info: bool,
    /// Settings to use instead of the dikast.toml of the folder or of one above it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A stage whose result can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// The IR as lowered
    Ir,
    /// The IR after all passes; with --kind, what is left of it for that unit
    OptimisedIr,
    /// Which parts of a request the unit's code reads, and where they go (needs --kind)
    Layout,
    /// The unit's Cranelift functions, with comments that name policy, rule and line (needs --kind)
    Clif,
}

impl Arguments {
    /// Compiles, reports and prints.
    ///
    /// # Errors
    /// When a file cannot be read, or the named unit is none.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let project = Project::find(self.config.as_deref(), &self.policies)?;
        let definitions: Vec<_> = self.crd.iter().cloned().chain(project.crds()).collect();
        let schemas = schemas(self.kubernetes.or(project.settings.kubernetes), &definitions)?;
        let load = || load_with_schemas(&self.policies, schemas.clone(), &|file| project.excludes(file));
        let mut policies = load()?;
        let is_piped = self.policies == [PathBuf::from("-")];
        if self.fix && is_piped {
            let text = policies.sources.iter().map(|(_, file)| fix::fixed(file.text()).0).collect::<String>();
            std::io::stdout().write_all(text.as_bytes())?;
            policies = compile_text(STANDARD_INPUT, text, schemas)?;
        } else if self.fix {
            let made = fix::write_fixes(&policies.compilation.diagnostics, &policies.sources)?;
            eprintln!("{made} {} made", if made == 1 { "fix" } else { "fixes" });
            policies = load()?;
        }
        let found = std::mem::take(&mut policies.compilation.diagnostics);
        let mut found = checking::heeded(found, &policies.sources, &project);
        if let Some(file) = &self.baseline {
            if self.write_baseline {
                Baseline::write(file, &found, &policies.sources)?;
                return Ok(Exit::Clean);
            }
            found = Baseline::read(file)?.new_ones(found, &policies.sources);
        }
        let found = found.as_slice();
        let exit = if checking::count(found, self.deny_info) { Exit::Findings } else { Exit::Clean };
        if let Some(stage) = self.emit {
            self.show(found, &policies, true)?;
            let unit = self.unit()?;
            emit(stage, &policies.sources, policies.compilation.program, unit)?;
            return Ok(exit);
        }
        self.show(found, &policies, self.fix && is_piped)?;
        let counts = policies.compilation.counts;
        if self.check && counts.policies + counts.exceptions + counts.refused == 0 && found.is_empty() {
            let others = counts.passed_over;
            writeln!(
                std::io::stderr(),
                "note: there is no policy here; other documents that were passed over: {others}"
            )?;
        }
        if self.verbose {
            show_unchecked(&policies)?;
        }
        if self.output == Form::Text && !self.check && !(self.fix && is_piped) {
            self.summarise(policies)?;
        }
        Ok(exit)
    }

    fn unit(&self) -> anyhow::Result<Option<Unit>> {
        let Some(kind) = &self.kind else { return Ok(None) };
        let kind = Kind::parse(kind).with_context(|| {
            format!("`{kind}` is no kind with its version: write it like v1/Pod or apps/v1/Deployment")
        })?;
        let operation = Operation::parse(&self.operation.to_uppercase())
            .with_context(|| format!("`{}` is none of CREATE, UPDATE, DELETE, CONNECT", self.operation))?;
        Ok(Some(Unit::of_objects(kind, operation)))
    }

    /// The findings: to standard output, or beside what is printed there.
    fn show(&self, found: &[Diagnostic], policies: &Policies, aside: bool) -> anyhow::Result<()> {
        let colour = if aside { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        let colour = colour && std::env::var_os("NO_COLOR").is_none();
        let text = self.output.write(found, &policies.sources, colour);
        match aside {
            true => std::io::stderr().write_all(text.as_bytes())?,
            false => std::io::stdout().write_all(text.as_bytes())?,
        }
        Ok(())
    }

    fn summarise(&self, policies: Policies) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        let counts = policies.compilation.counts;
        let named = |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
        write!(out, "{}, {}", named(counts.policies, "policy", "policies"), named(counts.rules, "rule", "rules"))?;
        write!(out, ", {}", named(counts.exceptions, "exception", "exceptions"))?;
        if counts.global_entries > 0 {
            write!(out, ", {}", named(counts.global_entries, "global context entry", "global context entries"))?;
        }
        for (count, what) in [(counts.refused, "refused"), (counts.passed_over, "other documents passed over")] {
            if count > 0 {
                write!(out, ", {count} {what}")?;
            }
        }
        writeln!(out)?;
        let Some(unit) = self.unit()? else { return Ok(()) };
        let program = Arc::new(optimise(policies.compilation.program).0);
        let native = NativeUnit::compile(&program, &unit)?;
        let rules = &native.compiled().rules;
        let interpreted = rules.iter().filter(|rule| rule.interpreted.is_some()).count();
        writeln!(out, "{unit}: {} rules, {} of them native to the end", rules.len(), rules.len() - interpreted)?;
        for rule in rules {
            if let Some(reason) = &rule.interpreted {
                let of = program.rule(rule.rule);
                let (policy, name) = (program.name(program.policy(of.policy).name), program.name(of.name));
                writeln!(out, "  {policy}/{name} is interpreted from its body on: {reason}")?;
            }
        }
        Ok(())
    }
}

/// Which kinds no schema is known of, where they are named first.
fn show_unchecked(policies: &Policies) -> anyhow::Result<()> {
    let mut err = std::io::stderr();
    let mut told = BTreeSet::new();
    for Unchecked { span, kind } in &policies.compilation.unchecked {
        if let (true, Some(file)) = (told.insert(kind), policies.sources.get(span.file)) {
            let (name, line) = (file.name(), file.position(span.start).line);
            writeln!(err, "{name}:{line}: fields of `{kind}` are not checked: no schema says what it looks like")?;
        }
    }
    Ok(())
}

fn emit(stage: Stage, sources: &SourceMap, program: Program, unit: Option<Unit>) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let program = match stage {
        Stage::Ir => {
            out.write_all(text::print(&program).as_bytes())?;
            return Ok(());
        }
        Stage::OptimisedIr | Stage::Layout | Stage::Clif => optimise(program).0,
    };
    if stage == Stage::OptimisedIr {
        let program = unit.map_or_else(|| program.clone(), |unit| sweep(dispatch_match(&program, &unit).0));
        out.write_all(text::print(&program).as_bytes())?;
        return Ok(());
    }
    let Some(unit) = unit else { bail!("--emit layout and clif need --kind, such as --kind v1/Pod") };
    let place = |span: Span| {
        let file = sources.get(span.file);
        file.map(|file| format!("{}:{}", file.name(), file.position(span.start).line)).unwrap_or_default()
    };
    let (native, clif) = NativeUnit::explain(&Arc::new(program), &unit, &place)?;
    match stage {
        Stage::Layout => write!(out, "; {unit}\n{}", native.compiled().layout)?,
        _ => out.write_all(clif.as_bytes())?,
    }
    Ok(())
}
