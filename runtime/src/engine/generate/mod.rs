//! Rules that make other objects (Kyverno `pkg/engine/background.go`, `pkg/background/generate`).
//!
//! First it is decided whether a rule applies, by steps that differ from those of other rules in order and words. Then
//! the objects are made as Kyverno's background controller makes them, but nothing is written anywhere: they stand in
//! the response, and rules see what the rules before them have made.
//!
//! | module | what |
//! |---|---|
//! | `pattern` | what a rule says of the objects to make, variables replaced |
//! | `source` | the objects that a pattern stands for: from data, from one object, from several |
//! | `downstream` | the objects that exist and those that were made |
//! | `label` | the labels by which Kyverno finds what it made |

mod downstream;
mod label;
mod pattern;
mod source;

#[cfg(test)]
mod tests;

pub(super) use downstream::Downstream;

use dikast_compiler::ir::{Body, Conditions, Generate, GenerateSource};
use dikast_stdlib::Value;

use super::response::{NeedsData, RuleResponse, Status};
use super::rule::{Outcome, RuleRun};
use super::{conditions, exceptions, turns};
use crate::interpreter::Fault;
use crate::request::Operation;
use downstream::Identity;
use pattern::Pattern;

/// Whether the rule applies, and what it generates if it does. A rule with targets is only asked whether it applies.
pub(super) fn run(
    run: &RuleRun<'_>,
    object: &Value,
    downstream: &mut Downstream,
) -> Result<Option<RuleResponse>, NeedsData> {
    let body = match &run.rule.body {
        Body::Generate(body) => Some(body),
        Body::Mutate(body) if !body.targets.is_empty() => None,
        _ => return Ok(None),
    };
    let exceptions = exceptions::matching(run, object)?;
    if !exceptions.is_empty() {
        return Ok(Some(exceptions::skipped(run, "rule is skipped due to policy exception ", &exceptions)));
    }
    let response = if !object.is_null() && run.matches(object) {
        Some(in_scope(run, || preconditions(run))?)
    } else {
        // What an object that no longer matches has brought about is to be taken away.
        let old = &run.admission.old_object;
        let matched = body.is_some() && !old.is_null() && run.matches(old);
        matched.then(|| run.response(Outcome::new(Status::Fail, "")))
    };
    let Some(mut response) = response else { return Ok(None) };
    let on_delete = run.admission.operation == Operation::Delete && object.is_null();
    let fires = response.status == Status::Pass || (response.status == Status::Fail && on_delete);
    if let Some(body) = body.filter(|_| fires) {
        match in_scope(run, || objects(run, body, downstream)) {
            Ok(generated) => response.generated = generated,
            Err(fault) => response.generation_error = Some(fault.into_failure().map_err(NeedsData)?.message),
        }
    }
    Ok(Some(response))
}

/// What `evaluate` gives in a scope of its own that has the rule's context.
fn in_scope<T, E>(run: &RuleRun<'_>, evaluate: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let context = &run.admission.context;
    context.checkpoint();
    run.open();
    let outcome = evaluate();
    context.restore(&run.interpreter);
    outcome
}

/// Whether the preconditions of a rule that matches hold. Where they hold only of the old object, what that has brought
/// about is to be taken away.
fn preconditions(run: &RuleRun<'_>) -> Result<RuleResponse, NeedsData> {
    let decide = || conditions::decide(&run.interpreter, run.rule.preconditions.as_ref());
    let old = &run.admission.old_object;
    let outcome = match decide() {
        Err(fault) => Outcome::error("failed to evaluate conditions", fault)?,
        Ok(decision) if decision.holds => Outcome::new(Status::Pass, ""),
        Ok(_) if old.is_null() => Outcome::new(Status::Skip, ""),
        Ok(_) => {
            run.admission.context.set_object(old.clone());
            match decide() {
                Err(fault) => Outcome::error("failed to evaluate conditions for old resource", fault)?,
                Ok(decision) if decision.holds => Outcome::new(Status::Fail, decision.message),
                Ok(_) => Outcome::new(Status::Skip, ""),
            }
        }
    };
    let properties = run.properties()?;
    Ok(RuleResponse { properties, ..run.response(outcome) })
}

