//! The parts of a Pod that the controls look at.

use std::sync::Arc;

use super::PodSecurityError;
use super::decode::{Place, Reader, TextMap};
use crate::{Object, Value};

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

/// Sources of volumes and their Go types: first those that the restricted level allows, then the others in the order in
/// which they are reported.
const ALLOWED_SOURCES: [(&str, &str); 9] = [
    ("configMap", "v1.ConfigMapVolumeSource"),
    ("csi", "v1.CSIVolumeSource"),
    ("downwardAPI", "v1.DownwardAPIVolumeSource"),
    ("emptyDir", "v1.EmptyDirVolumeSource"),
    ("ephemeral", "v1.EphemeralVolumeSource"),
    ("image", "v1.ImageVolumeSource"),
    ("persistentVolumeClaim", "v1.PersistentVolumeClaimVolumeSource"),
    ("projected", "v1.ProjectedVolumeSource"),
    ("secret", "v1.SecretVolumeSource"),
];

const RESTRICTED_SOURCES: [(&str, &str); 21] = [
    ("hostPath", "v1.HostPathVolumeSource"),
    ("gcePersistentDisk", "v1.GCEPersistentDiskVolumeSource"),
    ("awsElasticBlockStore", "v1.AWSElasticBlockStoreVolumeSource"),
    ("gitRepo", "v1.GitRepoVolumeSource"),
    ("nfs", "v1.NFSVolumeSource"),
    ("iscsi", "v1.ISCSIVolumeSource"),
    ("glusterfs", "v1.GlusterfsVolumeSource"),
    ("rbd", "v1.RBDVolumeSource"),
    ("flexVolume", "v1.FlexVolumeSource"),
    ("cinder", "v1.CinderVolumeSource"),
    ("cephfs", "v1.CephFSVolumeSource"),
    ("flocker", "v1.FlockerVolumeSource"),
    ("fc", "v1.FCVolumeSource"),
    ("azureFile", "v1.AzureFileVolumeSource"),
    ("vsphereVolume", "v1.VsphereVirtualDiskVolumeSource"),
    ("quobyte", "v1.QuobyteVolumeSource"),
    ("azureDisk", "v1.AzureDiskVolumeSource"),
    ("photonPersistentDisk", "v1.PhotonPersistentDiskVolumeSource"),
    ("portworxVolume", "v1.PortworxVolumeSource"),
    ("scaleIO", "v1.ScaleIOVolumeSource"),
    ("storageos", "v1.StorageOSVolumeSource"),
];

