//! The lists of Kubernetes' built-in kinds that are merged item by item, and their merge keys.
//!
//! Taken from the OpenAPI document of Kubernetes 1.21, the one that kustomize carries (`x-kubernetes-patch-strategy`,
//! `x-kubernetes-patch-merge-key`, `x-kubernetes-list-map-keys`). Fields below which no such list stands are left out:
//! there the merge needs no schema.

use super::walk::Schema;

/// What is known of an object's fields.
#[derive(Debug)]
pub(super) struct Shape(&'static [(&'static str, Field)]);

#[derive(Debug)]
enum Field {
    /// An object.
    Object(&'static Shape),
    /// A list that is merged by these keys, or by its texts when there are none.
    Merged(&'static [&'static str], &'static Shape),
}

use Field::{Merged, Object};

impl Shape {
    /// What is known of a field.
    pub(super) fn field(&self, name: &str) -> Schema {
        match self.0.iter().find(|(field, _)| *field == name) {
            Some((_, Object(shape))) => Schema { shape: Some(shape), keys: None },
            Some((_, Merged(keys, shape))) => Schema { shape: Some(shape), keys: Some(keys) },
            None => Schema::default(),
        }
    }
}

/// What is known of a kind.
pub(super) fn shape_of(api_version: &str, kind: &str) -> Option<&'static Shape> {
    let known = KINDS.iter().find(|(version, kinds, _)| *version == api_version && kinds.contains(&kind));
    known.map(|&(_, _, shape)| shape)
}

static LEAF: Shape = Shape(&[]);
static OBJECT_META: Shape = Shape(&[("finalizers", Merged(&[], &LEAF)), ("ownerReferences", Merged(&["uid"], &LEAF))]);
static WEBHOOK_CONFIGURATION: Shape =
    Shape(&[("metadata", Object(&OBJECT_META)), ("webhooks", Merged(&["name"], &LEAF))]);
static WITH_METADATA: Shape = Shape(&[("metadata", Object(&OBJECT_META))]);
static CONTAINER: Shape = Shape(&[
    ("env", Merged(&["name"], &LEAF)),
    ("ports", Merged(&["containerPort", "protocol"], &LEAF)),
    ("volumeDevices", Merged(&["devicePath"], &LEAF)),
    ("volumeMounts", Merged(&["mountPath"], &LEAF)),
]);
static EPHEMERAL_CONTAINER: Shape = Shape(&[
    ("env", Merged(&["name"], &LEAF)),
    ("volumeDevices", Merged(&["devicePath"], &LEAF)),
    ("volumeMounts", Merged(&["mountPath"], &LEAF)),
]);
static EPHEMERAL_VOLUME_SOURCE: Shape = Shape(&[("volumeClaimTemplate", Object(&WITH_METADATA))]);
static VOLUME: Shape = Shape(&[("ephemeral", Object(&EPHEMERAL_VOLUME_SOURCE))]);
static POD_SPEC: Shape = Shape(&[
    ("containers", Merged(&["name"], &CONTAINER)),
    ("ephemeralContainers", Merged(&["name"], &EPHEMERAL_CONTAINER)),
    ("hostAliases", Merged(&["ip"], &LEAF)),
    ("imagePullSecrets", Merged(&["name"], &LEAF)),
    ("initContainers", Merged(&["name"], &CONTAINER)),
    ("topologySpreadConstraints", Merged(&["topologyKey", "whenUnsatisfiable"], &LEAF)),
    ("volumes", Merged(&["name"], &VOLUME)),
]);
static POD_TEMPLATE_SPEC: Shape = Shape(&[("metadata", Object(&OBJECT_META)), ("spec", Object(&POD_SPEC))]);
static WORKLOAD_SPEC: Shape = Shape(&[("template", Object(&POD_TEMPLATE_SPEC))]);
static WITH_CONDITIONS: Shape = Shape(&[("conditions", Merged(&["type"], &LEAF))]);
static WORKLOAD: Shape = Shape(&[
    ("metadata", Object(&OBJECT_META)),
    ("spec", Object(&WORKLOAD_SPEC)),
    ("status", Object(&WITH_CONDITIONS)),
]);
static KUSTOMIZATION: Shape =
    Shape(&[("configMapGenerator", Merged(&["name"], &LEAF)), ("secretGenerator", Merged(&["name"], &LEAF))]);
static JOB_TEMPLATE_SPEC: Shape = Shape(&[("metadata", Object(&OBJECT_META)), ("spec", Object(&WORKLOAD_SPEC))]);
static CRON_JOB_SPEC: Shape = Shape(&[("jobTemplate", Object(&JOB_TEMPLATE_SPEC))]);
static CRON_JOB: Shape = Shape(&[("metadata", Object(&OBJECT_META)), ("spec", Object(&CRON_JOB_SPEC))]);
static COMPONENT_STATUS: Shape = Shape(&[("conditions", Merged(&["type"], &LEAF)), ("metadata", Object(&OBJECT_META))]);
static WITH_STATUS: Shape = Shape(&[("metadata", Object(&OBJECT_META)), ("status", Object(&WITH_CONDITIONS))]);
static NODE_SPEC: Shape = Shape(&[("podCIDRs", Merged(&[], &LEAF))]);
static NODE_STATUS: Shape = Shape(&[("addresses", Merged(&["type"], &LEAF)), ("conditions", Merged(&["type"], &LEAF))]);
static NODE: Shape =
    Shape(&[("metadata", Object(&OBJECT_META)), ("spec", Object(&NODE_SPEC)), ("status", Object(&NODE_STATUS))]);
