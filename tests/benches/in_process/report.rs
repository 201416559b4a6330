//! What comes out: a table to read, JSON to compare.

use serde_json::{Value, json};

use crate::rounds::{Times, median};

/// All comparisons.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

struct Line {
    subject: String,
    contender: &'static str,
    against: &'static str,
    micros: f64,
    ratio: f64,
    bar: Option<Bar>,
}

/// What a ratio has to keep to.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    AtMost(f64),
    AtLeast(f64),
}

impl Bar {
    fn holds(self, ratio: f64) -> bool {
        match self {
            Bar::AtMost(bar) => ratio <= bar,
            Bar::AtLeast(bar) => ratio >= bar,
        }
    }
}

impl std::fmt::Display for Bar {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Bar::AtMost(bar) => write!(out, "≤ {bar}"),
            Bar::AtLeast(bar) => write!(out, "≥ {bar}"),
        }
    }
}

impl Report {
    /// Adds one contender against another: the median of its time divided by the other's, round by round.
    pub(crate) fn compare(&mut self, subject: &str, times: &[Times], pair: [&'static str; 2], bar: Option<Bar>) {
        let [one, other] = pair.map(|name| times.iter().find(|times| times.name == name));
        if let (Some(one), Some(other)) = (one, other) {
            let ratios = one.micros.iter().zip(&other.micros).map(|(one, other)| one / other).collect();
            self.lines.push(Line {
                subject: subject.to_owned(),
                contender: one.name,
                against: other.name,
                micros: median(one.micros.clone()),
                ratio: median(ratios),
                bar,
            });
        }
    }

    #[expect(clippy::print_stdout, reason = "the report is what this program is for")]
    pub(crate) fn print(&self) {
        println!("| request | what | µs | against | ratio | bar |\n|---|---|---:|---|---:|---|");
        for Line { subject, contender, against, micros, ratio, bar } in &self.lines {
            let missed = if bar.is_some_and(|bar| !bar.holds(*ratio)) { ", missed" } else { "" };
            let bar = bar.map(|bar| bar.to_string()).unwrap_or_default();
            println!("| {subject} | {contender} | {micros:.2} | {against} | {ratio:.2} | {bar}{missed} |");
        }
    }

    pub(crate) fn to_json(&self) -> String {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                json!({
                    "request": line.subject,
                    "what": line.contender,
                    "micros": line.micros,
                    "against": line.against,
                    "ratio": line.ratio,
                    "bar": line.bar.map(|bar| bar.to_string()),
                    "holds": line.bar.map(|bar| bar.holds(line.ratio)),
                })
            })
            .collect();
        format!("{:#}\n", Value::from(lines))
    }
}