/// What the rule generates; objects that are there already are not among them. When a loop fails in some of its turns, the
/// others still run.
fn objects(run: &RuleRun<'_>, body: &Generate, downstream: &mut Downstream) -> Result<Vec<Value>, Fault> {
    let mut turns = Turns::default();
    for (position, each) in body.sources.iter().enumerate() {
        let outcome = match each.list {
            None => {
                turns.made.extend(one(run, body, each, run.rule.preconditions.as_ref(), downstream)?);
                continue;
            }
            Some(list) => turns::elements(&run.interpreter, list),
        };
        match outcome {
            Ok(elements) => {
                let of_list = each_element(run, body, each, &elements, downstream);
                let words = format!("failed to process {position} foreach in rule {}", run.name());
                turns.add(of_list.made, of_list.fault, &words);
            }
            Err(fault) => {
                turns.add(Vec::new(), Some(fault), &format!("failed to evaluate {position} foreach list"));
            }
        }
    }
    match turns.fault {
        Some(fault) => Err(fault),
        None => Ok(turns.made.iter().filter_map(|identity| downstream.written(identity)).collect()),
    }
}

/// What the turns of a loop have made, and what went wrong in them.
#[derive(Default)]
struct Turns {
    made: Vec<Identity>,
    fault: Option<Fault>,
}

impl Turns {
    /// Adds a turn. Data that is needed goes before errors, for with it the turns run again.
    fn add(&mut self, made: Vec<Identity>, fault: Option<Fault>, words: &str) {
        self.made.extend(made);
        let Some(fault) = fault.map(|fault| fault.reworded(|error| format!("{words}: {error}"))) else { return };
        self.fault = Some(match (self.fault.take(), fault) {
            (Some(Fault::NeedsData(mut all)), Fault::NeedsData(keys)) => {
                all.extend(keys);
                Fault::NeedsData(all)
            }
            (Some(Fault::NeedsData(keys)), _) | (_, Fault::NeedsData(keys)) => Fault::NeedsData(keys),
            (Some(before), fault) => before.reworded(|before| format!("{before}; {fault}")),
            (None, fault) => fault,
        });
    }
}

fn each_element(
    run: &RuleRun<'_>,
    body: &Generate,
    each: &GenerateSource,
    elements: &[Value],
    downstream: &mut Downstream,
) -> Turns {
    let context = &run.admission.context;
    let mut turns = Turns::default();
    context.checkpoint();
    for (index, element) in elements.iter().enumerate().filter(|(_, element)| !element.is_null()) {
        context.reset(&run.interpreter);
        context.set_element(element, index, 0);
        let (made, fault) = match one(run, body, each, each.preconditions.as_ref(), downstream) {
            Ok(made) => (made, None),
            Err(fault) => (Vec::new(), Some(fault)),
        };
        turns.add(made, fault, &format!("failed to process {index} element"));
    }
    context.restore(&run.interpreter);
    turns
}

/// What one pattern makes under its preconditions. The objects that exist are replaced where the rule synchronizes, but
/// do not count as made.
fn one(
    run: &RuleRun<'_>,
    body: &Generate,
    each: &GenerateSource,
    preconditions: Option<&Conditions>,
    downstream: &mut Downstream,
) -> Result<Vec<Identity>, Fault> {
    run.register(&each.context);
    let decision = conditions::decide(&run.interpreter, preconditions);
    if !decision.map_err(|fault| fault.reworded(|error| format!("failed to evaluate preconditions: {error}")))?.holds {
        return Ok(Vec::new());
    }
    let pattern = Pattern::read(&run.interpreter.substitute(each.resource)?)?;
    let mut made = Vec::new();
    for planned in source::plan(run, &pattern, downstream)? {
        let object = label::mark(run, &planned.object);
        if !planned.exists {
            downstream.create(&planned.target, object);
            made.push(planned.target);
        } else if body.synchronize {
            downstream.replace(&planned.target, object);
        }
    }
    Ok(made)
}
