//! Mutates seeds and feeds every parser, for as long as it is told to.
//!
//! `cargo run --release -p fuzz -- --seconds 60 [TARGET]...`
//!
//! A stable harness: cargo-fuzz needs a nightly compiler. There is no coverage feedback; the seeds are the examples and
//! hand-picked texts, the mutations cut, repeat, swap and splice them and insert what grammars trip over. A panic, or an
//! input that takes far longer than its length explains, is written to a file beside the report and fails the run. The
//! same `--seed` gives the same inputs.
#![forbid(unsafe_code)]

mod mutate;
mod targets;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use mutate::Mutator;
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
  cargo run --release -p fuzz -- yaml --replay target/fuzz-yaml-1.txt")]
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
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut out = std::io::stdout();
    let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    if let Some(unknown) = arguments.targets.iter().find(|name| !known.contains(&name.as_str())) {
        anyhow::bail!("no target `{unknown}`; there are {}", known.join(", "));
    }
    let chosen = TARGETS
        .iter()
        .filter(|target| arguments.targets.is_empty() || arguments.targets.iter().any(|name| name == target.name));
    let mut finds = 0;
    for target in chosen {
        if let Some(file) = &arguments.replay {
            (target.run)(&std::fs::read(file)?);
            continue;
        }
        let report = fuzz(target, arguments.seed, Duration::from_secs(arguments.seconds));
        writeln!(
            out,
            "{:<12} {:>9} inputs, slowest {:>6.1} ms, {} finds",
            target.name,
            report.inputs,
            report.slowest.as_secs_f64() * 1e3,
            report.finds.len()
        )?;
        for (number, (what, input)) in report.finds.iter().enumerate() {
            let file = arguments.out.join(format!("fuzz-{}-{number}.txt", target.name));
            std::fs::write(&file, input)?;
            writeln!(out, "  {what}: {}", file.display())?;
        }
        finds += report.finds.len();
    }
    Ok(if finds == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Report {
    inputs: usize,
    slowest: Duration,
    finds: Vec<(&'static str, Vec<u8>)>,
}

fn fuzz(target: &Target, seed: u64, time: Duration) -> Report {
    let mut mutator = Mutator::new(seed, targets::seeds(target), LENGTH_MAX);
    let mut report = Report { inputs: 0, slowest: Duration::ZERO, finds: Vec::new() };
    let end = Instant::now() + time;
    while Instant::now() < end && report.finds.len() < 10 {
        let input = mutator.next_input();
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
        let took = start.elapsed();
        report.inputs += 1;
        report.slowest = report.slowest.max(took);
        let length = u32::try_from(input.len()).unwrap_or(u32::MAX);
        if outcome.is_err() {
            report.finds.push(("panic", input));
        } else if took > TIME_BASE + TIME_PER_BYTE * length {
            report.finds.push(("slow", input));
        }
    }
    report
}
