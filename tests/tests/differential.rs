//! Native code against the interpreter, on random policies and random requests.
//!
//! The policies are made of the forms that native code knows and of some that it does not; the requests use the same
//! few member names, so that rules match, pass, fail and skip in turn. Every run is repeatable: `DIFFERENTIAL_SEED`
//! and `DIFFERENTIAL_CASES` say where to begin and how much to try.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

#[path = "differential/generate.rs"]
mod generate;

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_compiler::codegen::Status;
use dikast_compiler::ir::{PolicyId, Program, RuleId};
use dikast_grammar::SourceMap;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::{self, Admission, Engine, EngineChoice, World};
use dikast_runtime::native::NativeProgram;
use dikast_runtime::request::{Request, Surroundings};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;

use generate::Random;

struct Nowhere;

impl Environment for Nowhere {
    fn now_unix_ns(&self) -> i128 {
        0
    }

    fn random_below(&self, _: u64) -> u64 {
        0
    }

    fn resolve_host(&self, _: &str) -> Result<Vec<std::net::IpAddr>, String> {
        Err("no network".into())
    }
}

/// What the cases came to.
#[derive(Debug, Default)]
struct Tally {
    /// Verdicts by status; those of rules that the interpreter must run are under `Interpret`.
    statuses: BTreeMap<String, usize>,
    /// Why rules were not native.
    reasons: BTreeMap<String, usize>,
}

#[test]
fn native_code_agrees_with_the_interpreter() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (seed, cases) = (number("DIFFERENTIAL_SEED", 1), number("DIFFERENTIAL_CASES", 40));
    let mut tally = Tally::default();
    for case in seed..seed + cases {
        run(case, &mut tally);
    }
    if std::env::var_os("DIFFERENTIAL_TALLY").is_some() {
        eprintln!("{tally:#?}");
    }
    let all: usize = tally.statuses.values().sum();
    let of = |status: Status| tally.statuses.get(&format!("{status:?}")).copied().unwrap_or_default();
    for status in [Status::NoMatch, Status::Pass, Status::Fail, Status::Skip, Status::Error] {
        assert!(of(status) > 0, "no case came to {status:?}: {tally:#?}");
    }
    assert!(of(Status::Interpret) * 2 < all, "most verdicts were left to the interpreter: {tally:#?}");
}

fn run(seed: u64, tally: &mut Tally) {
    let mut random = Random::new(seed);
    let policies: Vec<String> = (0..3).map(|number| generate::policy(&mut random, number)).collect();
    let policies = policies.join("---\n");
    let program = compile(&policies);
    let native = NativeProgram::new(Arc::clone(&program));
    let engine = Engine::new(Arc::clone(&program)).with_choice(EngineChoice::Both);
    let surroundings = Surroundings { cluster_roles: vec!["admin".into()], ..Surroundings::default() };
    for _ in 0..12 {
        let review = generate::review(&mut random);
        let verdicts = native.verdicts(review.as_bytes(), &surroundings, &Nowhere).unwrap().unwrap();
        for (_, status) in &verdicts.statuses {
            *tally.statuses.entry(format!("{status:?}")).or_default() += 1;
        }
        let interpreted = interpret(&engine, &program, &review, &surroundings);
        for &(rule, status) in &verdicts.statuses {
            let wanted = interpreted.get(&rule).copied();
            assert!(
                agrees(status, wanted),
                "seed {seed}: {status:?} but the interpreter says {wanted:?} of {}/{}\n{review}\n{policies}",
                program.name(program.policy(program.rule(rule).policy).name),
                program.name(program.rule(rule).name)
            );
        }
        let missing = interpreted.keys().find(|rule| !verdicts.statuses.iter().any(|(known, _)| known == *rule));
        assert!(missing.is_none(), "seed {seed}: no verdict on {missing:?}\n{review}\n{policies}");
        let unit = native.unit(&generate::unit(&review)).unwrap();
        for reason in unit.compiled().rules.iter().filter_map(|rule| rule.interpreted.as_ref()) {
            *tally.reasons.entry(reason.clone()).or_default() += 1;
        }
    }
}

fn compile(policies: &str) -> Arc<Program> {
    let mut sources = SourceMap::new();
    sources.add("policies.yaml", policies);
    let program = dikast_compiler::compile(&sources).program;
    assert!(!program.rules.is_empty(), "{policies}");
    Arc::new(program)
}

fn interpret(
    engine: &Engine,
    program: &Program,
    review: &str,
    surroundings: &Surroundings,
) -> BTreeMap<RuleId, engine::Status> {
    let review: Value = serde_json::from_str(review).unwrap();
    let request = Request::from_value(review.get("request").unwrap()).unwrap();
    let admission = Admission::new(&request, surroundings);
    let data = FixedData::new();
    let world = World { data: &data, environment: &Nowhere };
    (0..program.policies.len() as u32)
        .flat_map(|policy| engine.validate(PolicyId(policy), &admission, world).unwrap().rules)
        .map(|rule| (rule.rule, rule.status))
        .collect()
}

fn agrees(native: Status, interpreter: Option<engine::Status>) -> bool {
    match native {
        Status::NoMatch | Status::Silent => interpreter.is_none(),
        Status::Pass => interpreter == Some(engine::Status::Pass),
        Status::Skip => interpreter == Some(engine::Status::Skip),
        Status::Fail => interpreter == Some(engine::Status::Fail),
        Status::Error => interpreter == Some(engine::Status::Error),
        Status::Fires | Status::Interpret => true,
    }
}
