//! Counters and a latency histogram in Prometheus' text format.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dikast_compiler::ir::Program;

use super::counters::Counters;
use super::rule_counters::{RuleCounters, RuleTotals};
use crate::native::Usage;

/// Upper bounds of the histogram's buckets, in microseconds.
const BUCKETS_US: [u64; 14] =
    [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_000_000, 10_000_000];

/// Everything that `/metrics` shows.
#[derive(Debug)]
pub struct Metrics {
    /// Outcomes and latencies of each phase, one row after the other.
    requests: Counters,
    rules: Arc<RuleTotals>,
    reloads: [AtomicU64; 2],
    policies: AtomicU64,
    policies_refused: AtomicU64,
    data_loads: [AtomicU64; 2],
    refused: [AtomicU64; Refused::ALL.len()],
}

/// A row of counters: outcomes, the histogram's buckets, and the sum of all latencies in microseconds.
const ROW: usize = Outcome::ALL.len() + BUCKETS_US.len() + 2;
const BUCKETS_AT: usize = Outcome::ALL.len();
const BEYOND_AT: usize = BUCKETS_AT + BUCKETS_US.len();
const SUM_AT: usize = BEYOND_AT + 1;

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Counters::new(Phase::ALL.len() * ROW),
            rules: Arc::default(),
            reloads: Default::default(),
            policies: AtomicU64::default(),
            policies_refused: AtomicU64::default(),
            data_loads: Default::default(),
            refused: Default::default(),
        }
    }
}

/// Why somebody was sent away before a review was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too many connections are open.
    Connection,
    /// Too many requests are being read or decided.
    Request,
    /// The body is too large.
    Size,
    /// The body came too slowly.
    Time,
}

impl Refused {
    const ALL: [Refused; 4] = [Refused::Connection, Refused::Request, Refused::Size, Refused::Time];

    fn label(self) -> &'static str {
        match self {
            Self::Connection => "connections",
            Self::Request => "requests",
            Self::Size => "size",
            Self::Time => "time",
        }
    }
}

/// Which webhook was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The mutating webhook.
    Mutate,
    /// The validating webhook.
    Validate,
}

impl Phase {
    const ALL: [Phase; 2] = [Phase::Mutate, Phase::Validate];

    fn label(self) -> &'static str {
        match self {
            Self::Mutate => "mutate",
            Self::Validate => "validate",
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Let through.
    Allowed,
    /// Refused by a policy.
    Denied,
    /// Could not be decided.
    Failed,
    /// Sent away because too many others were being decided.
    Shed,
}

impl Outcome {
    const ALL: [Outcome; 4] = [Outcome::Allowed, Outcome::Denied, Outcome::Failed, Outcome::Shed];

    fn label(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Shed => "shed",
        }
    }
}

impl Metrics {
    /// Counts a request, its outcome and how long it took from the last byte in to the verdict.
    pub fn request(&self, phase: Phase, outcome: Outcome, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_US.iter().position(|&bound| took_us <= bound).unwrap_or(BUCKETS_US.len());
        let (row, counters) = (phase as usize * ROW, self.requests.local());
        counters.count(row + outcome as usize);
        counters.count(row + BUCKETS_AT + bucket);
        counters.add(row + SUM_AT, took_us);
    }

    /// Counters for the rules of a program; what they counted stays when they are dropped.
    pub(super) fn rule_counters(&self, program: &Program) -> RuleCounters {
        RuleCounters::new(program, &self.rules)
    }

