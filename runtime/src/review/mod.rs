//! Whole reviews: what the mutating and the validating webhook answer to a request
//! (Kyverno `pkg/webhooks/resource`).
//!
//! | module | what |
//! |---|---|
//! | `action` | whether a failure refuses the request |
//! | `message` | what a refused request is told |
//! | `scalar` | texts as Kyverno's YAML encoder writes them |

mod action;
mod message;
mod order;
mod scalar;

use dikast_compiler::ir::{Body, Policy, PolicyId, Program, Rule, RuleId};
use dikast_stdlib::Value;

use crate::data::DataKey;
use crate::engine::{Admission, Engine, NeedsData, PolicyResponse, Status, Verdicts, World, object};
use crate::patch::{self, Operation};
use crate::request::{self, Request, Surroundings};
use action::Target;

/// What a review comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Why not; empty when it may.
    pub message: String,
    /// Warnings for the user; only for requests that are allowed.
    pub warnings: Vec<String>,
    /// What the policies said that mutate, in order.
    pub mutated: Vec<PolicyResponse>,
    /// What the policies said that validate, in order.
    pub validated: Vec<PolicyResponse>,
    /// The object as mutation left it, where it changed it.
    pub patched: Option<Value>,
}

/// What the mutating webhook answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutation {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Why not; empty when it may.
    pub message: String,
    /// Warnings for the user.
    pub warnings: Vec<String>,
    /// What the policies said, in order.
    pub policies: Vec<PolicyResponse>,
    /// The changes to the object of the request.
    pub patch: Vec<Operation>,
}

/// What the validating webhook answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Why not; empty when it may.
    pub message: String,
    /// Warnings for the user.
    pub warnings: Vec<String>,
    /// What the policies said, in order.
    pub policies: Vec<PolicyResponse>,
}

/// Whether reports file what a policy says about an object under `Enforce` and not under `Audit`. That is one answer for
/// all of its rules, unlike the one that decides about a request.
pub fn is_filed_as_enforced(program: &Program, policy: PolicyId, object: &Value, surroundings: &Surroundings) -> bool {
    Target::new(program, object::namespace(object), surroundings).reported(program.policy(policy))
}

/// Both webhooks, one after the other: validation sees the object as mutation left it.
///
/// # Errors
///
/// When external data is not there yet; the keys are those that are known to be needed so far.
pub fn review(
    engine: &Engine,
    request: &Request,
    surroundings: &Surroundings,
    world: World<'_>,
) -> Result<Review, NeedsData> {
    review_after(engine, request, surroundings, world, |_| None)
}

/// Like [`review`], with what native code says beforehand of each of the two requests.
///
/// # Errors
///
/// When external data is not there yet.
pub fn review_after(
    engine: &Engine,
    request: &Request,
    surroundings: &Surroundings,
    world: World<'_>,
    native: impl Fn(&Request) -> Option<Box<dyn Verdicts>>,
) -> Result<Review, NeedsData> {
    let verdicts = native(request);
    let mutation = mutate_admission(engine, admission(request, surroundings, verdicts.as_deref()), world)?;
    let patched = apply(&request.object, &mutation.patch);
    let mut review = Review {
        allowed: mutation.allowed,
        message: mutation.message,
        warnings: mutation.warnings,
        mutated: mutation.policies,
        validated: Vec::new(),
        patched,
    };
    if !review.allowed {
        return Ok(review);
    }
    // The API server sends the validating webhook a request of its own.
    let request = review.patched.clone().map_or_else(|| request.clone(), |object| request.with_object(object));
    let verdicts = native(&request);
    let validation = validate_admission(engine, &admission(&request, surroundings, verdicts.as_deref()), world)?;
    review.allowed = validation.allowed;
    review.message = validation.message;
    review.warnings.extend(validation.warnings);
    review.validated = validation.policies;
    Ok(review)
}

fn admission<'a>(
    request: &Request,
    surroundings: &'a Surroundings,
    verdicts: Option<&'a dyn Verdicts>,
) -> Admission<'a> {
    let admission = Admission::new(request, surroundings);
    match verdicts {
        Some(verdicts) => admission.with_verdicts(verdicts),
        None => admission,
    }
}

/// Runs the policies that mutate, each on what the one before made of the object. An error ends it where the failure
/// policy of any policy so far says so; where it is tolerated, the policy's changes are dropped.
///
/// # Errors
///
/// When external data is not there yet.
pub fn mutate(
    engine: &Engine,
    request: &Request,
    surroundings: &Surroundings,
    world: World<'_>,
) -> Result<Mutation, NeedsData> {
    mutate_admission(engine, Admission::new(request, surroundings), world)
}

