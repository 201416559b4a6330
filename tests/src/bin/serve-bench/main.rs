//! The benchmark of the server: `dikast serve` beside a server that only parses and one that does nothing, in turns; what
//! policies cost that do not concern a request; memory, start and reload with a thousand policies; and Kyverno's own
//! engine beside the decision, where a program for that is given.
//!
//! ```text
//! serve-bench --dikast PROGRAM --policies FOLDER --requests FOLDER [--rounds 10] [--seconds 2] [--json FILE]
//!             [--oracle PROGRAM --all-policies FOLDER] [--only servers,dispatch,thousand,oracle]
//! ```
//!
//! `tests/benches/serve` builds everything and calls this. Requests are `pod-small-good.json`, `pod-medium-good.json` and
//! `pod-large-good.json` of the folder. Ratios are medians over rounds in which all contenders take turns.
#![forbid(unsafe_code)]

mod decisions;
mod load;
mod policies;
mod report;
mod server;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use decisions::Oracle;
use load::Load;
use report::{Report, median};
use server::Server;

/// The allocator of `dikast`, so that what is measured is what is served.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Why the benchmark could not run.
type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Options(HashMap<String, String>);

impl Options {
    fn read() -> Result<Self, Failure> {
        let mut options = HashMap::new();
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let name = name.strip_prefix("--").ok_or_else(|| format!("{name} is no option"))?.to_owned();
            let value = arguments.next().ok_or_else(|| format!("--{name} needs a value"))?;
            options.insert(name, value);
        }
        Ok(Self(options))
    }

    fn path(&self, name: &str) -> Result<&Path, Failure> {
        self.0.get(name).map(Path::new).ok_or_else(|| format!("--{name} is missing").into())
    }

    fn number(&self, name: &str, default: usize) -> Result<usize, Failure> {
        Ok(self.0.get(name).map(|text| text.parse()).transpose()?.unwrap_or(default))
    }

    fn wants(&self, part: &str) -> bool {
        self.0.get("only").is_none_or(|only| only.split(',').any(|one| one == part))
    }
}

fn main() -> Result<(), Failure> {
    // Decisions in process ask for timers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let options = Options::read()?;
    let requests = options.path("requests")?;
    let rounds = options.number("rounds", 10)?;
    let body = |name: &str| std::fs::read(requests.join(name));
    let mut report = Report::default();
    let work = Work::new()?;
    if options.wants("servers") {
        for size in ["small", "medium", "large"] {
            servers(&options, size, &body(&format!("pod-{size}-good.json"))?, rounds, &work.0, &mut report)?;
        }
    }
    if options.wants("dispatch") {
        decisions::dispatch(&body("pod-small-good.json")?, rounds, &mut report)?;
    }
    if options.wants("thousand") {
        thousand(&options, &body("pod-small-good.json")?, &work.0, &mut report)?;
    }
    if let (Ok(program), true) = (options.path("oracle"), options.wants("oracle")) {
        let request = requests.join("pod-medium-good.json");
        let oracle = Oracle { program, rounds };
        oracle.compare("Pod Security, medium Pod", options.path("policies")?, &request, 500.0, &mut report)?;
        if let Ok(all) = options.path("all-policies") {
            oracle.compare("all policies, medium Pod", all, &request, 1000.0, &mut report)?;
            let (folder, merging) = (work.0.join("merge"), all.join("mutate/add-default-securitycontext.yaml"));
            std::fs::create_dir_all(&folder)?;
            std::fs::copy(merging, folder.join("policy.yaml"))?;
            let bad = requests.join("pod-medium-bad.json");
            oracle.compare("a strategic merge that fires", &folder, &bad, 200.0, &mut report)?;
        }
    }
    let json = serde_json::to_string_pretty(&report.to_json())?;
    if let Ok(file) = options.path("json") {
        std::fs::write(file, format!("{json}\n"))?;
    }
    say(&format!("{json}\n\n{}", report.to_table()));
    Ok(())
}

