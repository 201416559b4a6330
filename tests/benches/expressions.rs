//! Native code of the commonest expressions against the `jmespath` crate and against code written by hand.
//!
//! `cargo bench -p dikast-tests --bench expressions` prints a table: once from the text of a document to the value, and
//! once with the document at hand, each in the form that suits it. The crate converts the document at hand anew for each
//! question, which its interface does on stable Rust; a third table has its time without that: it is asked a list of many
//! times the same expression, and what it needs for `@` is taken off. All are measured in turn in one run, so the ratios hold on a busy machine too. Every figure is the least of
//! several batches.
#![allow(missing_docs, clippy::print_stdout, reason = "a benchmark")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use dikast_runtime::document::Frame;
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;
use dikast_tests::expressions::{CASES, Case, DOCUMENT, Native, compiled_by_crate, crate_from_text};
use jmespath::{Rcvar, Variable};

/// Batches of each measurement.
const BATCHES: usize = 60;
/// How long a batch takes: not so long that others get the processor in each.
const BATCH: Duration = Duration::from_millis(1);

/// How often the crate is asked the same expression of a document that it converts once.
const REPEATED: usize = 500;

/// Nanoseconds of one call by native code, by the crate and by hand.
type Figures = [f64; 3];

const TABLES: [&str; 3] = [
    "from text to value",
    "with the document at hand",
    "with the document at hand, and without what the crate needs to convert it",
];

fn main() -> Result<(), String> {
    let rows = CASES.iter().map(measure).collect::<Result<Vec<_>, _>>()?;
    for (at, title) in TABLES.into_iter().enumerate() {
        println!("\n{title}, {} bytes; nanoseconds, least of {BATCHES} batches\n", DOCUMENT.len());
        println!("| expression | native | crate | by hand | crate / native | native / by hand |");
        println!("|---|---:|---:|---:|---:|---:|");
        let (mut faster, mut slower) = (1.0, 1.0);
        for (case, figures) in CASES.iter().zip(&rows) {
            let [native, by_crate, by_hand] = figures[at];
            println!(
                "| `{}` | {native:.0} | {by_crate:.0} | {by_hand:.0} | {:.1} | {:.2} |",
                case.expression.replace('|', "\\|"),
                by_crate / native,
                native / by_hand
            );
            faster *= by_crate / native;
            slower *= native / by_hand;
        }
        let mean = |product: f64| product.powf(1.0 / CASES.len() as f64);
        println!("| geometric mean | | | | {:.1} | {:.2} |", mean(faster), mean(slower));
    }
    Ok(())
}

fn measure(case: &Case) -> Result<[Figures; 3], String> {
    let native = Native::new(case.expression)?;
    let expression = compiled_by_crate(case.expression)?;
    let mut frame = Frame::default();
    let from_text = least([
        &mut || drop(black_box(native.from_text(&mut frame, black_box(DOCUMENT)))),
        &mut || drop(black_box(crate_from_text(&expression, black_box(DOCUMENT)))),
        &mut || drop(black_box((case.from_text)(black_box(DOCUMENT)))),
    ]);
    let value: Value = serde_json::from_str(DOCUMENT).map_err(|error| error.to_string())?;
    let variable = Rcvar::new(Variable::from_json(DOCUMENT)?);
    let mut read = native.question().read(&mut frame, DOCUMENT.as_bytes()).map_err(|error| error.to_string())?;
    let identity = compiled_by_crate("@")?;
    let repeated = compiled_by_crate(&format!("[{}]", [case.expression; REPEATED].join(",")))?;
    let [native_at_hand, crate_at_hand, by_hand, converting, many] = least([
        &mut || drop(black_box(read.answer(&Isolated::EPOCH))),
        &mut || drop(black_box(expression.search(black_box(&variable)))),
        &mut || drop(black_box((case.from_value)(black_box(&value)))),
        &mut || drop(black_box(identity.search(black_box(&variable)))),
        &mut || drop(black_box(repeated.search(black_box(&variable)))),
    ]);
    let asking = (many - converting) / REPEATED as f64;
    Ok([from_text, [native_at_hand, crate_at_hand, by_hand], [native_at_hand, asking, by_hand]])
}

/// The least time of a call of each in batches that take turns.
fn least<const CALLS: usize>(mut calls: [&mut dyn FnMut(); CALLS]) -> [f64; CALLS] {
    let mut figures = [f64::INFINITY; CALLS];
    let counts = calls.each_mut().map(|call| {
        let start = Instant::now();
        (0..10).for_each(|_| call());
        (10.0 * BATCH.as_secs_f64() / start.elapsed().as_secs_f64().max(1e-9)).max(1.0) as usize
    });
    for _ in 0..BATCHES {
        for ((call, count), figure) in calls.iter_mut().zip(counts).zip(&mut figures) {
            let start = Instant::now();
            (0..count).for_each(|_| call());
            *figure = figure.min(start.elapsed().as_secs_f64() * 1e9 / count as f64);
        }
    }
    figures
}
