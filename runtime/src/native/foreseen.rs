//! The units that requests will most likely need, before any has come.

use std::collections::HashSet;

use dikast_compiler::ir::{KindSelector, Program, Rule};
use dikast_compiler::unit::{Kind, Operation, Unit};
use dikast_stdlib::wildcard::{is_wildcard, matches};

/// Kinds that every cluster serves: policies seldom name group and version.
const SERVED: &[(&str, &str, &[&str])] = &[
    (
        "",
        "v1",
        &[
            "Pod",
            "Service",
            "ConfigMap",
            "Secret",
            "Namespace",
            "ServiceAccount",
            "PersistentVolumeClaim",
            "PersistentVolume",
            "ReplicationController",
            "LimitRange",
            "ResourceQuota",
            "Endpoints",
            "Node",
        ],
    ),
    ("apps", "v1", &["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"]),
    ("batch", "v1", &["Job", "CronJob"]),
    ("networking.k8s.io", "v1", &["Ingress", "NetworkPolicy", "IngressClass"]),
    ("rbac.authorization.k8s.io", "v1", &["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]),
    ("policy", "v1", &["PodDisruptionBudget"]),
    ("autoscaling", "v2", &["HorizontalPodAutoscaler"]),
    ("storage.k8s.io", "v1", &["StorageClass"]),
    ("apiextensions.k8s.io", "v1", &["CustomResourceDefinition"]),
];

/// The units of one operation for the kinds that the policies name, those that come first in the policies first. Kinds
/// that are matched by wildcards only are left until they are seen.
pub fn foreseen_units(program: &Program, operation: Operation) -> Vec<Unit> {
    let mut seen = HashSet::new();
    let mut units = Vec::new();
    let selectors =
        |rule: &Rule| rule.matching.filters.iter().flat_map(|filter| filter.kinds.clone()).collect::<Vec<_>>();
    for selector in program.rules.iter().flat_map(selectors) {
        for kind in kinds_of(program, &selector) {
            if seen.insert(kind.clone()) {
                units.push(Unit::of_objects(kind, operation));
            }
        }
    }
    units.retain(|unit| !unit.rules(program).is_empty());
    units
}

fn kinds_of(program: &Program, selector: &KindSelector) -> Vec<Kind> {
    let part = |id| &**program.name(id);
    let (group, version, kind) = (part(selector.group), part(selector.version), part(selector.kind));
    if is_wildcard(kind) || !part(selector.subresource).is_empty() {
        return Vec::new();
    }
    if !is_wildcard(group) && !is_wildcard(version) {
        return vec![Kind::new(group, version, kind)];
    }
    let served = SERVED.iter().filter(|(own_group, own_version, kinds)| {
        matches(group, own_group) && matches(version, own_version) && kinds.contains(&kind)
    });
    served.map(|(group, version, _)| Kind::new(*group, *version, kind)).collect()
}

#[cfg(test)]
mod tests {
    use dikast_compiler::compile;
    use dikast_grammar::SourceMap;

    use super::*;

    #[test]
    fn kinds_that_are_named_are_foreseen_with_those_of_autogen() {
        let mut sources = SourceMap::new();
        sources.add(
            "p.yaml",
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  rules:\n    - name: r\n      match: {any: \
             [{resources: {kinds: [Pod]}}, {resources: {kinds: [example.org/v2/Thing, \"*\"]}}]}\n      validate: \
             {message: m, pattern: {metadata: {name: a}}}\n    - name: s\n      match: {any: [{resources: {kinds: [Pod]}}]}\n      \
             validate: {message: m, pattern: {spec: {hostNetwork: false}}}\n",
        );
        let program = compile(&sources).program;
        let units = foreseen_units(&program, Operation::Create);
        let names: Vec<String> = units.iter().map(ToString::to_string).collect();
        assert!(
            names.starts_with(&["v1/Pod CREATE".to_owned(), "example.org/v2/Thing CREATE".to_owned()]),
            "{names:?}"
        );
    }
}
