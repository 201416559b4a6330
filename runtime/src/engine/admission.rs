//! One request on its way through policies.

use std::sync::Arc;

use dikast_stdlib::Value;

use super::matching::Requester;
use super::{Verdicts, object};
use crate::context::Context;
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
}

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
        self.verdicts = None;
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        self.surroundings
    }

    /// The new object, or the old one where there is none.
    pub(crate) fn shown_object(&self) -> &Value {
        if self.object.is_null() { &self.old_object } else { &self.object }
    }

    /// The namespace that the object lives in, as far as failure actions are concerned.
    pub(crate) fn namespace(&self) -> &str {
        object::namespace(self.shown_object())
    }
}
