//! The rule pipeline of Kyverno's engine: match, context, preconditions, exceptions, body, message
//! (Kyverno `pkg/engine/engine.go`).
//!
//! Everything here is a pure function of the program, the request and the data that the host has loaded.
//!
//! | module | what |
//! |---|---|
//! | `admission` | a request on its way through policies |
//! | `gate` | what stops a policy before its rules are looked at |
//! | `matching` | match and exclude blocks |
//! | `rule` | the steps that all rules have in common |
//! | `conditions` | preconditions and deny conditions |
//! | `exceptions` | policy exceptions |
//! | `validate`, `mutate`, `generate` | what rules do |
//! | [`trace`] | which ways rules went, where somebody asks |
//! | `turns` | the lists that loops walk over |
//! | `verdict` | what native code says beforehand |
//! | `response` | what comes out |

mod admission;
mod conditions;
mod exceptions;
mod gate;
mod generate;
mod matching;
mod mutate;
pub(crate) mod object;
mod response;
mod rule;
pub mod trace;
mod turns;
mod validate;
mod verdict;

pub use admission::Admission;
pub use response::{
    Control, Disagreement, NeedsData, PodSecurityFindings, PolicyResponse, RuleKind, RuleResponse, Status,
};

pub use verdict::{EngineChoice, Verdict, Verdicts};

pub(crate) use matching::selects;

use std::cell::Cell;
use std::sync::Arc;

use dikast_compiler::ir::{Body, Policy, PolicyId, Program, Rule, RuleId};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;

use crate::data::{DataKey, DataSource};
use crate::interpreter::{Budget, Interpreter, QueryCache};
use crate::request::Surroundings;
use generate::Downstream;
use rule::{Phase, RuleRun};

/// What an evaluation may know beside policies and request.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// External data.
    pub data: &'a dyn DataSource,
    /// Time, chance and name lookups.
    pub environment: &'a dyn Environment,
}

/// Runs the policies of a program: with the interpreter, which passes over what native code has decided.
#[derive(Debug)]
pub struct Engine {
    program: Arc<Program>,
    queries: QueryCache,
    choice: EngineChoice,
    failure_ignore: Option<bool>,
}

impl Engine {
    /// An engine for the policies of a program.
    pub fn new(program: Arc<Program>) -> Self {
        Self { program, queries: QueryCache::default(), choice: EngineChoice::default(), failure_ignore: None }
    }

    /// The same engine, deciding in another way.
    #[must_use]
    pub fn with_choice(self, choice: EngineChoice) -> Self {
        Self { choice, ..self }
    }

    /// The same engine, for admission by the policies of one failure policy only: `Ignore` or else `Fail`.
    #[must_use]
    pub fn for_failure_policy(self, ignore: bool) -> Self {
        Self { failure_ignore: Some(ignore), ..self }
    }

    /// The program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Whether a policy takes part in the admission that this engine is for.
    pub(crate) fn admits(&self, policy: &Policy) -> bool {
        policy.admission && self.failure_ignore.is_none_or(|ignore| ignore == policy.failure_ignore)
    }

    /// Asks the validate rules of a policy.
    ///
    /// # Errors
    ///
    /// When external data is not there yet.
    pub fn validate(
        &self,
        policy: PolicyId,
        admission: &Admission<'_>,
        world: World<'_>,
    ) -> Result<PolicyResponse, NeedsData> {
        self.run(policy, Phase::Validate, admission, world)
    }

    /// Applies the mutate rules of a policy, each to what the ones before it made of the object. The caller puts the
    /// result into the admission.
    ///
    /// # Errors
    ///
    /// When external data is not there yet.
    pub fn mutate(
        &self,
        policy: PolicyId,
        admission: &Admission<'_>,
        world: World<'_>,
    ) -> Result<PolicyResponse, NeedsData> {
        self.run(policy, Phase::Mutate, admission, world)
    }

