//! One object on its way through the policies.

use std::cell::OnceCell;
use std::sync::Arc;

use dikast_compiler::ir::PolicyId;
use dikast_runtime::engine::{NeedsData, PolicyResponse, RuleKind, RuleResponse, Status};
use dikast_runtime::native::{NativeError, NativeVerdicts};
use dikast_runtime::request::{Operation, Request, Surroundings};
use dikast_runtime::review::is_filed_as_enforced;
use dikast_stdlib::Value;

use super::response::{PolicyFacts, Response};
use super::world::Machine;
use super::{Evaluator, review};
use crate::input::resources::ObjectKey;

/// How often the rules of a policy may ask the cluster for more on one object.
const LOADS_MAX: usize = 64;

/// An object as the policies so far have left it.
pub(super) struct Turn<'a> {
    evaluator: &'a Evaluator,
    object: Value,
    surroundings: Surroundings,
    subresource: String,
    /// The operation to simulate; nothing for the one that the values name.
    operation: Option<Operation>,
    /// The object's name before any policy saw it.
    name: String,
    /// The request that the object stands for, as it was last needed.
    asked: Option<Asked>,
}

/// A request, and what native code says of all policies on it once somebody has asked.
struct Asked {
    request: Request,
    verdicts: OnceCell<Option<NativeVerdicts>>,
}

impl<'a> Turn<'a> {
    /// An object that no policy has seen.
    ///
    /// # Errors
    /// When the pretended cluster lacks the object's namespace.
    pub(super) fn new(evaluator: &'a Evaluator, object: &Value, operation: Option<Operation>) -> Result<Self, String> {
        let (kind, subresource) = evaluator.matched_kind(object);
        let key = ObjectKey::of(object);
        let namespace_labels = evaluator.namespace_labels(&key)?;
        let surroundings = evaluator.surroundings(&namespace_labels, kind);
        let (object, name) = (object.clone(), key.name);
        Ok(Self { evaluator, object, surroundings, subresource, operation, name, asked: None })
    }

    /// What the rules of one sort of a policy say.
    ///
    /// # Errors
    /// When data is missing that nobody can load, or the engines disagree.
    pub(super) fn ask(
        &mut self,
        sort: RuleKind,
        id: PolicyId,
        facts: &Arc<PolicyFacts>,
    ) -> Result<Option<Response>, String> {
        let evaluator = self.evaluator;
        let operation = self.operation.unwrap_or_else(|| evaluator.operation(facts, &self.name));
        let asked = match self.asked.take().filter(|asked| asked.request.operation == operation) {
            Some(asked) => asked,
            None => Asked::new(evaluator.request(&self.object, operation, &self.subresource)),
        };
        let response = self.answer(sort, id, facts, &asked)?;
        // where an object is deleted there is none to patch, and the later policies are about the same one
        let patched = response.as_ref().map(|response| &response.patched).filter(|patched| !patched.is_null());
        match patched {
            Some(patched) if !self.object.is_same(patched) => self.object = patched.clone(),
            _ => self.asked = Some(asked),
        }
        Ok(response)
    }

    fn answer(
        &self,
        sort: RuleKind,
        id: PolicyId,
        facts: &Arc<PolicyFacts>,
        asked: &Asked,
    ) -> Result<Option<Response>, String> {
        let (evaluator, request) = (self.evaluator, &asked.request);
        // native code knows only requests, not the values of a file
        let verdicts = match evaluator.values.concern(&facts.name, &request.name) {
            true => None,
            false => asked.verdicts(self)?,
        };
        let kind = self.surroundings.top_level_kind.as_ref().map_or("", |kind| &kind.kind);
        let settled = verdicts
            .filter(|_| !evaluator.words)
            .and_then(|verdicts| evaluator.engine.settled(id, sort, kind, &self.surroundings, verdicts));
        if let Some(result) = settled {
            return Ok(Some(self.respond(id, facts, sort, &request.object, &request.old_object, result)));
        }
        let mut loads = 0;
        let (admission, result) = loop {
            let mut admission = evaluator.admission(id, facts, request, &self.surroundings);
            if let Some(verdicts) = verdicts {
                admission = admission.with_verdicts(verdicts);
            }
            match evaluator.ask(sort, id, facts, &admission) {
                Ok(result) => break (admission, result),
                // what is loaded can tell what else is needed
                Err(NeedsData(keys)) if evaluator.data.can_load() && loads < LOADS_MAX => evaluator.data.load(&keys),
                Err(NeedsData(keys)) => return Err(format!("data cannot be had: {keys:?}")),
            }
            loads += 1;
        };
        evaluator.check(&result.disagreements)?;
        let result = match evaluator.words && wants_words(&result) {
            true => evaluator.told(sort, id, facts, request, &self.surroundings, result),
            false => result,
        };
        if sort == RuleKind::Generation && result.rules.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.respond(id, facts, sort, admission.object(), admission.shown_object(), result)))
    }

    /// The response as reports see it: about the new object, or the old one when there is no new one.
    fn respond(
        &self,
        policy: PolicyId,
        facts: &Arc<PolicyFacts>,
        kind: RuleKind,
        new: &Value,
        old: &Value,
        response: PolicyResponse,
    ) -> Response {
        let object = if new.is_null() { old } else { new }.clone();
        let patched = match (response.patched, kind) {
            (Some(patched), _) => patched,
            (None, RuleKind::Mutation) => new.clone(),
            (None, RuleKind::Validation | RuleKind::Generation | RuleKind::Cleanup) => object.clone(),
        };
        let enforced = is_filed_as_enforced(self.evaluator.engine.program(), policy, &object, &self.surroundings);
        Response { policy: Arc::clone(facts), kind, object, patched, enforced, rules: response.rules }
    }
}

impl Asked {
    fn new(request: Request) -> Self {
        Self { request, verdicts: OnceCell::new() }
    }

    fn verdicts(&self, turn: &Turn<'_>) -> Result<Option<&NativeVerdicts>, String> {
        let Some(native) = &turn.evaluator.native else { return Ok(None) };
        if self.verdicts.get().is_none() {
            let bytes = review::bytes(&self.request, turn.evaluator.ignores_users);
            let said = match native.verdicts(&bytes, &turn.surroundings, &Machine) {
                Ok(said) => said,
                // no API server would send it, yet the interpreter can read it
                Err(NativeError::Document(_)) => None,
                Err(error) => return Err(error.to_string()),
            };
            return Ok(self.verdicts.get_or_init(|| said).as_ref());
        }
        Ok(self.verdicts.get().and_then(Option::as_ref))
    }
}

/// Whether native code decided a rule without words.
fn wants_words(result: &PolicyResponse) -> bool {
    let quiet = |rule: &RuleResponse| rule.message.is_empty() && matches!(rule.status, Status::Pass | Status::Skip);
    result.rules.iter().any(quiet)
}
