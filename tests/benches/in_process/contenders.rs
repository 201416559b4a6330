//! What is measured.

use std::cell::RefCell;
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;

use dikast_compiler::ir::{PolicyId, Program};
use dikast_runtime::data::FixedData;
use dikast_runtime::document::{Header, read_value};
use dikast_runtime::engine::{Admission, Engine, EngineChoice, World};
use dikast_runtime::native::{NativeProgram, Scratch, Statuses, unit_of};
use dikast_runtime::request::{Request, Surroundings};
use dikast_runtime::review;
use dikast_stdlib::functions::Isolated;
use dikast_tests::baseline;
use dikast_tests::subjects::verdict;

use crate::report::{Bar, Report};
use crate::rounds::{Contender, race};

const NATIVE: &str = "bytes to verdict";
const DENIED: &str = "bytes to verdict, denied";
const BASELINE: &str = "sonic-rs and checks by hand";
const BASELINE_DENIED: &str = "sonic-rs and checks by hand, denied";
const PROJECTION: &str = "projected parse";
const DECISION: &str = "decision on filled slots";
const DECISION_BASELINE: &str = "checks by hand on filled structs";
const SONIC: &str = "sonic-rs alone";
const SERDE: &str = "serde_json::Value";
const INTERPRETER: &str = "interpreter";
const REFUSAL: &str = "bytes to refusal with its words";
const PATCH: &str = "bytes to patch";

/// A program in all the forms that take part.
pub(crate) struct Contenders {
    program: Arc<Program>,
    native: NativeProgram,
    engine: Engine,
    interpreter: Engine,
    surroundings: Surroundings,
}

impl Contenders {
    pub(crate) fn new(program: Arc<Program>) -> Self {
        Self {
            native: NativeProgram::new(Arc::clone(&program)),
            engine: Engine::new(Arc::clone(&program)),
            interpreter: Engine::new(Arc::clone(&program)).with_choice(EngineChoice::Interpreter),
            program,
            surroundings: Surroundings::default(),
        }
    }

    pub(crate) fn native(&self) -> &NativeProgram {
        &self.native
    }

    /// Compares ways to a verdict on Pods.
    pub(crate) fn decide(
        &self,
        size: &str,
        good: &[u8],
        bad: &[u8],
        report: &mut Report,
    ) -> Result<(), Box<dyn Error>> {
        let header = Header::peek(good)?;
        let unit = self.native.unit(&unit_of(&header, &self.surroundings).ok_or("no operation")?)?;
        let scratch = RefCell::new(Scratch::default());
        let mut memory = Scratch::default();
        let mut filled = unit.read(&mut memory, good)?;
        let parsed = baseline::parse(good)?;
        let pod = baseline::Pod::of(&parsed).ok_or("no Pod")?;
        let verdict = |body| verdict(&self.native, &mut scratch.borrow_mut(), body, &self.surroundings);
        if verdict(good)? != Some(true) || verdict(bad)? != Some(false) {
            return Err("the requests are not what they are called".into());
        }
        let times = race(vec![
            Contender::new(NATIVE, || drop(black_box(verdict(black_box(good))))),
            Contender::new(BASELINE, || drop(black_box(baseline::decide(black_box(good))))),
            Contender::new(SONIC, || drop(black_box(baseline::parse(black_box(good))))),
            Contender::new(SERDE, || drop(black_box(serde_json::from_slice::<serde_json::Value>(black_box(good))))),
            Contender::new(PROJECTION, || {
                black_box(unit.read(&mut scratch.borrow_mut(), black_box(good)).is_ok());
            }),
            Contender::new(DECISION, || {
                black_box(filled.decide(&self.surroundings, &Isolated::EPOCH).statuses().count());
            }),
            Contender::new(DECISION_BASELINE, || {
                black_box(black_box(&pod).decide());
            }),
            Contender::new(INTERPRETER, || drop(black_box(self.interpret(good)))),
            Contender::new(DENIED, || drop(black_box(verdict(black_box(bad))))),
            Contender::new(BASELINE_DENIED, || drop(black_box(baseline::decide(black_box(bad))))),
            Contender::new(REFUSAL, || drop(black_box(self.refuse(bad)))),
        ]);
        let subject = format!("Pod, {size}, {} bytes", good.len());
        for (pair, bar) in [
            ([NATIVE, BASELINE], Some(Bar::AtMost(1.25))),
            ([DENIED, BASELINE_DENIED], Some(Bar::AtMost(1.25))),
            ([NATIVE, SONIC], None),
            ([NATIVE, SERDE], None),
            ([PROJECTION, SONIC], None),
            ([DECISION, DECISION_BASELINE], Some(Bar::AtMost(1.5))),
            ([INTERPRETER, NATIVE], Some(Bar::AtLeast(10.0))),
            ([REFUSAL, BASELINE_DENIED], None),
        ] {
            report.compare(&subject, &times, pair, bar);
        }
        Ok(())
    }

    /// Measures a mutation that fires.
    pub(crate) fn mutate(&self, name: &str, body: &[u8], report: &mut Report) -> Result<(), Box<dyn Error>> {
        if self.patch(body)?.len() < "[{}]".len() {
            return Err("the mutation does not fire".into());
        }
        let times = race(vec![
            Contender::new(PATCH, || drop(black_box(self.patch(black_box(body))))),
            Contender::new(SERDE, || drop(black_box(serde_json::from_slice::<serde_json::Value>(black_box(body))))),
        ]);
        report.compare(&format!("Pod, medium, {name}"), &times, [PATCH, SERDE], None);
        Ok(())
    }

    /// All rules by the interpreter, full parse included.
    fn interpret(&self, body: &[u8]) -> Result<usize, Box<dyn Error>> {
        let request = request(body)?;
        let admission = Admission::new(&request, &self.surroundings);
        let data = FixedData::new();
        let world = World { data: &data, environment: &Isolated::EPOCH };
        let policies = (0..self.program.policies.len() as u32).map(PolicyId);
        let answers = policies.map(|policy| self.interpreter.validate(policy, &admission, world));
        Ok(answers.map(|answer| answer.map_or(0, |response| response.rules.len())).sum())
    }

    /// As the validating webhook does when native code has said that something fails.
    fn refuse(&self, body: &[u8]) -> Result<String, Box<dyn Error>> {
        let verdicts = self.native.verdicts(body, &self.surroundings, &Isolated::EPOCH)?.ok_or("no verdicts")?;
        let request = request(body)?;
        let admission = Admission::new(&request, &self.surroundings).with_verdicts(&verdicts);
        let data = FixedData::new();
        let world = World { data: &data, environment: &Isolated::EPOCH };
        let answer = review::validate_admission(&self.engine, &admission, world).map_err(|_| "needs data")?;
        Ok(answer.message)
    }

    /// As the mutating webhook does when native code has said that a rule fires.
    fn patch(&self, body: &[u8]) -> Result<String, Box<dyn Error>> {
        let verdicts = self.native.verdicts(body, &self.surroundings, &Isolated::EPOCH)?.ok_or("no verdicts")?;
        let request = request(body)?;
        let admission = Admission::new(&request, &self.surroundings).with_verdicts(&verdicts);
        let data = FixedData::new();
        let world = World { data: &data, environment: &Isolated::EPOCH };
        let answer = review::mutate_admission(&self.engine, admission, world).map_err(|_| "needs data")?;
        Ok(serde_json::to_string(&answer.patch)?)
    }
}

fn request(body: &[u8]) -> Result<Request, Box<dyn Error>> {
    let review = read_value(body)?;
    Ok(Request::from_value(review.get("request").ok_or("no request")?)?)
}
