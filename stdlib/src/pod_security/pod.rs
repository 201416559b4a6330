//! The parts of a Pod that the controls look at.

use std::sync::Arc;

use super::PodSecurityError;
use super::decode::{Reader, TextMap};
use super::go_types;
use crate::Value;

/// A Pod, or the template of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Pod {
    pub(super) annotations: TextMap,
    pub(super) host_network: bool,
    pub(super) host_pid: bool,
    pub(super) host_ipc: bool,
    pub(super) is_windows: bool,
    pub(super) security: Security,
    pub(super) sysctls: Vec<Arc<str>>,
    pub(super) volumes: Vec<Volume>,
    pub(super) init_containers: Vec<Container>,
    pub(super) containers: Vec<Container>,
    pub(super) ephemeral_containers: Vec<Container>,
}

/// A container of any sort.
#[derive(Clone, Debug, Default)]
pub(super) struct Container {
    pub(super) name: Arc<str>,
    pub(super) image: Arc<str>,
    /// Nothing when there is no security context at all.
    pub(super) security: Option<Security>,
    /// Each port's `hostPort`, zero when there is none.
    pub(super) host_ports: Vec<i64>,
    /// Hosts that probes and lifecycle hooks name.
    pub(super) hosts: Vec<Arc<str>>,
}

/// The security context of a Pod or a container. A Pod has no `privileged`, `procMount`, capabilities and escalation.
#[derive(Clone, Debug, Default)]
pub(super) struct Security {
    pub(super) privileged: Option<bool>,
    pub(super) allow_privilege_escalation: Option<bool>,
    pub(super) run_as_non_root: Option<bool>,
    pub(super) run_as_user: Option<i64>,
    pub(super) proc_mount: Option<Arc<str>>,
    /// The type of the AppArmor profile, when there is a profile.
    pub(super) app_armor: Option<Arc<str>>,
    /// The type of the seccomp profile, when there is a profile.
    pub(super) seccomp: Option<Arc<str>>,
    pub(super) se_linux: Option<SeLinux>,
    pub(super) capabilities: Option<Capabilities>,
    pub(super) host_process: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct SeLinux {
    pub(super) kind: Arc<str>,
    pub(super) user: Arc<str>,
    pub(super) role: Arc<str>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Capabilities {
    pub(super) add: Vec<Arc<str>>,
    pub(super) drop: Vec<Arc<str>>,
}

/// A volume and the sources that it names.
#[derive(Clone, Debug, Default)]
pub(super) struct Volume {
    pub(super) name: Arc<str>,
    pub(super) sources: Vec<&'static str>,
    pub(super) host_path: Option<Arc<str>>,
}

/// Sources of volumes: first those that the restricted level allows, then the others in the order in
/// which they are reported.
const ALLOWED_SOURCES: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

const RESTRICTED_SOURCES: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

impl Volume {
    /// The source that the restricted level objects to; nothing when one of the allowed sources is there.
    pub(super) fn restricted_source(&self) -> Option<&'static str> {
        if self.sources.iter().any(|source| ALLOWED_SOURCES.contains(source)) {
            return None;
        }
        Some(self.sources.first().copied().unwrap_or("unknown"))
    }
}

/// A container and where it stands.
pub(super) struct Placed<'p> {
    pub(super) container: &'p Container,
    list: &'static str,
    index: usize,
}

impl Placed<'_> {
    /// The path of a field of the container.
    pub(super) fn field(&self, name: &str) -> String {
        format!("spec.{}[{}].{name}", self.list, self.index)
    }

    /// The path of a field of its security context.
    pub(super) fn security_field(&self, name: &str) -> String {
        format!("spec.{}[{}].securityContext.{name}", self.list, self.index)
    }

    pub(super) fn security(&self) -> Option<&Security> {
        self.container.security.as_ref()
    }
}

impl Pod {
    /// The Pod of an object: the object itself or the template in it. A CronJob's metadata are those of its Job
    /// template.
    pub(super) fn of(resource: &Value) -> Result<Self, PodSecurityError> {
        let kind = resource.get("kind").and_then(Value::as_text).unwrap_or_default();
        let members = resource.as_object().ok_or(PodSecurityError::Kind)?;
        let go_type = match kind {
            "Pod" => "Pod",
            "CronJob" => "CronJob",
            // Kyverno reads all of these as Deployments.
            "DaemonSet" | "Deployment" | "Job" | "StatefulSet" | "ReplicaSet" | "ReplicationController" => "Deployment",
            _ => return Err(PodSecurityError::Kind),
        };
        go_types::check(members, go_type)?;
        let root = Reader::new(members);
        let spec = root.structure("spec");
        let (metadata, template) = match go_type {
            "Pod" => (Some(root), Some(root)),
            "CronJob" => {
                let job = spec.and_then(|spec| spec.structure("jobTemplate"));
                (job, job.and_then(|job| job.structure("spec")?.structure("template")))
            }
            _ => {
                let template = spec.and_then(|spec| spec.structure("template"));
                (template, template)
            }
        };
        let mut pod = template.and_then(|template| template.structure("spec")).map(Self::read).unwrap_or_default();
        let metadata = metadata.and_then(|owner| owner.structure("metadata"));
        pod.annotations = metadata.map(|metadata| metadata.text_map("annotations")).unwrap_or_default();
        Ok(pod)
    }

