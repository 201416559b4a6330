//! Decisions in process: from the bytes of a review to those of its answer, without HTTP and TLS.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use dikast_grammar::SourceMap;
use dikast_runtime::host::OfflineHost;
use dikast_runtime::webhook::metrics::Phase;
use dikast_runtime::webhook::policies::Loaded;
use dikast_runtime::webhook::service::{Options, Scope, Service};
use dikast_stdlib::functions::Isolated;
use rustix::time::{ClockId, clock_gettime};

use crate::Failure;
use crate::policies::{Concern, policy};
use crate::report::{Report, median};

/// A service for these policy texts, with all foreseen units compiled.
fn service(texts: impl IntoIterator<Item = String>) -> Service {
    let mut sources = SourceMap::new();
    for text in texts {
        sources.add("policy.yaml", text);
    }
    let environment = Box::new(Isolated { now_unix_ns: 1_767_225_600_000_000_000 });
    let host = Arc::new(OfflineHost::default());
    let service = Service::new(&Loaded::of(sources), host, environment, Options::default());
    while !service.is_ready() {
        std::thread::sleep(Duration::from_millis(10));
    }
    service
}

/// The texts of all policies below a folder.
fn texts(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            texts.extend(self::texts(&path)?);
        } else {
            texts.push(std::fs::read_to_string(path)?);
        }
    }
    texts.sort();
    Ok(texts)
}

/// Runs a future that never has to wait.
fn at_once<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err("a decision waits for something".into()),
    }
}

/// Processor time of this thread in nanoseconds.
fn cpu_ns() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Microseconds of processor time that a request takes, in a stretch of some milliseconds.
fn cost_us(service: &Service, phases: &[Phase], body: &[u8]) -> Result<f64, Failure> {
    let start = cpu_ns();
    let mut requests = 0;
    while requests < 20 || cpu_ns() - start < 10e6 {
        for &phase in phases {
            at_once(service.answer(phase, Scope::All, body))?;
        }
        requests += 1;
    }
    Ok((cpu_ns() - start) / 1e3 / f64::from(requests))
}

/// What policies cost that do not concern a request, and what those cost that do.
pub(crate) fn dispatch(body: &[u8], rounds: usize, report: &mut Report) -> Result<(), Failure> {
    use Concern::{Matching, OtherKind, OtherLabels, OtherNamespace};
    let many = |count, concern: fn(usize) -> Concern| {
        service((0..count).map(move |number| policy(number, concern(number), false, "not allowed")))
    };
    let few = |number| if number < 50 { Matching } else { OtherNamespace };
    let sets = [
        ("1 of another kind", many(1, |_| OtherKind)),
        ("1,000 of another kind", many(1000, |_| OtherKind)),
        ("1 of another namespace", many(1, |_| OtherNamespace)),
        ("1,000 of other namespaces", many(1000, |_| OtherNamespace)),
        ("1 of other labels", many(1, |_| OtherLabels)),
        ("1,000 of other labels", many(1000, |_| OtherLabels)),
        ("50 that match", many(50, few)),
        ("1,000, 50 of which match", many(1000, few)),
    ];
    let mut costs = vec![Vec::new(); sets.len()];
    for round in 0..=rounds {
        for ((_, service), costs) in sets.iter().zip(&mut costs) {
            let cost = cost_us(service, &[Phase::Validate], body)?;
            // The first round warms up.
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    for ((name, _), costs) in sets.iter().zip(&costs) {
        report.figure(&format!("decision, {name}"), median(costs), "µs CPU");
    }
    for (pair, bar) in [(0, 1.1), (2, 1.1), (4, 1.1), (6, 1.5)] {
        let ratios: Vec<f64> = costs[pair + 1].iter().zip(&costs[pair]).map(|(many, one)| many / one).collect();
        report.at_most(&format!("{} / {}", sets[pair + 1].0, sets[pair].0), median(&ratios), bar);
    }
    Ok(())
}

/// How Kyverno's engine does beside.
pub(crate) struct Oracle<'a> {
    /// A program with a command `bench`.
    pub(crate) program: &'a Path,
    pub(crate) rounds: usize,
}

impl Oracle<'_> {
    /// Compares the processor time of both webhooks for one request.
    pub(crate) fn compare(
        &self,
        name: &str,
        policies: &Path,
        request: &Path,
        bar: f64,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let body = std::fs::read(request)?;
        let service = service(texts(policies)?);
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=self.rounds {
            let cost = cost_us(&service, &[Phase::Mutate, Phase::Validate], &body)?;
            if round > 0 {
                ours.push(cost);
                theirs.push(self.engine_us(policies, request)?);
                ratios.push(theirs[round - 1] / cost);
            }
        }
        report.figure(&format!("{name}, both webhooks"), median(&ours), "µs CPU");
        report.figure(&format!("{name}, both webhooks in Kyverno's engine"), median(&theirs), "µs CPU");
        report.at_least(&format!("Kyverno's engine / dikast, {name}"), median(&ratios), bar);
        Ok(())
    }

    fn engine_us(&self, policies: &Path, request: &Path) -> Result<f64, Failure> {
        let mut command = Command::new(self.program);
        command.arg("bench").arg("--policies").arg(policies).arg("--requests").arg(request).args(["--n", "3"]);
        let output = String::from_utf8(command.output()?.stdout)?;
        let line = output.lines().find(|line| line.contains(" all-classic ")).ok_or("the oracle gave no figures")?;
        Ok(line.split_whitespace().nth(3).ok_or("the oracle gave no figures")?.parse::<f64>()? / 1e3)
    }
}
