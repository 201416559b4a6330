//! One filter: all its criteria must hold.

use dikast_compiler::ir::{Filter, KindSelector, NameId, Program, Subject, SubjectKind};
use dikast_stdlib::wildcard;

use super::{Candidate, selector};
use crate::engine::object;
use crate::request::GroupVersionKind;

/// Whether a filter asks nothing of the object.
pub(super) fn has_no_resources(filter: &Filter) -> bool {
    filter.kinds.is_empty()
        && filter.name.is_none()
        && filter.names.is_empty()
        && filter.namespaces.is_empty()
        && filter.annotations.is_empty()
        && filter.selector.is_none()
        && filter.namespace_selector.is_none()
        && filter.operations.is_empty()
}

/// Whether a filter asks nothing of the user.
pub(super) fn has_no_users(filter: &Filter) -> bool {
    filter.roles.is_empty() && filter.cluster_roles.is_empty() && filter.subjects.is_empty() && !filter.empty_user_info
}

/// Whether each criterion that is given holds.
pub(super) fn fits(candidate: &Candidate<'_>, filter: &Filter, asks_users: bool) -> bool {
    fits_request(candidate, filter)
        && fits_object(candidate, filter)
        && fits_namespace_labels(candidate, filter)
        && (!asks_users || fits_user(candidate, filter))
}

fn fits_request(candidate: &Candidate<'_>, filter: &Filter) -> bool {
    let program = candidate.program;
    let operation = candidate.operation.as_str();
    (filter.operations.is_empty() || filter.operations.iter().any(|name| **program.name(*name) == *operation))
        && (filter.kinds.is_empty()
            || filter.kinds.iter().any(|kind| fits_kind(program, kind, candidate.kind, candidate.subresource)))
}

/// Whether a kind of a filter fits. Every rule on Pods also sees their ephemeral containers.
fn fits_kind(program: &Program, selector: &KindSelector, kind: &GroupVersionKind, subresource: &str) -> bool {
    let fits = |pattern: NameId, text: &str| wildcard::matches(program.name(pattern), text);
    let is_pod = kind.group.is_empty() && &*kind.version == "v1" && &*kind.kind == "Pod";
    fits(selector.group, &kind.group)
        && fits(selector.version, &kind.version)
        && fits(selector.kind, &kind.kind)
        && (fits(selector.subresource, subresource) || (is_pod && subresource == "ephemeralcontainers"))
}

fn fits_object(candidate: &Candidate<'_>, filter: &Filter) -> bool {
    let object = candidate.object;
    let fits = |pattern: &NameId, text: &str| wildcard::matches(candidate.program.name(*pattern), text);
    let name = object::name_or_prefix(object);
    let namespace = if object::kind(object) == "Namespace" { object::name(object) } else { object::namespace(object) };
    let annotations = object::texts(object, "annotations");
    filter.name.is_none_or(|pattern| fits(&pattern, name))
        && (filter.names.is_empty() || filter.names.iter().any(|pattern| fits(pattern, name)))
        && (filter.namespaces.is_empty() || filter.namespaces.iter().any(|pattern| fits(pattern, namespace)))
        && filter
            .annotations
            .iter()
            .all(|(key, value)| annotations.iter().any(|(name, text)| fits(key, name) && fits(value, text)))
        && filter
            .selector
            .as_ref()
            .is_none_or(|selector| selector::selects(candidate.program, selector, &object::texts(object, "labels")))
}

fn fits_namespace_labels(candidate: &Candidate<'_>, filter: &Filter) -> bool {
    let Some(selector) = &filter.namespace_selector else { return true };
    let any_kind = || {
        filter.kinds.iter().any(|kind| {
            let parts = [kind.group, kind.version, kind.kind];
            parts.iter().all(|part| &**candidate.program.name(*part) == "*")
                && candidate.program.name(kind.subresource).is_empty()
        })
    };
    match object::kind(candidate.object) {
        "Namespace" => false,
        "" if !any_kind() => true,
        _ => {
            let labels = candidate.namespace_labels.iter().map(|(key, value)| (&**key, &**value)).collect();
            selector::selects(candidate.program, selector, &labels)
        }
    }
}

fn fits_user(candidate: &Candidate<'_>, filter: &Filter) -> bool {
    let requester = candidate.requester;
    let among = |wanted: &[NameId], given: &[std::sync::Arc<str>]| {
        wanted.is_empty() || wanted.iter().any(|name| given.contains(candidate.program.name(*name)))
    };
    among(&filter.roles, &requester.roles)
        && among(&filter.cluster_roles, &requester.cluster_roles)
        && (filter.subjects.is_empty() || filter.subjects.iter().any(|subject| fits_subject(candidate, subject)))
}

fn fits_subject(candidate: &Candidate<'_>, subject: &Subject) -> bool {
    let user = &candidate.requester.user;
    let pattern = candidate.program.name(subject.pattern);
    match subject.kind {
        SubjectKind::User | SubjectKind::ServiceAccount => wildcard::matches(pattern, &user.name),
        SubjectKind::Group => user.groups.iter().any(|group| wildcard::matches(pattern, group)),
        SubjectKind::Unknown => false,
    }
}