    /// Asks which generate rules of a policy apply, and makes what they generate. Rules that change existing objects are
    /// asked whether they apply, no more. Nothing is created: the objects stand in the responses.
    ///
    /// # Errors
    ///
    /// When external data is not there yet.
    pub fn generate(
        &self,
        policy: PolicyId,
        admission: &Admission<'_>,
        world: World<'_>,
    ) -> Result<PolicyResponse, NeedsData> {
        self.run(policy, Phase::Generate, admission, world)
    }

    /// What a policy says when native code has decided all its rules and none of them needs words; nothing when the
    /// policy has to be run. That saves the context of a request that every rule lets pass.
    pub fn settled(
        &self,
        policy: PolicyId,
        sort: RuleKind,
        kind: &str,
        surroundings: &Surroundings,
        verdicts: &dyn Verdicts,
    ) -> Option<PolicyResponse> {
        // What else may stop a policy is for the pipeline.
        let is_plain =
            self.program.policy(policy).namespace.is_none() && surroundings.configuration.resource_filters.is_empty();
        if is_plain { self.quiet_answer(policy, sort, kind, verdicts) } else { None }
    }

    /// What a policy that may look at the object says when none of its rules needs words.
    fn quiet_answer(
        &self,
        policy: PolicyId,
        sort: RuleKind,
        kind: &str,
        verdicts: &dyn Verdicts,
    ) -> Option<PolicyResponse> {
        let of = self.program.policy(policy);
        if self.choice != EngineChoice::Native || matches!(sort, RuleKind::Generation | RuleKind::Cleanup) {
            return None;
        }
        let mut rules = Vec::new();
        for id in (of.rules.0..of.rules.1).map(RuleId) {
            let rule = self.program.rule(id);
            let concerns_others = matches!(&rule.body, Body::Mutate(body) if !body.targets.is_empty());
            if RuleKind::of(&rule.body) != sort
                || sort == RuleKind::Validation && !rule.counts_for_kind(&self.program, kind)
            {
                continue;
            }
            match verdicts.verdict(id) {
                _ if concerns_others => return None,
                Verdict::NoMatch | Verdict::Silent => {}
                Verdict::Pass => {
                    rules.push(self.quiet(id, rule, Status::Pass));
                    if of.apply_one {
                        break;
                    }
                }
                Verdict::Skip => rules.push(self.quiet(id, rule, Status::Skip)),
                Verdict::Fail | Verdict::Error | Verdict::Fires | Verdict::Interpret => return None,
            }
        }
        Some(PolicyResponse { policy, rules, patched: None, disagreements: Vec::new() })
    }

    fn quiet(&self, id: RuleId, rule: &Rule, status: Status) -> RuleResponse {
        RuleResponse::new(id, rule, Arc::clone(self.program.name(rule.name)), status, String::new())
    }

    /// Asks whether a cleanup policy deletes the object once its schedule comes round: pass means that it does.
    ///
    /// # Errors
    ///
    /// When external data is not there yet.
    pub fn clean_up(
        &self,
        policy: PolicyId,
        admission: &Admission<'_>,
        world: World<'_>,
    ) -> Result<PolicyResponse, NeedsData> {
        self.run(policy, Phase::Cleanup, admission, world)
    }

