//! Rules that make other objects (Kyverno `pkg/engine/background.go`, `pkg/background/generate`).
//!
//! Whether a rule applies is decided like for any other rule; what it makes is computed from the request and from
//! existing objects, which the host looks up. Nothing is created here: the objects stand in the response.
//!
//! | module | what |
//! |---|---|
//! | `source` | the objects of one pattern: from data, from one object, from several |
//! | `label` | the labels by which Kyverno finds what it made |

mod label;
mod source;

use dikast_compiler::ir::{Body, Generate, GenerateSource};
use dikast_stdlib::Value;

use super::response::{NeedsData, RuleResponse, Status};
use super::rule::{Outcome, RuleRun};
use super::{conditions, exceptions, turns};
use crate::interpreter::Fault;

/// Whether the rule applies, and what it generates if it does.
pub(super) fn run(run: &RuleRun<'_>, object: &Value) -> Result<Vec<RuleResponse>, NeedsData> {
    let body = match &run.rule.body {
        Body::Generate(body) => Some(body),
        Body::Mutate(body) if !body.targets.is_empty() => None,
        _ => return Ok(Vec::new()),
    };
    let exceptions = exceptions::matching(run, object)?;
    if !exceptions.is_empty() {
        return Ok(vec![exceptions::skipped(run, "rule is skipped due to policy exception ", &exceptions)]);
    }
    let admission = run.admission;
    if object.is_null() || !run.matches(object) {
        // what an object that no longer matches has brought about is to be taken away
        let left = body.is_some() && !admission.old_object.is_null() && run.matches(&admission.old_object);
        return Ok(if left { vec![run.response(Outcome::new(Status::Fail, ""))] } else { Vec::new() });
    }
    admission.context.checkpoint();
    let outcome = apply(run, body, object);
    admission.context.restore(&run.interpreter);
    Ok(vec![outcome?])
}

fn apply(run: &RuleRun<'_>, body: Option<&Generate>, object: &Value) -> Result<RuleResponse, NeedsData> {
    run.open();
    let decide = |words: &str| match conditions::decide(&run.interpreter, run.rule.preconditions.as_ref()) {
        Err(fault) => Outcome::error(words, fault).map(Err),
        Ok(decision) => Ok(Ok(decision.holds)),
    };
    match decide("failed to evaluate conditions")? {
        Err(outcome) => return Ok(run.response(outcome)),
        Ok(true) => {}
        Ok(false) => {
            let old = &run.admission.old_object;
            if old.is_null() {
                return Ok(run.response(Outcome::new(Status::Skip, "")));
            }
            run.admission.context.set_object(old.clone());
            return Ok(match decide("failed to evaluate conditions for old resource")? {
                Err(outcome) => run.response(outcome),
                Ok(true) => run.response(Outcome::new(Status::Fail, "")),
                Ok(false) => run.response(Outcome::new(Status::Skip, "")),
            });
        }
    }
    let mut generated = Vec::new();
    for each in body.iter().flat_map(|body| &body.sources) {
        match generate(run, each, object) {
            Ok(objects) => generated.extend(objects),
            Err(fault) => {
                let failure = fault.into_failure().map_err(NeedsData)?;
                return Ok(run.response(Outcome::new(Status::Error, failure.message)));
            }
        }
    }
    Ok(RuleResponse { generated, ..run.response(Outcome::new(Status::Pass, "")) })
}

/// What one pattern makes, for each element of its loop if it has one.
fn generate(run: &RuleRun<'_>, each: &GenerateSource, trigger: &Value) -> Result<Vec<Value>, Fault> {
    let Some(list) = each.list else {
        return one(run, each, trigger);
    };
    let context = &run.admission.context;
    let elements = turns::elements(&run.interpreter, list)
        .map_err(|fault| fault.reworded(|error| format!("failed to evaluate foreach list: {error}")))?;
    context.checkpoint();
    let mut generated = Ok(Vec::new());
    for (index, element) in elements.iter().enumerate().filter(|(_, element)| !element.is_null()) {
        context.reset(&run.interpreter);
        context.set_element(element, index, 0);
        match (one(run, each, trigger), &mut generated) {
            (Ok(objects), Ok(all)) => all.extend(objects),
            (Err(fault), _) => {
                generated = Err(fault.reworded(|error| format!("failed to process {index} element: {error}")));
                break;
            }
            (Ok(_), Err(_)) => {}
        }
    }
    context.restore(&run.interpreter);
    generated
}

fn one(run: &RuleRun<'_>, each: &GenerateSource, trigger: &Value) -> Result<Vec<Value>, Fault> {
    run.register(&each.context);
    let holds = conditions::decide(&run.interpreter, each.preconditions.as_ref())
        .map_err(|fault| fault.reworded(|error| format!("failed to evaluate preconditions: {error}")))?
        .holds;
    if !holds {
        return Ok(Vec::new());
    }
    let pattern = run.interpreter.substitute(each.resource)?;
    let objects = source::objects(run, &pattern)?;
    Ok(objects.into_iter().map(|object| label::mark(run, &object, trigger)).collect())
}
