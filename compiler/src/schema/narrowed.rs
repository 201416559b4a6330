//! What the API server asks of fields beyond what the schemas that Kubernetes publishes say of them (Kubernetes
//! `pkg/apis/*/validation`): numbers have bounds, texts are addresses, names or values of labels.

use super::graph::{Bounds, Field, Format, Graph, NameId, Type, TypeId};

/// Types, and fields of each.
type Fields = &'static [(&'static str, &'static [&'static str])];

/// Objects and their fields that hold a text of a format, or a list or a map of them.
const FORMATS: &[(Format, Fields)] = &[
    (
        Format::Address,
        &[
            ("EndpointAddress", &["ip"]),
            ("HostAlias", &["ip"]),
            ("HostIP", &["ip"]),
            ("LoadBalancerIngress", &["ip"]),
            ("PodDNSConfig", &["nameservers"]),
            ("PodIP", &["ip"]),
            ("PodStatus", &["hostIP", "podIP"]),
            ("ServiceSpec", &["externalIPs", "loadBalancerIP"]),
        ],
    ),
    (
        Format::Cidr,
        &[
            ("IPBlock", &["cidr", "except"]),
            ("NodeSpec", &["podCIDR", "podCIDRs"]),
            ("ServiceCIDRSpec", &["cidrs"]),
            ("ServiceSpec", &["loadBalancerSourceRanges"]),
        ],
    ),
    (Format::Name, &[("ObjectMeta", &["name"])]),
    (
        Format::DnsLabel,
        &[
            ("ObjectMeta", &["namespace"]),
            ("Container", &["name"]),
            ("EphemeralContainer", &["name"]),
            ("Volume", &["name"]),
        ],
    ),
    (
        Format::Label,
        &[
            ("ObjectMeta", &["labels"]),
            ("LabelSelector", &["matchLabels"]),
            ("ServiceSpec", &["selector"]),
            ("PodSpec", &["nodeSelector"]),
        ],
    ),
    (Format::Annotation, &[("ObjectMeta", &["annotations"])]),
    (Format::Image, &[("Container", &["image"]), ("EphemeralContainer", &["image"])]),
];

const COUNT: Bounds = Bounds { least: 0, most: i32::MAX as i64 };
const POSITIVE: Bounds = Bounds { least: 1, most: i32::MAX as i64 };
const PORT: Bounds = Bounds { least: 1, most: 65535 };
/// Where zero stands for none.
const PORT_OR_NONE: Bounds = Bounds { least: 0, most: 65535 };
const WEIGHT: Bounds = Bounds { least: 1, most: 100 };
const FILE_MODE: Bounds = Bounds { least: 0, most: 0o777 };
const WEBHOOK_SECONDS: Bounds = Bounds { least: 1, most: 30 };

/// Objects and their fields that hold a number within bounds, or a list of them.
const BOUNDS: &[(Bounds, Fields)] = &[
    (
        PORT,
        &[
            ("ContainerPort", &["containerPort"]),
            ("ServicePort", &["port"]),
            ("HTTPGetAction", &["port"]),
            ("TCPSocketAction", &["port"]),
            ("GRPCAction", &["port"]),
            ("ServiceBackendPort", &["number"]),
            ("NetworkPolicyPort", &["port", "endPort"]),
        ],
    ),
    (
        PORT_OR_NONE,
        &[("ContainerPort", &["hostPort"]), ("ServicePort", &["nodePort", "targetPort"]), ("EndpointPort", &["port"])],
    ),
    (
        COUNT,
        &[
            ("DeploymentSpec", &["replicas", "revisionHistoryLimit", "minReadySeconds", "progressDeadlineSeconds"]),
            ("ReplicaSetSpec", &["replicas", "minReadySeconds"]),
            ("StatefulSetSpec", &["replicas", "revisionHistoryLimit", "minReadySeconds"]),
            ("ReplicationControllerSpec", &["replicas", "minReadySeconds"]),
            ("DaemonSetSpec", &["revisionHistoryLimit", "minReadySeconds"]),
            ("ScaleSpec", &["replicas"]),
            ("DeploymentStatus", &["replicas", "readyReplicas", "availableReplicas", "updatedReplicas"]),
            ("StatefulSetStatus", &["replicas", "readyReplicas", "availableReplicas", "updatedReplicas"]),
            ("ReplicaSetStatus", &["replicas", "readyReplicas", "availableReplicas"]),
            ("HorizontalPodAutoscalerSpec", &["minReplicas"]),
            (
                "Probe",
                &["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"],
            ),
            ("PodSecurityContext", &["runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"]),
            ("SecurityContext", &["runAsUser", "runAsGroup"]),
            (
                "JobSpec",
                &["parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished", "activeDeadlineSeconds"],
            ),
            ("CronJobSpec", &["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"]),
            ("PodDisruptionBudgetSpec", &["minAvailable", "maxUnavailable"]),
            ("RollingUpdateDeployment", &["maxSurge", "maxUnavailable"]),
            ("RollingUpdateDaemonSet", &["maxSurge", "maxUnavailable"]),
        ],
    ),
    (
        POSITIVE,
        &[
            ("HorizontalPodAutoscalerSpec", &["maxReplicas"]),
            ("PodSpec", &["activeDeadlineSeconds"]),
            ("TopologySpreadConstraint", &["maxSkew"]),
        ],
    ),
    (WEIGHT, &[("WeightedPodAffinityTerm", &["weight"]), ("PreferredSchedulingTerm", &["weight"])]),
    (
        FILE_MODE,
        &[
            ("ConfigMapVolumeSource", &["defaultMode"]),
            ("SecretVolumeSource", &["defaultMode"]),
            ("ProjectedVolumeSource", &["defaultMode"]),
            ("DownwardAPIVolumeSource", &["defaultMode"]),
            ("KeyToPath", &["mode"]),
        ],
    ),
    (WEBHOOK_SECONDS, &[("ValidatingWebhook", &["timeoutSeconds"]), ("MutatingWebhook", &["timeoutSeconds"])]),
];