    /// Reads a Pod's `spec`.
    fn read(spec: Reader<'_>) -> Self {
        let containers = |name| spec.structures(name).map(read_container).collect();
        let security = spec.structure("securityContext");
        Self {
            annotations: TextMap::new(),
            containers: containers("containers"),
            ephemeral_containers: containers("ephemeralContainers"),
            init_containers: containers("initContainers"),
            host_ipc: spec.truth("hostIPC").unwrap_or_default(),
            host_network: spec.truth("hostNetwork").unwrap_or_default(),
            host_pid: spec.truth("hostPID").unwrap_or_default(),
            is_windows: spec.structure("os").is_some_and(|os| &*os.text("name") == "windows"),
            security: security.map(read_pod_security).unwrap_or_default(),
            sysctls: security.into_iter().flat_map(|it| it.structures("sysctls")).map(|it| it.text("name")).collect(),
            volumes: spec.structures("volumes").map(read_volume).collect(),
        }
    }

    /// All containers in the order in which they are reported.
    pub(super) fn all_containers(&self) -> impl Iterator<Item = Placed<'_>> {
        let lists = [
            ("initContainers", &self.init_containers),
            ("containers", &self.containers),
            ("ephemeralContainers", &self.ephemeral_containers),
        ];
        lists.into_iter().flat_map(|(list, containers)| {
            containers.iter().enumerate().map(move |(index, container)| Placed { container, list, index })
        })
    }
}

fn read_container(reader: Reader<'_>) -> Container {
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|name| reader.structure(name));
    let lifecycle = reader.structure("lifecycle");
    let hooks = ["postStart", "preStop"].map(|name| lifecycle.and_then(|lifecycle| lifecycle.structure(name)));
    Container {
        name: reader.text("name"),
        image: reader.text("image"),
        security: reader.structure("securityContext").map(read_security),
        host_ports: reader.structures("ports").map(|port| port.int("hostPort").unwrap_or_default()).collect(),
        hosts: probes.into_iter().chain(hooks).flatten().flat_map(read_hosts).collect(),
    }
}

/// The hosts of a handler's requests.
fn read_hosts(handler: Reader<'_>) -> impl Iterator<Item = Arc<str>> {
    let actions = ["httpGet", "tcpSocket"].map(|name| handler.structure(name));
    actions.into_iter().flatten().map(|action| action.text("host")).filter(|host| !host.is_empty())
}

/// The security context of a container.
fn read_security(reader: Reader<'_>) -> Security {
    let capabilities = |it: Reader<'_>| Capabilities { add: it.texts("add"), drop: it.texts("drop") };
    Security {
        allow_privilege_escalation: reader.truth("allowPrivilegeEscalation"),
        capabilities: reader.structure("capabilities").map(capabilities),
        privileged: reader.truth("privileged"),
        proc_mount: reader.given_text("procMount"),
        ..read_pod_security(reader)
    }
}

/// What the security contexts of Pods and containers have in common.
fn read_pod_security(reader: Reader<'_>) -> Security {
    let profile = |name| reader.structure(name).map(|profile| profile.text("type"));
    let se_linux = |it: Reader<'_>| SeLinux { role: it.text("role"), kind: it.text("type"), user: it.text("user") };
    let windows = reader.structure("windowsOptions");
    Security {
        app_armor: profile("appArmorProfile"),
        run_as_non_root: reader.truth("runAsNonRoot"),
        run_as_user: reader.int("runAsUser"),
        se_linux: reader.structure("seLinuxOptions").map(se_linux),
        seccomp: profile("seccompProfile"),
        host_process: windows.and_then(|windows| windows.truth("hostProcess")).unwrap_or_default(),
        ..Security::default()
    }
}

fn read_volume(reader: Reader<'_>) -> Volume {
    let names = RESTRICTED_SOURCES.into_iter().chain(ALLOWED_SOURCES);
    Volume {
        name: reader.text("name"),
        sources: names.filter(|name| reader.structure(name).is_some()).collect(),
        host_path: reader.structure("hostPath").map(|source| source.text("path")),
    }
}