/// The server with the policies beside the baselines: requests a second, processor time, and latency at half load.
fn servers(
    options: &Options,
    size: &str,
    body: &[u8],
    rounds: usize,
    work: &Path,
    report: &mut Report,
) -> Result<(), Failure> {
    let contenders = [
        Server::dikast(options.path("dikast")?, options.path("policies")?, work)?,
        Server::baseline("parse-only", work)?,
        Server::baseline("no-op", work)?,
    ];
    let lasts = Duration::from_secs(options.number("seconds", 2)? as u64);
    let load = Load { requests: Arc::new(vec![load::request("/validate", body)]), connections: 8, lasts, rate: None };
    let (mut rates, mut costs) = (vec![Vec::new(); 3], vec![Vec::new(); 3]);
    for round in 0..=rounds {
        for (at, server) in contenders.iter().enumerate() {
            let before = server.cpu_us()?;
            let outcome = load::run(&load, server.address, &server.tls)?;
            if outcome.lost > 0 {
                return Err(format!("{} requests were lost", outcome.lost).into());
            }
            if round > 0 {
                rates[at].push(outcome.rate());
                costs[at].push((server.cpu_us()? - before) / outcome.latencies_us.len() as f64);
            }
        }
    }
    for (at, name) in ["dikast serve", "parse only", "no-op"].iter().enumerate() {
        report.figure(&format!("{name}, {size} Pod"), median(&rates[at]), "requests/s");
        report.figure(&format!("{name}, {size} Pod, server"), median(&costs[at]), "µs CPU");
    }
    let ratios = |left: &[f64], right: &[f64]| -> Vec<f64> {
        left.iter().zip(right).map(|(left, right)| left / right).collect()
    };
    report.at_least(&format!("requests/s, serve / parse only, {size} Pod"), median(&ratios(&rates[0], &rates[1])), 0.8);
    report.figure(&format!("requests/s, serve / no-op, {size} Pod"), median(&ratios(&rates[0], &rates[2])), "");
    report.figure(&format!("server CPU, parse only / serve, {size} Pod"), median(&ratios(&costs[1], &costs[0])), "");
    if size == "small" {
        let half = Load { rate: Some(median(&rates[0]) / 2.0), lasts: lasts * 5, ..load };
        for (server, name) in contenders.iter().zip(["dikast serve", "parse only", "no-op"]) {
            let outcome = load::run(&half, server.address, &server.tls)?;
            let (middle, late) = (outcome.quantile_us(0.5), outcome.quantile_us(0.999));
            report.figure(&format!("{name} at half load, p50"), middle, "µs");
            report.figure(&format!("{name} at half load, p99.9"), late, "µs");
            if name == "dikast serve" {
                report.at_most("dikast serve at half load, p99.9 / p50", late / middle, 5.0);
            }
        }
        report.within("memory with the Pod Security policies under load", contenders[0].resident_mib()?, "MiB", 30.0);
    }
    Ok(())
}

/// Start, memory and reload with a thousand policies.
fn thousand(options: &Options, body: &[u8], work: &Path, report: &mut Report) -> Result<(), Failure> {
    let folder = work.join("thousand");
    policies::write_thousand(&folder, 0)?;
    let mut starts = Vec::new();
    for _ in 0..3 {
        starts.push(Server::dikast(options.path("dikast")?, &folder, work)?.ready_after.as_secs_f64());
    }
    report.within("1,000 policies, from start to ready", median(&starts), "s", 2.0);
    let server = Server::dikast(options.path("dikast")?, &folder, work)?;
    let load = Load {
        requests: Arc::new(vec![load::request("/validate", body)]),
        connections: 4,
        lasts: Duration::from_secs(10),
        rate: Some(1000.0),
    };
    let calm = load::run(&load, server.address, &server.tls)?;
    report.within("memory with 1,000 policies under load", server.resident_mib()?, "MiB", 120.0);
    let outcome = std::thread::scope(|scope| -> Result<_, Failure> {
        let writer = scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(2));
            policies::write_thousand(&folder, 1)
        });
        let outcome = load::run(&load, server.address, &server.tls)?;
        writer.join().unwrap_or_else(|_panic| Err("the writer ended".into()))?;
        Ok(outcome)
    })?;
    let late =
        |outcome: &load::Outcome| outcome.latencies_us.iter().filter(|latency| **latency > 10_000).count() as f64;
    report.figure("1,000 requests/s without a reload, later than 10 ms", late(&calm), "requests");
    report.within("during a reload of 1,000 policies, lost", outcome.lost as f64, "requests", 0.0);
    report.within("during a reload of 1,000 policies, later than 10 ms", late(&outcome), "requests", 0.0);
    report.figure("during a reload of 1,000 policies, p99.9", outcome.quantile_us(0.999), "µs");
    report.figure("during a reload of 1,000 policies, the latest", outcome.quantile_us(1.0), "µs");
    report.figure("memory after the reload", server.resident_mib()?, "MiB");
    Ok(())
}

/// A folder for files of this run; it is removed at the end.
struct Work(PathBuf);

impl Work {
    fn new() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("serve-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn say(text: &str) {
    println!("{text}");
}
