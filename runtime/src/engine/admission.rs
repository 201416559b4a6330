//! One request on its way through policies.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_compiler::ir::RuleId;
use dikast_stdlib::Value;

use super::matching::Requester;
use super::{Verdicts, object};
use crate::context::Context;
use crate::patch::Known;
use crate::request::{GroupVersionKind, Operation, Origin, Request, Surroundings};

/// A request with what policies make of it: its context, and its objects as they stand.
pub struct Admission<'a> {
    pub(super) surroundings: &'a Surroundings,
    /// What native code said of the rules for the request as it came in.
    pub(super) verdicts: Option<&'a dyn Verdicts>,
    pub(super) context: Context,
    pub(super) requester: Requester,
    pub(super) operation: Operation,
    /// The kind that matching is about: that of the request's resource, which for a subresource is the parent's.
    pub(super) kind: GroupVersionKind,
    pub(super) subresource: Arc<str>,
    pub(super) object: Value,
    pub(super) old_object: Value,
    rule_variables: BTreeMap<RuleId, Vec<Variable>>,
    /// What patches have found out of the object so far.
    pub(super) known: Known,
    /// Whether the context has the object as the policies so far have left it.
    object_is_kept: Cell<bool>,
}

/// A variable that the host supplies: the members on the way to it, and its value.
type Variable = (Vec<String>, Value);

impl<'a> Admission<'a> {
    /// A request as it came in.
    pub fn new(request: &Request, surroundings: &'a Surroundings) -> Self {
        let of_request = |value: &Value| object::of_request(value, &request.kind, &request.namespace);
        let (object, old_object) = match surroundings.origin {
            Origin::Admission => (of_request(&request.object), of_request(&request.old_object)),
            Origin::Background => (request.object.clone(), request.old_object.clone()),
        };
        let shown = if object.is_null() { &old_object } else { &object };
        let (kind, subresource) = match (&surroundings.top_level_kind, surroundings.origin) {
            (Some(kind), _) if !kind.is_empty() => (kind.clone(), Arc::clone(&request.sub_resource)),
            (_, Origin::Admission) if !request.kind.is_empty() => {
                (request.kind.clone(), Arc::clone(&request.sub_resource))
            }
            _ => (GroupVersionKind::of(shown), "".into()),
        };
        let context = match surroundings.origin {
            Origin::Admission => Context::of_request(request, surroundings, object.clone()),
            Origin::Background => Context::of_object(request, surroundings),
        };
        Self {
            surroundings,
            verdicts: None,
            context,
            requester: Requester::new(request, surroundings),
            operation: request.operation,
            kind,
            subresource,
            object,
            old_object,
            rule_variables: BTreeMap::new(),
            known: Known::default(),
            object_is_kept: Cell::new(false),
        }
    }

    /// The same admission with what native code said of the rules. It holds as long as no rule has changed the object.
    #[must_use]
    pub fn with_verdicts(self, verdicts: &'a dyn Verdicts) -> Self {
        Self { verdicts: Some(verdicts), ..self }
    }

    /// The new object as it stands now; null when there is none.
    pub fn object(&self) -> &Value {
        &self.object
    }

    /// Puts the object that a policy has made in the place of the new object, for the policies after it.
    pub fn set_object(&mut self, object: Value) {
        self.context.set_object(object.clone());
        self.object = object;
        self.object_is_kept.set(true);
        self.verdicts = None;
    }

    /// Hands the object on to the next policy as it is. From here on its numbers are as patterns see them, not as a fresh
    /// request has them.
    pub fn keep_object(&self) {
        if !self.object.is_null() && !self.object_is_kept.replace(true) {
            self.context.set_object(self.object.clone());
        }
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        self.surroundings
    }

    /// The new object, or the old one where there is none.
    pub fn shown_object(&self) -> &Value {
        if self.object.is_null() { &self.old_object } else { &self.object }
    }

    /// Sets variables that the host supplies. Those below `request.object` and `request.oldObject` change the objects
    /// (Kyverno `cmd/cli/kubectl-kyverno/processor/policy_processor.go`, `makePolicyContext`).
    pub fn set_variables(&mut self, variables: impl IntoIterator<Item = (Vec<String>, Value)>) {
        for (path, value) in variables {
            self.set_variable(&path, value);
        }
        let document = self.context.document();
        let member = |name| document.at(&["request", name]).cloned().unwrap_or_default();
        if self.operation != Operation::Delete {
            self.object = member("object");
        }
        if matches!(self.operation, Operation::Update | Operation::Delete) {
            self.old_object = member("oldObject");
        }
    }

    /// Sets variables for one rule, as if they were the first entries of its context.
    pub fn set_rule_variables(&mut self, rule: RuleId, variables: impl IntoIterator<Item = (Vec<String>, Value)>) {
        self.rule_variables.entry(rule).or_default().extend(variables);
    }

    /// Puts the variables of a rule into the present scope.
    pub(super) fn open_rule(&self, rule: RuleId) {
        for (path, value) in self.rule_variables.get(&rule).into_iter().flatten() {
            self.set_variable(path, value.clone());
        }
    }

    fn set_variable(&self, path: &[String], value: Value) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        self.context.set_variable(&path, value);
    }

    /// The namespace that the object lives in, as far as failure actions are concerned.
    pub(crate) fn namespace(&self) -> &str {
        object::namespace(self.shown_object())
    }
}
