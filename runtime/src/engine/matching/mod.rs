//! Whether a rule applies to an object (Kyverno `pkg/engine/utils/match.go`).

mod filter;
mod selector;

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_compiler::ir::{Filter, MatchBlock, Program, Quantifier, Rule};
use dikast_stdlib::Value;

pub(crate) use selector::selects;

use super::object;
use crate::request::{GroupVersionKind, Operation, Request, Surroundings, User};

/// Who asks, as filters see it.
#[derive(Clone, Debug)]
pub(crate) struct Requester {
    /// Nothing is known of the user, as in a background scan.
    is_nobody: bool,
    pub(crate) user: User,
    pub(crate) roles: Vec<Arc<str>>,
    pub(crate) cluster_roles: Vec<Arc<str>>,
}

impl Requester {
    pub(crate) fn new(request: &Request, surroundings: &Surroundings) -> Self {
        let has_roles = !surroundings.roles.is_empty() || !surroundings.cluster_roles.is_empty();
        Self {
            is_nobody: !(request.names_user || request.dry_run || has_roles),
            user: request.user.clone(),
            roles: surroundings.roles.clone(),
            cluster_roles: surroundings.cluster_roles.clone(),
        }
    }

    /// A requester that no filter on users fits; existing objects are matched with it, for nobody knows who made them.
    pub(crate) fn unknown() -> Self {
        Self {
            is_nobody: false,
            user: User {
                name: "kyverno:kyverno-invalid-controller".into(),
                groups: vec!["kyverno:invalidgroup".into()],
            },
            roles: vec!["kyverno:invalidrole".into()],
            cluster_roles: vec!["kyverno:invalidrole".into()],
        }
    }
}

/// What filters are asked of.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) program: &'a Program,
    pub(crate) object: &'a Value,
    pub(crate) kind: &'a GroupVersionKind,
    pub(crate) subresource: &'a str,
    pub(crate) operation: Operation,
    pub(crate) requester: &'a Requester,
    pub(crate) namespace_labels: &'a BTreeMap<Arc<str>, Arc<str>>,
}

impl Candidate<'_> {
    /// Whether a rule's match block fits and its exclude block does not. No object fits nothing.
    pub(crate) fn fits(&self, rule: &Rule, policy_namespace: Option<&str>) -> bool {
        let namespace_fits = policy_namespace.is_none_or(|own| own.is_empty() || own == object::namespace(self.object));
        !self.object.is_null()
            && namespace_fits
            && self.is_matched(&rule.matching)
            && !rule.exclude.as_ref().is_some_and(|exclude| self.is_excluded(exclude))
    }

    fn is_matched(&self, block: &MatchBlock) -> bool {
        // Where nobody is known, what a filter says of users is passed over.
        let asks_users = !self.requester.is_nobody;
        let fits = |filter: &Filter| {
            let empty = filter::has_no_resources(filter) && (!asks_users || filter::has_no_users(filter));
            !empty && filter::fits(self, filter, asks_users)
        };
        match block.quantifier {
            Quantifier::Any => block.filters.iter().any(fits),
            Quantifier::All => !block.filters.is_empty() && block.filters.iter().all(fits),
        }
    }

    fn is_excluded(&self, block: &MatchBlock) -> bool {
        let fits = |filter: &Filter| {
            let empty = filter::has_no_resources(filter) && filter::has_no_users(filter);
            !empty && filter::fits(self, filter, true)
        };
        match block.quantifier {
            Quantifier::Any => block.filters.iter().any(fits),
            Quantifier::All => !block.filters.is_empty() && block.filters.iter().all(fits),
        }
    }

    /// Whether an exception's match block fits. Its filters are not asked about operations, and a Namespace is not
    /// asked about the labels of its namespace.
    pub(crate) fn is_exempt(&self, block: &MatchBlock) -> bool {
        let fits = |filter: &Filter| {
            let mut filter = filter.clone();
            let empty = filter::has_no_resources(&filter) && filter::has_no_users(&filter);
            filter.operations.clear();
            if matches!(object::kind(self.object), "" | "Namespace") {
                filter.namespace_selector = None;
            }
            !empty && filter::fits(self, &filter, true)
        };
        match block.quantifier {
            Quantifier::Any => block.filters.iter().any(fits),
            Quantifier::All => !block.filters.is_empty() && block.filters.iter().all(fits),
        }
    }
}
