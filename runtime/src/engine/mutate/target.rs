//! Rules that change existing objects instead of the one in the request
//! (Kyverno `pkg/engine/handlers/mutation/mutate_existing.go`, `load_targets.go`).

use std::sync::Arc;

use dikast_compiler::ir::{ExprId, Mutate, PolicyKind, Target};
use dikast_stdlib::{Value, encode};

use super::apply;
use crate::data::{DataKey, Lookup};
use crate::engine::conditions::{self, join_non_empty};
use crate::engine::response::{NeedsData, RuleResponse, Status};
use crate::engine::rule::{Outcome, RuleRun};
use crate::interpreter::Fault;

/// One response for each target, after one for what is wrong with the selection of targets.
pub(super) fn process(run: &RuleRun<'_>, body: &Mutate) -> Result<Vec<RuleResponse>, NeedsData> {
    let mut selected = Vec::new();
    let mut errors = Vec::new();
    for (position, target) in body.targets.iter().enumerate() {
        match objects(run, target, position) {
            Ok(objects) => selected.extend(objects.into_iter().map(|object| (target, object))),
            Err(fault) => errors.push(fault.into_failure().map_err(NeedsData)?.message),
        }
    }
    let mut responses = Vec::new();
    if !errors.is_empty() {
        responses.push(run.response(Outcome::new(Status::Error, format!(": {}", errors.join("; ")))));
    }
    for (target, object) in selected {
        responses.push(change(run, body, target, &object)?);
    }
    Ok(responses)
}

/// The objects that a target stands for.
fn objects(run: &RuleRun<'_>, target: &Target, position: usize) -> Result<Vec<Value>, Fault> {
    let words = |error: &str| format!("failed to substitute variables in target[{position}]: {error}");
    let field = |expr: ExprId| match run.interpreter.substitute(expr) {
        Ok(Value::Text(text)) => Ok(text),
        Ok(other) => Err(Fault::error(words(&format!("expected string, found {}", other.type_name())))),
        Err(fault) => Err(fault.reworded(words)),
    };
    let optional = |expr: Option<ExprId>| expr.map_or_else(|| Ok(Arc::from("")), field);
    let selector = match target.selector {
        None => None,
        Some(selector) => {
            let selector = run.interpreter.substitute(selector).map_err(|fault| fault.reworded(words))?;
            Some(encode::to_go_json(&selector).map_err(|error| Fault::error(error.to_string()))?.into())
        }
    };
    let own_namespace = match run.policy.kind {
        PolicyKind::Policy => run.policy.namespace.map(|name| Arc::clone(run.interpreter.program().name(name))),
        PolicyKind::ClusterPolicy => None,
    };
    let key = DataKey::Objects {
        api_version: field(target.api_version)?,
        kind: field(target.kind)?,
        namespace: own_namespace.map_or_else(|| optional(target.namespace), Ok)?,
        name: optional(target.name)?,
        selector,
    };
    match run.interpreter.world().data.lookup(&key) {
        Lookup::Ready(Value::List(objects)) => Ok(objects.to_vec()),
        Lookup::Ready(object) => Ok(vec![object]),
        Lookup::Failed(reason) => Err(Fault::error(reason)),
        Lookup::Absent => Err(Fault::NeedsData(vec![key])),
    }
}

/// One target. The context is not reset between targets: what one has loaded the next still sees, as in Kyverno.
fn change(run: &RuleRun<'_>, body: &Mutate, target: &Target, object: &Value) -> Result<RuleResponse, NeedsData> {
    let context = &run.admission.context;
    context.set_target(object.clone());
    run.register(&target.context);
    match conditions::decide(&run.interpreter, target.preconditions.as_ref()) {
        Err(fault) => return Ok(run.response(Outcome::error("failed to evaluate preconditions", fault)?)),
        Ok(decision) if !decision.holds => {
            let parts = ["preconditions not met".to_owned(), decision.message];
            return Ok(run.response(Outcome::new(Status::Skip, join_non_empty(&parts, "; "))));
        }
        Ok(_) => {}
    }
    let (changed, outcome) = apply(run, body, object)?;
    let patched_target = (outcome.status == Status::Pass).then(|| {
        context.set_target(changed.clone());
        changed
    });
    Ok(RuleResponse { patched_target, ..run.response(outcome) })
}