impl Volume {
    /// The source that the restricted level objects to; nothing when one of the allowed sources is there.
    pub(super) fn restricted_source(&self) -> Option<&'static str> {
        let names = |table: &[(&'static str, &str)], source: &str| table.iter().any(|(name, _)| *name == source);
        if self.sources.iter().any(|source| names(&ALLOWED_SOURCES, source)) {
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
        let mut pod = Self::default();
        match kind {
            "Pod" => pod.read(&Reader::new(members, "Pod", &Place::ROOT))?,
            "DaemonSet" | "Deployment" | "Job" | "StatefulSet" | "ReplicaSet" | "ReplicationController" => {
                let root = Reader::new(members, "Deployment", &Place::ROOT);
                root.structure("spec", "v1.DeploymentSpec", |spec| {
                    spec.structure("template", "v1.PodTemplateSpec", |template| pod.read(template))
                })?;
            }
            "CronJob" => pod.read_cron_job(members)?,
            _ => return Err(PodSecurityError::Kind),
        }
        Ok(pod)
    }

    fn read_cron_job(&mut self, members: &Object) -> Result<(), PodSecurityError> {
        let root = Reader::new(members, "CronJob", &Place::ROOT);
        let read_job = |job: &Reader<'_, '_>| {
            self.read_metadata(job)?;
            job.structure("spec", "v1.JobSpec", |spec| {
                spec.structure("template", "v1.PodTemplateSpec", |template| self.read_spec(template))
            })
        };
        root.structure("spec", "v1.CronJobSpec", |spec| spec.structure("jobTemplate", "v1.JobTemplateSpec", read_job))?;
        Ok(())
    }

    fn read(&mut self, owner: &Reader<'_, '_>) -> Result<(), PodSecurityError> {
        self.read_metadata(owner)?;
        self.read_spec(owner)
    }

    fn read_metadata(&mut self, owner: &Reader<'_, '_>) -> Result<(), PodSecurityError> {
        let annotations = owner.structure("metadata", "v1.ObjectMeta", |metadata| metadata.text_map("annotations"))?;
        self.annotations = annotations.unwrap_or_default();
        Ok(())
    }

    fn read_spec(&mut self, owner: &Reader<'_, '_>) -> Result<(), PodSecurityError> {
        owner.structure("spec", "v1.PodSpec", |spec| {
            self.containers = spec.structures("containers", "v1.Container", read_container)?;
            self.ephemeral_containers =
                spec.structures("ephemeralContainers", "v1.EphemeralContainer", |container| {
                    container.embedded("EphemeralContainerCommon", read_container)
                })?;
            self.host_ipc = spec.truth("hostIPC")?.unwrap_or_default();
            self.host_network = spec.truth("hostNetwork")?.unwrap_or_default();
            self.host_pid = spec.truth("hostPID")?.unwrap_or_default();
            self.init_containers = spec.structures("initContainers", "v1.Container", read_container)?;
            let os = spec.structure("os", "v1.PodOS", |os| os.text_as("name", "v1.OSName"))?.flatten();
            self.is_windows = os.as_deref() == Some("windows");
            spec.structure("securityContext", "v1.PodSecurityContext", |security| {
                self.security = read_pod_security(security)?;
                let sysctls = security.structures("sysctls", "v1.Sysctl", |sysctl| sysctl.text("name"))?;
                self.sysctls = sysctls.into_iter().map(Option::unwrap_or_default).collect();
                Ok(())
            })?;
            self.volumes = spec.structures("volumes", "v1.Volume", read_volume)?;
            Ok(())
        })?;
        Ok(())
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

fn read_container(reader: &Reader<'_, '_>) -> Result<Container, PodSecurityError> {
    let image = reader.text("image")?.unwrap_or_default();
    let lifecycle = reader.structure("lifecycle", "v1.Lifecycle", |lifecycle| {
        let hook = |name| lifecycle.structure(name, "v1.LifecycleHandler", read_hosts);
        Ok([hook("postStart")?, hook("preStop")?])
    })?;
    let probe = |name| reader.structure(name, "v1.Probe", |probe| probe.embedded("ProbeHandler", read_hosts));
    let liveness = probe("livenessProbe")?;
    let name = reader.text("name")?.unwrap_or_default();
    let ports = reader.structures("ports", "v1.ContainerPort", |port| port.int("hostPort", "int32"))?;
    let readiness = probe("readinessProbe")?;
    let security = reader.structure("securityContext", "v1.SecurityContext", read_security)?;
    let hosts = [liveness, readiness, probe("startupProbe")?].into_iter().chain(lifecycle.into_iter().flatten());
    Ok(Container {
        name,
        image,
        security,
        host_ports: ports.into_iter().map(Option::unwrap_or_default).collect(),
        hosts: hosts.flatten().flatten().collect(),
    })
}

/// The hosts of a handler's requests.
fn read_hosts(handler: &Reader<'_, '_>) -> Result<Vec<Arc<str>>, PodSecurityError> {
    let host = |name, go_type| Ok(handler.structure(name, go_type, |action| action.text("host"))?.flatten());
    let hosts = [host("httpGet", "v1.HTTPGetAction")?, host("tcpSocket", "v1.TCPSocketAction")?];
    Ok(hosts.into_iter().flatten().filter(|host| !host.is_empty()).collect())
}

/// The security context of a container.
fn read_security(reader: &Reader<'_, '_>) -> Result<Security, PodSecurityError> {
    Ok(Security {
        allow_privilege_escalation: reader.truth("allowPrivilegeEscalation")?,
        capabilities: reader.structure("capabilities", "v1.Capabilities", |capabilities| {
            Ok(Capabilities {
                add: capabilities.texts("add", "v1.Capability")?,
                drop: capabilities.texts("drop", "v1.Capability")?,
            })
        })?,
        privileged: reader.truth("privileged")?,
        proc_mount: reader.text_as("procMount", "v1.ProcMountType")?,
        ..read_pod_security(reader)?
    })
}

/// What the security contexts of Pods and containers have in common.
fn read_pod_security(reader: &Reader<'_, '_>) -> Result<Security, PodSecurityError> {
    let profile = |name, go_type, kind_type| {
        reader.structure(name, go_type, |profile| Ok(profile.text_as("type", kind_type)?.unwrap_or_default()))
    };
    Ok(Security {
        app_armor: profile("appArmorProfile", "v1.AppArmorProfile", "v1.AppArmorProfileType")?,
        run_as_non_root: reader.truth("runAsNonRoot")?,
        run_as_user: reader.int("runAsUser", "int64")?,
        se_linux: reader.structure("seLinuxOptions", "v1.SELinuxOptions", |options| {
            Ok(SeLinux {
                role: options.text("role")?.unwrap_or_default(),
                kind: options.text("type")?.unwrap_or_default(),
                user: options.text("user")?.unwrap_or_default(),
            })
        })?,
        seccomp: profile("seccompProfile", "v1.SeccompProfile", "v1.SeccompProfileType")?,
        host_process: reader
            .structure("windowsOptions", "v1.WindowsSecurityContextOptions", |options| options.truth("hostProcess"))?
            .flatten()
            .unwrap_or_default(),
        ..Security::default()
    })
}

fn read_volume(reader: &Reader<'_, '_>) -> Result<Volume, PodSecurityError> {
    let name = reader.text("name")?.unwrap_or_default();
    reader.embedded("VolumeSource", |source| {
        let mut volume = Volume { name, ..Volume::default() };
        for (name, go_type) in RESTRICTED_SOURCES.into_iter().chain(ALLOWED_SOURCES) {
            let path = source.structure(name, go_type, |found| {
                if name == "hostPath" { Ok(found.text("path")?.unwrap_or_default()) } else { Ok(Arc::default()) }
            })?;
            if path.is_some() {
                volume.sources.push(name);
            }
            if name == "hostPath" {
                volume.host_path = path;
            }
        }
        Ok(volume)
    })
}
