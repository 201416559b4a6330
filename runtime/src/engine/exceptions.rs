//! Policy exceptions (Kyverno `pkg/engine/utils/exceptions.go`).

use std::sync::Arc;

use dikast_compiler::ir::{Exception, Program};
use dikast_stdlib::{Value, wildcard};

use super::conditions;
use super::response::{NeedsData, RuleResponse, Status};
use super::rule::{Outcome, RuleRun};
use crate::interpreter::Fault;

/// The exceptions from a rule that the object is entitled to. One whose conditions cannot be evaluated does not count.
pub(super) fn matching<'a>(run: &'a RuleRun<'_>, object: &Value) -> Result<Vec<&'a Exception>, NeedsData> {
    let program = run.interpreter.program();
    let object = if object.is_null() { &run.admission.old_object } else { object };
    let candidate = run.candidate(object);
    let mut matching = Vec::new();
    for exception in program.exceptions.iter().filter(|exception| exempts(program, exception, run)) {
        if !candidate.is_exempt(&exception.matching) {
            continue;
        }
        let applies = match &exception.conditions {
            None => Ok(true),
            Some(conditions) => conditions::exception_applies(&run.interpreter, conditions),
        };
        match applies {
            Ok(true) => matching.push(exception),
            Err(Fault::NeedsData(keys)) => return Err(NeedsData(keys)),
            Ok(false) | Err(_) => {}
        }
    }
    Ok(matching)
}

/// Whether an exception names the policy and the rule.
fn exempts(program: &Program, exception: &Exception, run: &RuleRun<'_>) -> bool {
    let policy = key(program, run.policy.namespace, run.policy.name);
    exception.exempts.iter().any(|exemption| {
        **program.name(exemption.policy) == *policy
            && exemption.rules.iter().any(|pattern| wildcard::matches(program.name(*pattern), run.name()))
    })
}

/// `namespace/name`, or the name alone.
fn key(
    program: &Program,
    namespace: Option<dikast_compiler::ir::NameId>,
    name: dikast_compiler::ir::NameId,
) -> Arc<str> {
    match namespace.map(|namespace| program.name(namespace)).filter(|namespace| !namespace.is_empty()) {
        Some(namespace) => format!("{namespace}/{}", program.name(name)).into(),
        None => Arc::clone(program.name(name)),
    }
}

/// The response of a rule that exceptions switch off, in Kyverno's words before the names of the exceptions.
pub(super) fn skipped(run: &RuleRun<'_>, words: &str, exceptions: &[&Exception]) -> RuleResponse {
    let program = run.interpreter.program();
    let keys: Vec<Arc<str>> =
        exceptions.iter().map(|exception| key(program, exception.namespace, exception.name)).collect();
    let outcome = Outcome::new(Status::Skip, format!("{words}{}", keys.join(", ")));
    RuleResponse { exceptions: keys, ..run.response(outcome) }
}
