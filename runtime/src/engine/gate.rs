//! What stops a policy or a request before any rule is looked at (Kyverno `pkg/engine/internal/match.go`,
//! `pkg/config/config.go`).

use std::sync::Arc;

use dikast_compiler::ir::{Policy, PolicyKind, Program};
use dikast_stdlib::{Value, wildcard};

use super::matching::Requester;
use super::object;
use crate::configuration::{Configuration, ResourceFilter, UserFilter};
use crate::request::GroupVersionKind;

/// Whether a policy may look at these objects at all.
pub(super) fn admits(
    program: &Program,
    policy: &Policy,
    configuration: &Configuration,
    kind: &GroupVersionKind,
    subresource: &str,
    objects: [&Value; 2],
) -> bool {
    let objects = || objects.into_iter().filter(|object| !object.is_null());
    let in_namespace = |object: &Value| match policy.kind {
        PolicyKind::ClusterPolicy => true,
        PolicyKind::Policy => {
            let own = policy.namespace.map(|name| &**program.name(name)).filter(|own| !own.is_empty());
            object::namespace(object) == own.unwrap_or("default")
        }
    };
    objects().all(in_namespace)
        && !objects()
            .any(|object| configuration.filters_out(kind, subresource, object::namespace(object), object::name(object)))
}

impl Configuration {
    /// Whether an object is hidden from all policies.
    pub fn filters_out(&self, kind: &GroupVersionKind, subresource: &str, namespace: &str, name: &str) -> bool {
        self.resource_filters.iter().any(|filter| filter.hides(kind, subresource, namespace, name))
    }

    /// Whether the requests of a user are let through unseen.
    pub(crate) fn excludes(&self, requester: &Requester) -> bool {
        let names = std::slice::from_ref(&requester.user.name);
        let given: [(&UserFilter, &[Arc<str>]); 4] = [
            (&self.user_names, names),
            (&self.groups, &requester.user.groups),
            (&self.roles, &requester.roles),
            (&self.cluster_roles, &requester.cluster_roles),
        ];
        let any = |patterns: &[Arc<str>], texts: &[Arc<str>]| {
            patterns.iter().any(|pattern| texts.iter().any(|text| wildcard::matches(pattern, text)))
        };
        !given.iter().any(|(filter, texts)| any(&filter.inclusions, texts))
            && given.iter().any(|(filter, texts)| any(&filter.exclusions, texts))
    }
}

impl ResourceFilter {
    fn hides(&self, kind: &GroupVersionKind, subresource: &str, namespace: &str, name: &str) -> bool {
        let is_namespace = kind.group.is_empty() && &*kind.version == "v1" && &*kind.kind == "Namespace";
        wildcard::matches(&self.group, &kind.group)
            && wildcard::matches(&self.version, &kind.version)
            && wildcard::matches(&self.kind, &kind.kind)
            && wildcard::matches(&self.subresource, subresource)
            && ((wildcard::matches(&self.namespace, namespace) && wildcard::matches(&self.name, name))
                || (is_namespace && wildcard::matches(&self.namespace, name)))
    }
}
