//! Reviews under policies, decided by both engines.

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

use super::chance::Random;
use super::{ENVIRONMENT, Tally, policy};

/// Reviews of each set of policies.
const REVIEWS: usize = 12;

/// Has both engines decide some generated reviews under some generated policies.
///
/// # Errors
///
/// The policies and review on which they differ, and faults of the compiler.
pub fn policies(seed: u64, tally: &mut Tally) -> Result<(), String> {
    let mut random = Random::new(seed);
    let policies: Vec<String> = (0..3).map(|number| policy::policy(&mut random, number)).collect();
    let policies = policies.join("---\n");
    let mut sources = SourceMap::new();
    sources.add("policies.yaml", policies.as_str());
    let program = Arc::new(dikast_compiler::compile(&sources).program);
    let failed = |what: &str| format!("seed {seed}: {what}\n{policies}");
    if program.rules.is_empty() {
        return Err(failed("no rules"));
    }
    let native = NativeProgram::new(Arc::clone(&program));
    let engine = Engine::new(Arc::clone(&program)).with_choice(EngineChoice::Both);
    let surroundings = Surroundings { cluster_roles: vec!["admin".into()], ..Surroundings::default() };
    for _ in 0..REVIEWS {
        let review = policy::review(&mut random);
        let verdicts = native
            .verdicts(review.as_bytes(), &surroundings, &ENVIRONMENT)
            .map_err(|error| failed(&error.to_string()))?
            .ok_or_else(|| failed("no unit"))?;
        let interpreted = interpret(&engine, &program, &review, &surroundings).map_err(|error| failed(&error))?;
        let unit = native.unit(&policy::unit(&review)).map_err(|error| failed(&error.to_string()))?;
        for &(rule, status) in &verdicts.statuses {
            let wanted = interpreted.get(&rule).copied();
            tally.count(match wanted {
                None => "rule: no match".to_owned(),
                Some(status) => format!("rule: {status:?}").to_lowercase(),
            });
            if status == Status::Interpret {
                let of_rule = unit.compiled().rules.iter().find(|known| known.rule == rule);
                let reason = of_rule.and_then(|known| known.interpreted.as_deref());
                tally.leave(reason.unwrap_or("not decided for the review"));
            } else {
                tally.native += 1;
            }
            if !agrees(status, wanted) {
                let policy = program.name(program.policy(program.rule(rule).policy).name);
                let name = program.name(program.rule(rule).name);
                let what = format!("native {status:?}, the interpreter {wanted:?} of {policy}/{name}\n{review}");
                return Err(failed(&what));
            }
        }
        if let Some(rule) = interpreted.keys().find(|rule| verdicts.statuses.iter().all(|(known, _)| known != *rule)) {
            return Err(failed(&format!("no verdict on {rule:?}\n{review}")));
        }
    }
    Ok(())
}

fn interpret(
    engine: &Engine,
    program: &Program,
    review: &str,
    surroundings: &Surroundings,
) -> Result<BTreeMap<RuleId, engine::Status>, String> {
    let review: Value = serde_json::from_str(review).map_err(|error| error.to_string())?;
    let request = review.get("request").ok_or("a review without a request")?;
    let request = Request::from_value(request).map_err(|error| error.to_string())?;
    let admission = Admission::new(&request, surroundings);
    let data = FixedData::new();
    let world = World { data: &data, environment: &ENVIRONMENT };
    let mut statuses = BTreeMap::new();
    for policy in 0..program.policies.len() as u32 {
        let response = engine.validate(PolicyId(policy), &admission, world);
        let response = response.map_err(|_| "data is needed".to_owned())?;
        statuses.extend(response.rules.iter().map(|rule| (rule.rule, rule.status)));
    }
    Ok(statuses)
}

fn agrees(native: Status, interpreter: Option<engine::Status>) -> bool {
    match native {
        Status::NoMatch | Status::Silent => interpreter.is_none(),
        Status::Pass => interpreter == Some(engine::Status::Pass),
        Status::Skip => interpreter == Some(engine::Status::Skip),
        Status::Fail => matches!(interpreter, Some(engine::Status::Fail | engine::Status::Warn)),
        Status::Error => interpreter == Some(engine::Status::Error),
        Status::Fires | Status::Interpret => true,
    }
}
