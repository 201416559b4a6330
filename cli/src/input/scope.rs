//! Which built-in kinds have no namespace (Kubernetes 1.32).

use std::collections::BTreeSet;
use std::path::PathBuf;

use dikast_grammar::yaml::{Node, unpack_list};

use super::InputError;
use super::file::File;
use super::folder::files_at;

/// API groups and their kinds without a namespace.
const CLUSTER_SCOPED: &[(&str, &[&str])] = &[
    ("", &["ComponentStatus", "Namespace", "Node", "NodeProxyOptions", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("authentication.k8s.io", &["SelfSubjectReview", "TokenReview"]),
    ("authorization.k8s.io", &["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"]),
    ("certificates.k8s.io", &["CertificateSigningRequest"]),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io", &["IPAddress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io", &["DeviceClass", "ResourceSlice"]),
    ("scheduling.k8s.io", &["PriorityClass"]),
    ("storage.k8s.io", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"]),
];

/// Which kinds have no namespace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scopes {
    /// Group and kind of custom resources.
    cluster: BTreeSet<(String, String)>,
}

impl Scopes {
    /// The kinds of Kubernetes, and those of the custom resource definitions in files and folders.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn with_definitions(paths: &[PathBuf]) -> Result<Self, InputError> {
        let mut scopes = Self::default();
        for path in paths {
            for file in files_at(path)? {
                let file = File::read(&file)?;
                for node in file.documents.iter().cloned().flat_map(unpack_list) {
                    let text = |path: &[&str]| node.at(path).and_then(Node::as_str).unwrap_or_default();
                    if text(&["kind"]) == "CustomResourceDefinition" && text(&["spec", "scope"]) == "Cluster" {
                        let (group, kind) = (text(&["spec", "group"]), text(&["spec", "names", "kind"]));
                        scopes.cluster.insert((group.to_owned(), kind.to_owned()));
                    }
                }
            }
        }
        Ok(scopes)
    }

    /// Whether a kind is known to have no namespace.
    pub(crate) fn is_cluster_scoped(&self, api_version: &str, kind: &str) -> bool {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        CLUSTER_SCOPED.iter().any(|(name, kinds)| *name == group && kinds.contains(&kind))
            || !self.cluster.is_empty() && self.cluster.contains(&(group.to_owned(), kind.to_owned()))
    }
}
