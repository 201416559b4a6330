//! Mutates seeds and feeds every parser, for as long as it is told to; or feeds them what is made to be slow.
//!
//! `cargo run --release -p fuzz -- --seconds 60 [TARGET]...`
//! `cargo run --release -p fuzz -- --hostile [PARSER]...`
//!
//! A stable harness: cargo-fuzz needs a nightly compiler. The seeds are the examples and hand-picked texts; mutations know
//! words, brackets, numbers and indented blocks; an input for which a parser gives something of a new shape becomes a
//! seed. A panic, or an input that takes far longer than its length explains, is written to a file beside the report and
//! fails the run. The same `--seed` gives the same inputs.
//!
//! | module | what |
//! |---|---|
//! | [`targets`] | what is fed, and what must hold |
//! | [`clock`] | time that other processes do not add to |
//! | [`mutate`] | inputs from seeds |
//! | [`tokens`] | words that mutations put in |
//! | [`novelty`] | which inputs become seeds |
//! | [`hostile`] | inputs of a megabyte that are made to be slow |
#![forbid(unsafe_code)]

mod clock;
mod hostile;
mod mutate;
mod novelty;
mod targets;
mod tokens;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use clock::Moment;
use mutate::Mutator;
use novelty::Novelty;
use targets::{TARGETS, Target};

/// Longest input.
const LENGTH_MAX: usize = 1 << 16;
/// Time that any input may take, and what each byte may add; ten times what the slowest seed needs.
const TIME_BASE: Duration = Duration::from_millis(250);
const TIME_PER_BYTE: Duration = Duration::from_micros(20);

/// Feeds mutated seeds to the parsers.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  cargo run --release -p fuzz -- --seconds 600
  cargo run --release -p fuzz -- --seconds 60 yaml policy
  cargo run --release -p fuzz -- yaml --replay target/fuzz-yaml-1.txt
  cargo run --release -p fuzz -- --hostile
  cargo run --release -p fuzz -- --hostile yaml wildcard")]
struct Arguments {
    /// Targets; all when none is named
    targets: Vec<String>,
    /// Time for each target
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Start of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where inputs that fail are written
    #[arg(long, default_value = "target", value_name = "FOLDER")]
    out: PathBuf,
    /// Run one input instead
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Time inputs of a megabyte that are made to be slow, and fail when one takes 50 ms or more
    #[arg(long)]
    hostile: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let known = match arguments.hostile {
        true => hostile::parsers(),
        false => TARGETS.iter().map(|target| target.name).collect(),
    };
    if let Some(unknown) = arguments.targets.iter().find(|name| !known.contains(&name.as_str())) {
        anyhow::bail!("no target `{unknown}`; there are {}", known.join(", "));
    }
    let is_clean = if arguments.hostile { run_hostile(&arguments)? } else { run_targets(&arguments)? };
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether no input took too long.
fn run_hostile(arguments: &Arguments) -> std::io::Result<bool> {
    let mut out = std::io::stdout();
    let (mut slow, mut rows) = (0, 0);
    let mut outcome = Ok(());
    hostile::measure(&arguments.targets, |row| {
        let mark = if row.time >= hostile::LIMIT { "  SLOW" } else { "" };
        rows += 1;
        slow += usize::from(row.time >= hostile::LIMIT);
        let milliseconds = row.time.as_secs_f64() * 1e3;
        let line = writeln!(out, "{:<10} {milliseconds:>8.1} ms  {}{mark}", row.parser, row.shape);
        outcome = std::mem::replace(&mut outcome, Ok(())).and(line);
    });
    outcome?;
    writeln!(std::io::stdout(), "{rows} inputs, {slow} slow")?;
    Ok(slow == 0)
}

/// Whether nothing was found.
fn run_targets(arguments: &Arguments) -> anyhow::Result<bool> {
    let mut out = std::io::stdout();
    let chosen = TARGETS
        .iter()
        .filter(|target| arguments.targets.is_empty() || arguments.targets.iter().any(|name| name == target.name));
    let mut finds = 0;
    for target in chosen {
        if let Some(file) = &arguments.replay {
            (target.run)(&std::fs::read(file)?, &mut Novelty::new());
            continue;
        }
        let report = fuzz(target, arguments.seed, Duration::from_secs(arguments.seconds));
        writeln!(
            out,
            "{:<10} {:>5} s {:>10} inputs, {:>5} seeds, slowest {:>6.1} ms, {} finds",
            target.name,
            arguments.seconds,
            report.inputs,
            report.seeds,
            report.slowest.as_secs_f64() * 1e3,
            report.finds.len()
        )?;
        for (number, (what, input)) in report.finds.iter().enumerate() {
            let file = arguments.out.join(format!("fuzz-{}-{number}.txt", target.name));
            std::fs::create_dir_all(&arguments.out)?;
            std::fs::write(&file, input)?;
            writeln!(out, "  {what}: {}", file.display())?;
        }
        finds += report.finds.len();
    }
    Ok(finds == 0)
}

struct Report {
    inputs: usize,
    seeds: usize,
    slowest: Duration,
    finds: Vec<(&'static str, Vec<u8>)>,
}

fn fuzz(target: &Target, seed: u64, time: Duration) -> Report {
    let mut mutator = Mutator::new(seed, targets::seeds(target), target.tokens, LENGTH_MAX);
    let mut novelty = Novelty::new();
    let mut report = Report { inputs: 0, seeds: 0, slowest: Duration::ZERO, finds: Vec::new() };
    let end = Instant::now() + time;
    while Instant::now() < end && report.finds.len() < 10 {
        let input = mutator.next_input();
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&input, &mut novelty)));
        let mut took = start.elapsed();
        report.inputs += 1;
        let limit = TIME_BASE + TIME_PER_BYTE * u32::try_from(input.len()).unwrap_or(u32::MAX);
        if outcome.is_ok() && took > limit {
            // Other processes may have taken the time.
            let start = Moment::now();
            (target.run)(&input, &mut novelty);
            took = start.elapsed();
        }
        report.slowest = report.slowest.max(took);
        let is_new = novelty.take() > 0;
        if outcome.is_err() {
            report.finds.push(("panic", input));
        } else if took > limit {
            report.finds.push(("slow", input));
        } else if is_new {
            mutator.keep(input);
        }
    }
    report.seeds = mutator.seeds();
    report
}
