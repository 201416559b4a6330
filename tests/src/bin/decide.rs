//! How long a decision takes: bytes of a review in, a status per rule out. No network, one thread, all warm.
//!
//! `decide POLICIES REVIEW...` compiles the policies of a file or folder and prints one JSON line per review, with
//! microseconds for native code, for its projected parse alone, for the interpreter (full parse included) and, as a
//! yardstick, for `serde_json::Value` reading the same bytes. Rules that are not native are named with the reason.
#![forbid(unsafe_code)]

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dikast_compiler::codegen::Status;
use dikast_compiler::ir::{PolicyId, Program};
use dikast_grammar::SourceMap;
use dikast_runtime::data::FixedData;
use dikast_runtime::document::{Frame, Header};
use dikast_runtime::engine::{Admission, Engine, EngineChoice, World};
use dikast_runtime::native::{NativeProgram, unit_of};
use dikast_runtime::request::{Request, Surroundings};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let policies = arguments.next().ok_or("usage: decide POLICIES REVIEW...")?;
    let program = Arc::new(compile(Path::new(&policies))?);
    let native = NativeProgram::new(Arc::clone(&program));
    for review in arguments {
        measure(&program, &native, Path::new(&review))?;
    }
    Ok(())
}

fn compile(path: &Path) -> Result<Program, Box<dyn Error>> {
    let mut sources = SourceMap::new();
    let mut files = if path.is_dir() {
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?
    } else {
        vec![path.to_owned()]
    };
    files.sort();
    for file in files {
        sources.add(file.display().to_string(), std::fs::read_to_string(&file)?);
    }
    Ok(dikast_compiler::compile(&sources).program)
}

fn measure(program: &Arc<Program>, native: &NativeProgram, path: &Path) -> Result<(), Box<dyn Error>> {
    let body = std::fs::read(path)?;
    let surroundings = Surroundings::default();
    let header = Header::peek(&body)?;
    let unit = unit_of(&header, &surroundings).ok_or("the review has no operation")?;
    let start = Instant::now();
    let compiled = native.unit(&unit)?;
    let compiling = start.elapsed();
    let engine = Engine::new(Arc::clone(program)).with_choice(EngineChoice::Interpreter);
    let mut frame = Frame::default();
    let layout = &compiled.compiled().layout;
    let cells = &compiled.compiled().pool.cells;
    let reading = time(|| drop(black_box(frame.read(layout, cells, &body).map(str::len))));
    let deciding = time(|| drop(black_box(native.verdicts(&body, &surroundings, &Isolated::EPOCH))));
    let interpreting = time(|| drop(black_box(interpret(program, &engine, &body, &surroundings))));
    let parsing = time(|| drop(black_box(serde_json::from_slice::<serde_json::Value>(&body))));
    let verdicts = native.verdicts(&body, &surroundings, &Isolated::EPOCH)?.ok_or("no verdicts")?;
    let count = |wanted: Status| verdicts.statuses.iter().filter(|(_, status)| *status == wanted).count();
    let reasons: Vec<String> = compiled
        .compiled()
        .rules
        .iter()
        .filter_map(|rule| Some((program.rule(rule.rule), rule.interpreted.as_ref()?)))
        .map(|(rule, reason)| {
            let policy = program.name(program.policy(rule.policy).name);
            format!("{policy}/{}: {reason}", program.name(rule.name))
        })
        .collect();
    let report = serde_json::json!({
        "review": path.file_name().map(|name| name.to_string_lossy()),
        "bytes": body.len(),
        "unit": unit.to_string(),
        "rules": verdicts.statuses.len(),
        "pass": count(Status::Pass),
        "fail": count(Status::Fail),
        "skip": count(Status::Skip),
        "left to the interpreter": count(Status::Interpret),
        "compile_ms": millis(compiling),
        "native_us": micros(deciding),
        "projected_parse_us": micros(reading),
        "interpreter_us": micros(interpreting),
        "serde_json_value_us": micros(parsing),
        "not native": reasons,
    });
    print(&report.to_string());
    Ok(())
}

fn interpret(
    program: &Program,
    engine: &Engine,
    body: &[u8],
    surroundings: &Surroundings,
) -> Result<usize, Box<dyn Error>> {
    let review: Value = serde_json::from_slice(body)?;
    let request = Request::from_value(review.get("request").ok_or("no request")?)?;
    let admission = Admission::new(&request, surroundings);
    let data = FixedData::new();
    let world = World { data: &data, environment: &Isolated::EPOCH };
    let mut answers = 0;
    for policy in 0..program.policies.len() as u32 {
        answers += engine.validate(PolicyId(policy), &admission, world).map_or(0, |response| response.rules.len());
    }
    Ok(answers)
}

/// The least time of a call in several batches.
fn time(mut call: impl FnMut()) -> Duration {
    const BATCHES: u32 = 20;
    let start = Instant::now();
    let mut warm = 0;
    while warm < 20 || start.elapsed() < Duration::from_millis(100) {
        call();
        warm += 1;
    }
    let calls = (warm / BATCHES).max(1);
    (0..BATCHES)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| call());
            start.elapsed() / calls
        })
        .min()
        .unwrap_or_default()
}

fn micros(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e8).round() / 100.0
}

fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e5).round() / 100.0
}

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn print(line: &str) {
    println!("{line}");
}
