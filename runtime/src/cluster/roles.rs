//! The roles of a user (Kyverno `pkg/userinfo/roleRef.go`): subjects are compared exactly, without wildcards.

use std::collections::BTreeSet;
use std::sync::Arc;

use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, RoleBinding, Subject};

use crate::request::User;

/// Roles as `namespace:name` from bindings of any namespace, and cluster roles from cluster role bindings and from the
/// role bindings of the request's namespace. Both sorted, each name once.
pub(super) fn roles_of<'a>(
    user: &User,
    namespace: &str,
    bindings: impl Iterator<Item = &'a RoleBinding>,
    cluster_bindings: impl Iterator<Item = &'a ClusterRoleBinding>,
) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
    let mut roles: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut cluster_roles: BTreeSet<Arc<str>> = BTreeSet::new();
    for binding in bindings {
        let home = binding.metadata.namespace.as_deref().unwrap_or_default();
        if !names(binding.subjects.as_deref(), user, home) {
            continue;
        }
        match binding.role_ref.kind.as_str() {
            "Role" => {
                roles.insert(format!("{home}:{}", binding.role_ref.name).into());
            }
            "ClusterRole" if home == namespace => {
                cluster_roles.insert(binding.role_ref.name.as_str().into());
            }
            _ => {}
        }
    }
    for binding in cluster_bindings {
        if binding.role_ref.kind == "ClusterRole" && names(binding.subjects.as_deref(), user, "") {
            cluster_roles.insert(binding.role_ref.name.as_str().into());
        }
    }
    (roles.into_iter().collect(), cluster_roles.into_iter().collect())
}

/// Whether one of the subjects is the user. A service account without a namespace lives in that of the binding.
fn names(subjects: Option<&[Subject]>, user: &User, home: &str) -> bool {
    subjects.unwrap_or_default().iter().any(|subject| match subject.kind.as_str() {
        "User" => *user.name == *subject.name,
        "Group" => user.groups.iter().any(|group| **group == *subject.name),
        "ServiceAccount" => {
            let namespace = subject.namespace.as_deref().unwrap_or(home);
            user.name
                .strip_prefix("system:serviceaccount:")
                .and_then(|rest| rest.strip_prefix(namespace)?.strip_prefix(':'))
                .is_some_and(|name| name == subject.name)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(namespace: &str, role_kind: &str, role: &str, subject_kind: &str, subject: &str) -> RoleBinding {
        serde_json::from_value(serde_json::json!({
            "metadata": {"name": "b", "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role},
            "subjects": [{"kind": subject_kind, "name": subject}],
        }))
        .unwrap()
    }

    #[test]
    fn cluster_roles_of_role_bindings_count_in_their_own_namespace_only() {
        let bindings = [
            binding("a", "Role", "edit", "User", "alice"),
            binding("a", "ClusterRole", "view", "Group", "dev"),
            binding("b", "ClusterRole", "admin", "User", "alice"),
            binding("b", "Role", "edit", "User", "bob"),
        ];
        let user = User { name: "alice".into(), groups: vec!["dev".into()] };
        let (roles, cluster_roles) = roles_of(&user, "a", bindings.iter(), std::iter::empty());
        assert_eq!(roles, ["a:edit".into()]);
        assert_eq!(cluster_roles, ["view".into()]);
    }

    #[test]
    fn a_service_account_takes_the_namespace_of_its_binding() {
        let bindings = [binding("a", "Role", "edit", "ServiceAccount", "builder")];
        let user = User { name: "system:serviceaccount:a:builder".into(), groups: Vec::new() };
        assert_eq!(roles_of(&user, "a", bindings.iter(), std::iter::empty()).0, ["a:edit".into()]);
        let other = User { name: "system:serviceaccount:b:builder".into(), groups: Vec::new() };
        assert!(roles_of(&other, "a", bindings.iter(), std::iter::empty()).0.is_empty());
    }
}