    fn run(
        &self,
        id: PolicyId,
        phase: Phase,
        admission: &Admission<'_>,
        world: World<'_>,
    ) -> Result<PolicyResponse, NeedsData> {
        let policy = self.program.policy(id);
        let mut response = PolicyResponse { policy: id, rules: Vec::new(), patched: None, disagreements: Vec::new() };
        let objects = [&admission.object, &admission.old_object];
        let configuration = &admission.surroundings.configuration;
        if !gate::admits(&self.program, policy, configuration, &admission.kind, &admission.subresource, objects) {
            return Ok(response);
        }
        let sort = match phase {
            Phase::Mutate => RuleKind::Mutation,
            Phase::Validate => RuleKind::Validation,
            Phase::Generate => RuleKind::Generation,
            Phase::Cleanup => RuleKind::Cleanup,
        };
        let quiet = |verdicts| self.quiet_answer(id, sort, &admission.kind.kind, verdicts);
        if let Some(answer) = admission.verdicts.and_then(quiet) {
            return Ok(answer);
        }
        let context = &admission.context;
        context.set_policy_namespace(policy.namespace.map(|name| Arc::clone(self.program.name(name))));
        context.checkpoint();
        let outcome = self.run_rules(policy, phase, admission, world, &mut response);
        context.restore(&self.interpreter(admission, world, &Budget::default()));
        outcome.map(|()| response)
    }

    /// Runs the rules of a policy. When one needs data the ones after it still run, so that the host hears of all that is
    /// needed at once.
    fn run_rules(
        &self,
        policy: &Policy,
        phase: Phase,
        admission: &Admission<'_>,
        world: World<'_>,
        response: &mut PolicyResponse,
    ) -> Result<(), NeedsData> {
        let mut object = admission.object.clone();
        let mut needed: Vec<DataKey> = Vec::new();
        let mut downstream = Downstream::default();
        let object_is_left = Cell::new(false);
        for id in (policy.rules.0..policy.rules.1).map(RuleId) {
            let rule = self.program.rule(id);
            if phase == Phase::Validate && !rule.counts_for_kind(&self.program, &admission.kind.kind) {
                continue;
            }
            let verdict = self.verdict(admission, id, phase).filter(|_| object.is_same(&admission.object));
            let budget = Budget::default();
            let interpreter = self.interpreter(admission, world, &budget);
            let run = RuleRun { policy, id, rule, phase, admission, interpreter, object_is_left: &object_is_left };
            let outcome = match verdict {
                // Native code knows nothing of old objects and of what exists.
                _ if phase == Phase::Generate => {
                    let rule = generate::run(&run, &object, &mut downstream);
                    rule.map(|rule| (object.clone(), rule.into_iter().collect()))
                }
                Some(verdict) => run.run_after(verdict, self.choice, &object, &mut response.disagreements),
                None => run.run(&object),
            };
            match outcome {
                Err(NeedsData(keys)) => needed.extend(keys),
                Ok((changed, rules)) => {
                    object = changed;
                    let decided = |rule: &RuleResponse| match rule.status {
                        Status::Pass | Status::Fail => true,
                        Status::Error => phase == Phase::Generate,
                        Status::Warn | Status::Skip => false,
                    };
                    let stops = policy.apply_one && rules.iter().any(decided);
                    response.rules.extend(rules);
                    if stops {
                        break;
                    }
                }
            }
        }
        if !needed.is_empty() {
            return Err(NeedsData(needed));
        }
        response.patched = Some(object).filter(|object| !object.is_same(&admission.object));
        Ok(())
    }

    /// What native code has said of a rule, where that counts.
    fn verdict(&self, admission: &Admission<'_>, rule: RuleId, phase: Phase) -> Option<Verdict> {
        // units hold only what a request changes or is asked about
        let concerns_others = matches!(&self.program.rule(rule).body, Body::Mutate(body) if !body.targets.is_empty());
        if matches!(phase, Phase::Generate | Phase::Cleanup) || concerns_others {
            return None;
        }
        let verdict = admission.verdicts?.verdict(rule);
        (self.choice != EngineChoice::Interpreter && verdict != Verdict::Interpret).then_some(verdict)
    }

    fn interpreter<'a>(
        &'a self,
        admission: &'a Admission<'_>,
        world: World<'a>,
        budget: &'a Budget,
    ) -> Interpreter<'a> {
        Interpreter::new(&self.program, &admission.context, world, &self.queries, budget)
    }
}

/// An object, if there is one.
fn present(object: &Value) -> Option<&Value> {
    Some(object).filter(|object| !object.is_null())
}