/// Like [`mutate`], on an admission that was prepared before.
///
/// # Errors
///
/// When external data is not there yet.
pub fn mutate_admission(
    engine: &Engine,
    mut admission: Admission<'_>,
    world: World<'_>,
) -> Result<Mutation, NeedsData> {
    let original = admission.object().clone();
    let mut answer = Mutation {
        allowed: true,
        message: String::new(),
        warnings: Vec::new(),
        policies: Vec::new(),
        patch: Vec::new(),
    };
    if admission.operation() == request::Operation::Delete {
        // The mutating webhook lets deletions through unseen.
        return Ok(answer);
    }
    let mut errors_refuse = false;
    let mutates = |rule: &Rule| matches!(&rule.body, Body::Mutate(body) if body.targets.is_empty());
    for (id, policy) in policies(engine, mutates) {
        errors_refuse |= !policy.failure_ignore;
        let response = engine.mutate(id, &admission, world)?;
        let name = engine.program().name(policy.name);
        let failed: Vec<String> = response
            .rules
            .iter()
            .filter(|rule| matches!(rule.status, Status::Fail | Status::Error))
            .map(|rule| format!("{}: {}", rule.name, rule.message))
            .collect();
        if !failed.is_empty() && errors_refuse {
            answer.allowed = false;
            let failed = failed.join(" ");
            answer.message = format!("mutation policy {name} error: failed to apply policy {name} rules [{failed}]");
            answer.policies.push(response);
            return Ok(answer);
        }
        match &response.patched {
            Some(object) if failed.is_empty() => admission.set_object(object.clone()),
            _ => admission.keep_object(),
        }
        answer.warnings.extend(message::warnings(engine.program(), &response, policy.emit_warning));
        answer.policies.push(response);
    }
    answer.patch = patch::diff(&original, admission.object());
    Ok(answer)
}

/// Runs the policies that validate. All of them are asked, whatever the others say.
///
/// # Errors
///
/// When external data is not there yet; all keys that any policy needs.
pub fn validate(
    engine: &Engine,
    request: &Request,
    surroundings: &Surroundings,
    world: World<'_>,
) -> Result<Validation, NeedsData> {
    validate_admission(engine, &Admission::new(request, surroundings), world)
}

/// Like [`validate`], on an admission that was prepared before.
///
/// # Errors
///
/// When external data is not there yet; all keys that any policy needs.
pub fn validate_admission(
    engine: &Engine,
    admission: &Admission<'_>,
    world: World<'_>,
) -> Result<Validation, NeedsData> {
    let program = engine.program();
    let target = Target::new(program, admission.namespace(), admission.surroundings());
    let mut policies_said = Vec::new();
    let mut needed: Vec<DataKey> = Vec::new();
    let (mut enforcing, mut warning) = (Vec::new(), Vec::new());
    let mut errors_refuse = false;
    for (id, policy) in policies(engine, |rule| matches!(rule.body, Body::Validate(_))) {
        match engine.validate(id, admission, world) {
            Err(NeedsData(keys)) => needed.extend(keys),
            Ok(response) => {
                if action::can_enforce(program, policy) {
                    errors_refuse |= !policy.failure_ignore;
                    enforcing.push(policies_said.len());
                } else if policy.emit_warning {
                    warning.push(policies_said.len());
                }
                policies_said.push(response);
            }
        }
    }
    if !needed.is_empty() {
        return Err(NeedsData(needed));
    }
    let of = |positions: &[usize]| positions.iter().map(|at: &usize| &policies_said[*at]).collect::<Vec<_>>();
    let enforced = of(&enforcing);
    let refused = enforced.iter().any(|response| target.refuses(response, errors_refuse));
    let (message, warnings) = if refused {
        (message::refusal(program, admission, &enforced), Vec::new())
    } else {
        let all = enforced.into_iter().chain(of(&warning));
        (String::new(), all.flat_map(|response| message::warnings(program, response, false)).collect())
    };
    Ok(Validation { allowed: !refused, message, warnings, policies: policies_said })
}

/// The policies that take part in admission with a rule of this sort.
fn policies(engine: &Engine, has: impl Fn(&Rule) -> bool) -> Vec<(PolicyId, &Policy)> {
    let program = engine.program();
    let has_one = |policy: &Policy| (policy.rules.0..policy.rules.1).any(|id| has(program.rule(RuleId(id))));
    let takes_part = |policy: &Policy| engine.admits(policy) && has_one(policy);
    (0..).map(PolicyId).zip(&program.policies).filter(|(_, policy)| takes_part(policy)).collect()
}

/// The object of a request with the changes that mutation asks for; nothing when there are none.
fn apply(object: &Value, operations: &[Operation]) -> Option<Value> {
    if operations.is_empty() {
        return None;
    }
    let text = serde_json::to_string(operations).ok()?;
    match patch::json::apply(object, &text) {
        Ok(patch::Merged::Changed(changed)) => Some(changed),
        Ok(patch::Merged::Skipped) | Err(_) => None,
    }
}