static POD_STATUS: Shape = Shape(&[("conditions", Merged(&["type"], &LEAF)), ("podIPs", Merged(&["ip"], &LEAF))]);
static POD: Shape =
    Shape(&[("metadata", Object(&OBJECT_META)), ("spec", Object(&POD_SPEC)), ("status", Object(&POD_STATUS))]);
static POD_TEMPLATE: Shape = Shape(&[("metadata", Object(&OBJECT_META)), ("template", Object(&POD_TEMPLATE_SPEC))]);
static SERVICE_SPEC: Shape = Shape(&[("ports", Merged(&["port", "protocol"], &LEAF))]);
static SERVICE: Shape =
    Shape(&[("metadata", Object(&OBJECT_META)), ("spec", Object(&SERVICE_SPEC)), ("status", Object(&WITH_CONDITIONS))]);
static SERVICE_ACCOUNT: Shape = Shape(&[("metadata", Object(&OBJECT_META)), ("secrets", Merged(&["name"], &LEAF))]);
static CSI_NODE_SPEC: Shape = Shape(&[("drivers", Merged(&["name"], &LEAF))]);
static CSI_NODE: Shape = Shape(&[("metadata", Object(&OBJECT_META)), ("spec", Object(&CSI_NODE_SPEC))]);

/// API version, kinds and what is known of them.
static KINDS: &[(&str, &[&str], &Shape)] = &[
    ("v1", &["ComponentStatus"], &COMPONENT_STATUS),
    ("v1", &["Node"], &NODE),
    ("v1", &["Pod"], &POD),
    ("v1", &["PodTemplate"], &POD_TEMPLATE),
    ("v1", &["Service"], &SERVICE),
    ("v1", &["ServiceAccount"], &SERVICE_ACCOUNT),
    (
        "v1",
        &["Binding", "ConfigMap", "Endpoints", "Event", "LimitRange", "PersistentVolume", "ResourceQuota", "Secret"],
        &WITH_METADATA,
    ),
    ("v1", &["Namespace", "PersistentVolumeClaim"], &WITH_STATUS),
    ("v1", &["ReplicationController"], &WORKLOAD),
    (
        "admissionregistration.k8s.io/v1",
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
        &WEBHOOK_CONFIGURATION,
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
        &WEBHOOK_CONFIGURATION,
    ),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"], &WITH_METADATA),
    ("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], &WITH_METADATA),
    ("apiregistration.k8s.io/v1", &["APIService"], &WITH_STATUS),
    ("apiregistration.k8s.io/v1beta1", &["APIService"], &WITH_STATUS),
    ("apps/v1", &["ControllerRevision"], &WITH_METADATA),
    ("apps/v1", &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"], &WORKLOAD),
    ("authentication.k8s.io/v1", &["TokenRequest", "TokenReview"], &WITH_METADATA),
    ("authentication.k8s.io/v1beta1", &["TokenReview"], &WITH_METADATA),
    (
        "authorization.k8s.io/v1",
        &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
        &WITH_METADATA,
    ),
    (
        "authorization.k8s.io/v1beta1",
        &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
        &WITH_METADATA,
    ),
    ("autoscaling/v1", &["HorizontalPodAutoscaler", "Scale"], &WITH_METADATA),
    ("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], &WITH_METADATA),
    ("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], &WITH_METADATA),
    ("batch/v1", &["CronJob"], &CRON_JOB),
    ("batch/v1", &["Job"], &WORKLOAD),
    ("batch/v1beta1", &["CronJob"], &CRON_JOB),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest"], &WITH_METADATA),
    ("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], &WITH_METADATA),
    ("coordination.k8s.io/v1", &["Lease"], &WITH_METADATA),
    ("coordination.k8s.io/v1beta1", &["Lease"], &WITH_METADATA),
    ("discovery.k8s.io/v1", &["EndpointSlice"], &WITH_METADATA),
    ("discovery.k8s.io/v1beta1", &["EndpointSlice"], &WITH_METADATA),
    ("events.k8s.io/v1", &["Event"], &WITH_METADATA),
    ("events.k8s.io/v1beta1", &["Event"], &WITH_METADATA),
    ("extensions/v1beta1", &["Ingress"], &WITH_METADATA),
    ("flowcontrol.apiserver.k8s.io/v1beta1", &["FlowSchema", "PriorityLevelConfiguration"], &WITH_METADATA),
    ("kustomize.config.k8s.io/v1beta1", &["Kustomization"], &KUSTOMIZATION),
    ("networking.k8s.io/v1", &["Ingress", "IngressClass", "NetworkPolicy"], &WITH_METADATA),
    ("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], &WITH_METADATA),
    ("node.k8s.io/v1", &["RuntimeClass"], &WITH_METADATA),
    ("node.k8s.io/v1beta1", &["RuntimeClass"], &WITH_METADATA),
    ("policy/v1", &["PodDisruptionBudget"], &WITH_STATUS),
    ("policy/v1beta1", &["Eviction", "PodSecurityPolicy"], &WITH_METADATA),
    ("policy/v1beta1", &["PodDisruptionBudget"], &WITH_STATUS),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"], &WITH_METADATA),
    (
        "rbac.authorization.k8s.io/v1beta1",
        &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        &WITH_METADATA,
    ),
    ("scheduling.k8s.io/v1", &["PriorityClass"], &WITH_METADATA),
    ("scheduling.k8s.io/v1beta1", &["PriorityClass"], &WITH_METADATA),
    ("storage.k8s.io/v1", &["CSINode"], &CSI_NODE),
    ("storage.k8s.io/v1", &["CSIDriver", "StorageClass", "VolumeAttachment"], &WITH_METADATA),
    ("storage.k8s.io/v1beta1", &["CSINode"], &CSI_NODE),
    (
        "storage.k8s.io/v1beta1",
        &["CSIDriver", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"],
        &WITH_METADATA,
    ),
];