/// Fields that the schemas call required, and that the API server fills in.
const FILLED_IN: &[(&str, &str)] = &[("RoleRef", "apiGroup")];

/// Tells the graph of Kubernetes' own types.
pub(super) fn apply(graph: &mut Graph) {
    for (format, owners) in FORMATS {
        each_field(graph, owners, |_| Type::Text(*format));
    }
    for (bounds, owners) in BOUNDS {
        each_field(graph, owners, |ty| match ty {
            Type::IntegerOrText(_) => Type::IntegerOrText(*bounds),
            _ => Type::Integer(*bounds),
        });
    }
    for &(owner, name) in FILLED_IN {
        fields(graph, owner, name, |field| field.required = false);
    }
}

/// Gives fields a type, or their items or values.
fn each_field(graph: &mut Graph, owners: &[(&str, &[&str])], narrowed: impl Fn(&Type) -> Type) {
    for (owner, names) in owners {
        for name in *names {
            let mut wide: Vec<TypeId> = Vec::new();
            fields(graph, owner, name, |field| wide.push(field.ty));
            let narrow: Vec<TypeId> = wide.iter().map(|ty| narrow(graph, *ty, &narrowed)).collect();
            let mut narrow = narrow.into_iter();
            fields(graph, owner, name, |field| field.ty = narrow.next().unwrap_or(field.ty));
        }
    }
}

fn narrow(graph: &mut Graph, ty: TypeId, narrowed: &impl Fn(&Type) -> Type) -> TypeId {
    let inner = match graph.ty(ty) {
        Type::List { item, .. } => Some(*item),
        Type::Map(value) => Some(*value),
        _ => None,
    };
    let scalar = narrowed(graph.ty(inner.unwrap_or(ty)));
    let scalar = graph.add_type(scalar);
    match graph.ty(ty) {
        Type::List { .. } => graph.add_type(Type::List { item: scalar, keys: Vec::new() }),
        Type::Map(_) => graph.add_type(Type::Map(scalar)),
        _ => scalar,
    }
}

/// Goes through the fields of a name of all objects of a name.
fn fields(graph: &mut Graph, owner: &str, name: &str, mut change: impl FnMut(&mut Field)) {
    let (Some(owner), Some(name)) = (graph.find_name(owner), graph.find_name(name)) else { return };
    let is_named = |id: &NameId| *id == name;
    let owners = graph.objects.iter_mut().filter(|object| object.name == owner);
    owners.flat_map(|object| &mut object.fields).filter(|field| is_named(&field.name)).for_each(&mut change);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schemas;

    fn of(graph: &Graph, owner: &str, name: &str) -> Option<Type> {
        // Versions of an object may be apart.
        let mut owners = graph.objects.iter().filter(|object| graph.name(object.name) == owner);
        let field = owners.find_map(|object| graph.field(object, name))?;
        Some(graph.ty(graph.innermost(field.ty)).clone())
    }

    #[test]
    fn all_that_is_named_here_exists() {
        let schemas = Schemas::embedded();
        let graph = schemas.graph();
        for (format, owners) in FORMATS {
            for (owner, names) in *owners {
                for name in *names {
                    assert_eq!(of(graph, owner, name), Some(Type::Text(*format)), "{owner}.{name}");
                }
            }
        }
        for (bounds, owners) in BOUNDS {
            for (owner, names) in *owners {
                for name in *names {
                    let ty = of(graph, owner, name);
                    let has = |ty: &Type| matches!(ty, Type::Integer(own) | Type::IntegerOrText(own) if own == bounds);
                    assert!(ty.as_ref().is_some_and(has), "{owner}.{name}: {ty:?}");
                }
            }
        }
    }
}
