//! The policies that serve at one time: engines, native units and counters. Replaced whole.

use std::sync::Arc;

use dikast_compiler::codegen;
use dikast_compiler::ir::{Body, Policy, Program, RuleId};
use dikast_compiler::unit::{Operation, Unit};

use super::metrics::{Metrics, Phase};
use super::policies::Loaded;
use super::rule_counters::RuleCounters;
use super::service::Scope;
use crate::engine::{Engine, EngineChoice, PolicyResponse, Status};
use crate::native::{Fingerprints, NativeProgram, Statuses, UnitStore, foreseen_units};

/// The policies that serve.
#[derive(Debug)]
pub(super) struct Serving {
    /// For all policies, and for those of each failure policy.
    engines: [Engine; 3],
    /// The units of all policies; what is not of a scope is passed over.
    pub(super) native: Arc<NativeProgram>,
    pub(super) rules: RuleCounters,
    /// Phase and failure policy of each rule.
    concerns: Vec<Concern>,
}

/// When a rule is asked.
#[derive(Clone, Copy, Debug)]
struct Concern {
    phase: Option<Phase>,
    failure_ignore: bool,
}

impl Serving {
    pub(super) fn new(loaded: &Loaded, choice: EngineChoice, metrics: &Metrics, store: &Arc<UnitStore>) -> Self {
        let admits = |policy: &Policy| policy.admission;
        let program = Arc::new(loaded.program.select(admits));
        let engine = || Engine::new(Arc::clone(&program)).with_choice(choice);
        let engines = [engine(), engine().for_failure_policy(false), engine().for_failure_policy(true)];
        let concerns = program.rules.iter().map(|rule| Concern {
            phase: match rule.body {
                Body::Validate(_) => Some(Phase::Validate),
                Body::Mutate(_) => Some(Phase::Mutate),
                Body::Generate(_) | Body::Cleanup(_) => None,
            },
            failure_ignore: program.policy(rule.policy).failure_ignore,
        });
        let concerns = concerns.collect();
        let fingerprints = loaded.fingerprints.as_ref().map(|all| Fingerprints {
            policies: selected(&loaded.program, &all.policies, admits),
            exceptions: all.exceptions,
        });
        let rules = metrics.rule_counters(&program);
        let native = Arc::new(NativeProgram::sharing(program, fingerprints, Arc::clone(store)));
        Self { engines, native, rules, concerns }
    }

    pub(super) fn engine(&self, scope: Scope) -> &Engine {
        &self.engines[scope as usize]
    }

    /// The units to compile before these policies serve: those that requests will most likely need, and those that they
    /// needed of the policies before. Deletions come later.
    pub(super) fn first_units(&self, before: Option<&Serving>) -> Vec<Unit> {
        let program = self.native.program();
        let foreseen = [Operation::Create, Operation::Update].map(|operation| foreseen_units(program, operation));
        let known = before.map(|before| before.native.known_units()).unwrap_or_default();
        let still_known = known.into_iter().filter(|unit| !unit.rules(program).is_empty());
        still_known.chain(foreseen.into_iter().flatten()).collect()
    }

    /// The units to compile when there is nothing else to do.
    pub(super) fn later_units(&self) -> Vec<Unit> {
        foreseen_units(self.native.program(), Operation::Delete)
    }

    /// Whether native code has decided that nothing is to be said: every rule that is asked passed, was skipped or did not
    /// match. Counts the answers if so.
    pub(super) fn nothing_to_say(&self, phase: Phase, scope: Scope, decided: &impl Statuses) -> bool {
        let statuses = || decided.statuses().filter(|(rule, _)| self.is_asked(*rule, phase, scope));
        let quiet = statuses().all(|(_, status)| {
            matches!(
                status,
                codegen::Status::NoMatch | codegen::Status::Silent | codegen::Status::Pass | codegen::Status::Skip
            )
        });
        if quiet {
            let counters = self.rules.local();
            for (rule, status) in statuses() {
                match status {
                    codegen::Status::Pass => counters.count(rule, Status::Pass),
                    codegen::Status::Skip => counters.count(rule, Status::Skip),
                    _ => {}
                }
            }
        }
        quiet
    }

    fn is_asked(&self, rule: RuleId, phase: Phase, scope: Scope) -> bool {
        let Some(concern) = self.concerns.get(rule.index()) else { return false };
        concern.phase == Some(phase)
            && match scope {
                Scope::All => true,
                Scope::Fail => !concern.failure_ignore,
                Scope::Ignore => concern.failure_ignore,
            }
    }

    /// Counts what the engine said.
    pub(super) fn count(&self, policies: &[PolicyResponse]) {
        let counters = self.rules.local();
        for rule in policies.iter().flat_map(|policy| &policy.rules) {
            counters.count(rule.rule, rule.status);
        }
    }
}

/// What belongs to the policies that a predicate keeps.
fn selected<T: Clone>(program: &Program, of_policies: &[T], keep: impl Fn(&Policy) -> bool) -> Vec<T> {
    let policies = program.policies.iter().zip(of_policies);
    policies.filter(|(policy, _)| keep(policy)).map(|(_, of_policy)| of_policy.clone()).collect()
}
