//! Native code against the interpreter on as many generated cases as are wanted.
//!
//! `differential [questions|policies] [--seed N] [--cases N]` begins at a seed, the time of day by default, and goes on
//! until that many cases were compared. It prints what they came to, and ends with the first difference and its seed.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use dikast_tests::differential::{Tally, policies, question};

/// Cases after which the count is shown.
const STEP: u64 = 100_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(difference) => {
            eprintln!("{difference}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (mut seed, mut cases) = (now.as_millis() as u64, STEP);
    let mut kinds = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().and_then(|value| value.parse().ok());
            value.ok_or_else(|| format!("{argument} wants a number"))
        };
        match &*argument {
            "--seed" => seed = number()?,
            "--cases" => cases = number()?,
            "questions" => kinds.push(("questions", question as Compare)),
            "policies" => kinds.push(("policies", policies as Compare)),
            _ => return Err("usage: differential [questions|policies] [--seed N] [--cases N]".to_owned()),
        }
    }
    if kinds.is_empty() {
        kinds = vec![("questions", question as Compare), ("policies", policies as Compare)];
    }
    for (name, compare) in kinds {
        print(format_args!("{name} from seed {seed}"));
        let mut tally = Tally::default();
        let mut shown = STEP;
        for seed in seed.. {
            if tally.cases() >= cases {
                break;
            }
            if tally.cases() >= shown {
                print(format_args!("{} cases", tally.cases()));
                shown += STEP;
            }
            compare(seed, &mut tally)?;
        }
        print(format_args!("{tally}"));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the counts are this program's output")]
fn print(line: std::fmt::Arguments<'_>) {
    println!("{line}");
}

/// Compares the engines on the cases of a seed.
type Compare = fn(u64, &mut Tally) -> Result<(), String>;