    /// Counts somebody that was sent away.
    pub fn refused(&self, why: Refused) {
        self.refused[why as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a reload of the policies and notes how many serve and how many were refused.
    pub fn reloaded(&self, policies: usize, refused: usize) {
        self.reloads[usize::from(refused > 0)].fetch_add(1, Ordering::Relaxed);
        self.policies.store(policies as u64, Ordering::Relaxed);
        self.policies_refused.store(refused as u64, Ordering::Relaxed);
    }

    /// Counts one piece of external data that was loaded or could not be.
    pub fn data_loaded(&self, failed: bool) {
        self.data_loads[usize::from(failed)].fetch_add(1, Ordering::Relaxed);
    }

    /// The page in Prometheus' text format, version 0.0.4; `native` is what the compiled units take up.
    pub fn page(&self, native: &Usage) -> String {
        let mut page = String::new();
        let mut family = |name: &str, kind: &str, help: &str, lines: &mut dyn FnMut(&mut String)| {
            let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
            lines(&mut page);
        };
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        family(
            "dikast_admission_requests_total",
            "counter",
            "Admission requests by webhook and outcome.",
            &mut |page| {
                for phase in Phase::ALL {
                    for outcome in Outcome::ALL {
                        let count = self.requests.read(phase as usize * ROW + outcome as usize);
                        let _ = writeln!(
                            page,
                            "dikast_admission_requests_total{{webhook=\"{}\",outcome=\"{}\"}} {count}",
                            phase.label(),
                            outcome.label()
                        );
                    }
                }
            },
        );
        family(
            "dikast_admission_duration_seconds",
            "histogram",
            "Time from the last byte of a request to its verdict.",
            &mut |page| {
                for phase in Phase::ALL {
                    self.print_latency(page, phase);
                }
            },
        );
        family("dikast_rule_results_total", "counter", "Answers of rules by status.", &mut |page| {
            self.rules.print(page);
        });
        family("dikast_policy_reloads_total", "counter", "Reloads of the policies.", &mut |page| {
            for (at, label) in ["good", "with_errors"].iter().enumerate() {
                let _ = writeln!(page, "dikast_policy_reloads_total{{result=\"{label}\"}} {}", read(&self.reloads[at]));
            }
        });
        family("dikast_policies", "gauge", "Policies that are serving.", &mut |page| {
            let _ = writeln!(page, "dikast_policies {}", read(&self.policies));
        });
        family("dikast_policies_refused", "gauge", "Policies and files with errors at the last reload.", &mut |page| {
            let _ = writeln!(page, "dikast_policies_refused {}", read(&self.policies_refused));
        });
        family("dikast_data_loads_total", "counter", "Context data loaded for requests.", &mut |page| {
            for (at, label) in ["loaded", "failed"].iter().enumerate() {
                let _ = writeln!(page, "dikast_data_loads_total{{result=\"{label}\"}} {}", read(&self.data_loads[at]));
            }
        });
        family("dikast_refused_total", "counter", "Connections and requests sent away unread.", &mut |page| {
            for why in Refused::ALL {
                let count = read(&self.refused[why as usize]);
                let _ = writeln!(page, "dikast_refused_total{{reason=\"{}\"}} {count}", why.label());
            }
        });
        let compile_seconds = native.compile_us.load(Ordering::Relaxed) as f64 / 1e6;
        let (compiled, found) = (&native.compiled, &native.found);
        for (name, kind, help, value) in [
            ("dikast_native_units", "gauge", "Compiled units in memory.", native.units.load(Ordering::Relaxed) as f64),
            (
                "dikast_native_code_bytes",
                "gauge",
                "Machine code of compiled units.",
                native.code_bytes.load(Ordering::Relaxed) as f64,
            ),
            ("dikast_native_compiled_total", "counter", "Units that were compiled.", read(compiled) as f64),
            ("dikast_native_reused_total", "counter", "Units whose code was kept over a reload.", read(found) as f64),
            ("dikast_native_compile_seconds_total", "counter", "Time spent compiling, all threads.", compile_seconds),
        ] {
            family(name, kind, help, &mut |page| {
                let _ = writeln!(page, "{name} {value}");
            });
        }
        page
    }

    fn print_latency(&self, page: &mut String, phase: Phase) {
        let (row, webhook) = (phase as usize * ROW, phase.label());
        let mut below = 0;
        for (at, bound) in BUCKETS_US.iter().enumerate() {
            below += self.requests.read(row + BUCKETS_AT + at);
            let bound = *bound as f64 / 1e6;
            let _ = writeln!(
                page,
                "dikast_admission_duration_seconds_bucket{{webhook=\"{webhook}\",le=\"{bound}\"}} {below}"
            );
        }
        let count = below + self.requests.read(row + BEYOND_AT);
        let sum = self.requests.read(row + SUM_AT) as f64 / 1e6;
        let _ = writeln!(
            page,
            "dikast_admission_duration_seconds_bucket{{webhook=\"{webhook}\",le=\"+Inf\"}} {count}\n\
             dikast_admission_duration_seconds_sum{{webhook=\"{webhook}\"}} {sum}\n\
             dikast_admission_duration_seconds_count{{webhook=\"{webhook}\"}} {count}"
        );
    }
}

/// A label value as Prometheus wants it.
pub(super) fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use dikast_compiler::compile;
    use dikast_compiler::ir::RuleId;
    use dikast_grammar::SourceMap;

    use super::*;
    use crate::engine::Status;

    #[test]
    fn the_page_has_requests_rules_and_cumulative_buckets() {
        let metrics = Metrics::default();
        metrics.request(Phase::Validate, Outcome::Denied, Duration::from_micros(60));
        metrics.request(Phase::Validate, Outcome::Allowed, Duration::from_secs(60));
        metrics.refused(Refused::Size);
        let page = metrics.page(&Usage::default());
        for line in [
            "dikast_admission_requests_total{webhook=\"validate\",outcome=\"denied\"} 1",
            "dikast_admission_duration_seconds_bucket{webhook=\"validate\",le=\"0.0001\"} 1",
            "dikast_admission_duration_seconds_bucket{webhook=\"validate\",le=\"10\"} 1",
            "dikast_admission_duration_seconds_bucket{webhook=\"validate\",le=\"+Inf\"} 2",
            "dikast_admission_duration_seconds_count{webhook=\"mutate\"} 0",
            "dikast_refused_total{reason=\"size\"} 1",
            "dikast_native_code_bytes 0",
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }

    #[test]
    fn counts_of_rules_go_on_in_the_next_program() {
        let mut sources = SourceMap::new();
        sources.add(
            "p.yaml",
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: 'a\"b'}\nspec:\n  rules:\n    - name: r\n      \
             match: {any: [{resources: {kinds: [Secret]}}]}\n      validate: {message: m, pattern: {metadata: {name: a}}}\n",
        );
        let program = compile(&sources).program;
        let metrics = Metrics::default();
        let before = metrics.rule_counters(&program);
        before.local().count(RuleId(0), Status::Fail);
        let after = metrics.rule_counters(&program);
        after.local().count(RuleId(0), Status::Fail);
        drop(before);
        after.local().count(RuleId(0), Status::Pass);
        let page = metrics.page(&Usage::default());
        for line in ["status=\"fail\"} 2", "status=\"pass\"} 1"] {
            let line = format!("dikast_rule_results_total{{policy=\"a\\\"b\",rule=\"r\",{line}");
            assert!(page.contains(&line), "{line} is not in\n{page}");
        }
        assert!(!page.contains("status=\"skip\""));
    }
}
