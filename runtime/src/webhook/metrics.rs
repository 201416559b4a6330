//! Counters and a latency histogram in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::engine::Status;

/// Upper bounds of the histogram's buckets, in microseconds.
const BUCKETS_US: [u64; 14] =
    [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_000_000, 10_000_000];

/// All statuses in the order of their counters.
const STATUSES: [Status; 5] = [Status::Pass, Status::Fail, Status::Warn, Status::Error, Status::Skip];

/// The names of a policy and of a rule of it.
type RuleName = (Arc<str>, Arc<str>);

/// Everything that `/metrics` shows.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: [[AtomicU64; 3]; 2],
    latency: [Histogram; 2],
    rules: Mutex<BTreeMap<RuleName, Arc<RuleCounters>>>,
    reloads: [AtomicU64; 2],
    policies: AtomicU64,
    policies_refused: AtomicU64,
    data_loads: [AtomicU64; 2],
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
}

impl Outcome {
    const ALL: [Outcome; 3] = [Outcome::Allowed, Outcome::Denied, Outcome::Failed];

    fn label(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// The counters of one rule, one for each status.
#[derive(Debug, Default)]
pub struct RuleCounters([AtomicU64; 5]);

impl RuleCounters {
    /// Counts one answer of the rule.
    pub fn count(&self, status: Status) {
        if let Some(at) = STATUSES.iter().position(|&one| one == status) {
            self.0[at].fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[derive(Debug, Default)]
struct Histogram {
    buckets: [AtomicU64; BUCKETS_US.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl Metrics {
    /// Counts a request, its outcome and how long it took from the last byte in to the verdict.
    pub fn request(&self, phase: Phase, outcome: Outcome, took: Duration) {
        self.requests[phase as usize][outcome as usize].fetch_add(1, Ordering::Relaxed);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let histogram = &self.latency[phase as usize];
        if let Some(at) = BUCKETS_US.iter().position(|&bound| took_us <= bound) {
            histogram.buckets[at].fetch_add(1, Ordering::Relaxed);
        }
        histogram.count.fetch_add(1, Ordering::Relaxed);
        histogram.sum_us.fetch_add(took_us, Ordering::Relaxed);
    }

    /// The counters of a rule; kept by whoever counts often, so that counting takes no lock.
    pub fn rule(&self, policy: &Arc<str>, rule: &Arc<str>) -> Arc<RuleCounters> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rules.entry((Arc::clone(policy), Arc::clone(rule))).or_default())
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

    /// The page in Prometheus' text format, version 0.0.4.
    pub fn page(&self) -> String {
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
                        let count = read(&self.requests[phase as usize][outcome as usize]);
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
                    self.latency[phase as usize].print(page, phase.label());
                }
            },
        );
        family("dikast_rule_results_total", "counter", "Answers of rules by status.", &mut |page| {
            let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
            for ((policy, rule), counters) in rules.iter() {
                for (at, status) in STATUSES.iter().enumerate() {
                    let _ = writeln!(
                        page,
                        "dikast_rule_results_total{{policy=\"{}\",rule=\"{}\",status=\"{}\"}} {}",
                        escape(policy),
                        escape(rule),
                        status.as_str(),
                        read(&counters.0[at])
                    );
                }
            }
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
        page
    }
}

impl Histogram {
    fn print(&self, page: &mut String, webhook: &str) {
        let mut below = 0;
        for (bound, bucket) in BUCKETS_US.iter().zip(&self.buckets) {
            below += bucket.load(Ordering::Relaxed);
            let bound = *bound as f64 / 1e6;
            let _ = writeln!(
                page,
                "dikast_admission_duration_seconds_bucket{{webhook=\"{webhook}\",le=\"{bound}\"}} {below}"
            );
        }
        let count = self.count.load(Ordering::Relaxed);
        let sum = self.sum_us.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(
            page,
            "dikast_admission_duration_seconds_bucket{{webhook=\"{webhook}\",le=\"+Inf\"}} {count}\n\
             dikast_admission_duration_seconds_sum{{webhook=\"{webhook}\"}} {sum}\n\
             dikast_admission_duration_seconds_count{{webhook=\"{webhook}\"}} {count}"
        );
    }
}

/// A label value as Prometheus wants it.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_requests_rules_and_cumulative_buckets() {
        let metrics = Metrics::default();
        metrics.request(Phase::Validate, Outcome::Denied, Duration::from_micros(60));
        metrics.request(Phase::Validate, Outcome::Allowed, Duration::from_secs(60));
        metrics.rule(&"a\"b".into(), &"r".into()).count(Status::Fail);
        let page = metrics.page();
        for line in [
            "dikast_admission_requests_total{webhook=\"validate\",outcome=\"denied\"} 1",
            "dikast_admission_duration_seconds_bucket{webhook=\"validate\",le=\"0.0001\"} 1",
            "dikast_admission_duration_seconds_bucket{webhook=\"validate\",le=\"10\"} 1",
            "dikast_admission_duration_seconds_bucket{webhook=\"validate\",le=\"+Inf\"} 2",
            "dikast_rule_results_total{policy=\"a\\\"b\",rule=\"r\",status=\"fail\"} 1",
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }
}
