//! The parts of a Pod that the checks look at.

use sonic_rs::{Array, JsonContainerTrait, JsonValueTrait, Value};

use super::{Verdict, checks, is_write};

/// A Pod, with what the checks need and nothing else.
#[derive(Debug, Default)]
pub struct Pod<'v> {
    pub(super) host: bool,
    pub(super) security: Security<'v>,
    pub(super) sysctls: &'v [Value],
    pub(super) volumes: &'v [Value],
    pub(super) app_armor: Vec<Option<&'v str>>,
    pub(super) containers: Vec<Container<'v>>,
}

/// A container.
#[derive(Debug, Default)]
pub struct Container<'v> {
    pub(super) ports: &'v [Value],
    pub(super) security: Security<'v>,
    pub(super) privileged: bool,
    pub(super) may_escalate: bool,
    pub(super) host_process: bool,
    pub(super) odd_proc_mount: bool,
    pub(super) added: &'v [Value],
    pub(super) dropped: &'v [Value],
}

/// What Pods and containers have in common.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Security<'v> {
    pub(super) run_as_user: Option<i64>,
    pub(super) run_as_non_root: Option<bool>,
    pub(super) seccomp: Option<&'v str>,
    pub(super) selinux_type: Option<&'v str>,
    pub(super) selinux_user_or_role: bool,
}

/// Metadata and specification of the Pod in a review, or of the template of a controller.
pub(super) fn pod_of(review: &Value) -> Option<(Option<&Value>, &Value)> {
    let request = review.get("request")?;
    if !is_write(request) {
        return None;
    }
    let object = request.get("object")?;
    let spec = object.get("spec")?;
    let template = match request.get("kind").get("kind").as_str()? {
        "Pod" => return Some((object.get("metadata"), spec)),
        "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            spec.get("template")?
        }
        "CronJob" => spec.get("jobTemplate")?.get("spec")?.get("template")?,
        _ => return None,
    };
    Some((template.get("metadata"), template.get("spec")?))
}

/// The items of a list; none of what is no list.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Array::as_slice).unwrap_or_default()
}

/// A number, where what is none counts as one that is never allowed.
fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(-1)
}

/// A text, where what is none counts as one that is never allowed.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// Whether a value is anything but `false`.
fn not_false(value: &Value) -> bool {
    value.as_bool() != Some(false)
}

impl<'v> Pod<'v> {
    /// The Pod of a parsed review.
    pub fn of(review: &'v Value) -> Option<Self> {
        let (metadata, spec) = pod_of(review)?;
        let mut pod = Pod { app_armor: metadata.map(app_armor).into_iter().flatten().collect(), ..Pod::default() };
        for (key, value) in spec.as_object()? {
            match key {
                "hostNetwork" | "hostPID" | "hostIPC" => pod.host |= not_false(value),
                "volumes" => pod.volumes = items(value),
                "securityContext" => {
                    pod.security = Security::of(value);
                    pod.sysctls = value.get("sysctls").map(items).unwrap_or_default();
                }
                "containers" | "initContainers" | "ephemeralContainers" => {
                    pod.containers.extend(items(value).iter().map(Container::of));
                }
                _ => {}
            }
        }
        Some(pod)
    }

    /// Asks everything.
    pub fn decide(&self) -> Verdict {
        checks::decide_pod(self)
    }
}

/// The values of the annotations that name AppArmor profiles.
pub(super) fn app_armor(metadata: &Value) -> impl Iterator<Item = Option<&str>> {
    let annotations = metadata.get("annotations").and_then(JsonContainerTrait::as_object);
    let named = annotations.into_iter().flat_map(|annotations| annotations.iter());
    named
        .filter(|(key, _)| key.starts_with("container.apparmor.security.beta.kubernetes.io/"))
        .map(|(_, value)| value.as_str())
}

impl<'v> Container<'v> {
    pub(super) fn of(container: &'v Value) -> Self {
        let mut read = Container { may_escalate: true, ..Container::default() };
        for (key, value) in container.as_object().into_iter().flat_map(|members| members.iter()) {
            match key {
                "ports" => read.ports = items(value),
                "securityContext" => read.read_security(value),
                _ => {}
            }
        }
        read
    }

    fn read_security(&mut self, context: &'v Value) {
        for (key, value) in context.as_object().into_iter().flat_map(|members| members.iter()) {
            match key {
                "privileged" => self.privileged = not_false(value),
                "allowPrivilegeEscalation" => self.may_escalate = not_false(value),
                "procMount" => self.odd_proc_mount = value.as_str() != Some("Default"),
                "windowsOptions" => self.host_process = value.get("hostProcess").is_some_and(not_false),
                "capabilities" => {
                    self.added = value.get("add").map(items).unwrap_or_default();
                    self.dropped = value.get("drop").map(items).unwrap_or_default();
                }
                _ => self.security.read(key, value),
            }
        }
    }
}

impl<'v> Security<'v> {
    pub(super) fn of(context: &'v Value) -> Self {
        let mut security = Self::default();
        for (key, value) in context.as_object().into_iter().flat_map(|members| members.iter()) {
            security.read(key, value);
        }
        security
    }

    fn read(&mut self, key: &str, value: &'v Value) {
        match key {
            "runAsUser" => self.run_as_user = Some(number(value)),
            "runAsNonRoot" => self.run_as_non_root = Some(value.as_bool() == Some(true)),
            "seccompProfile" => self.seccomp = value.get("type").map(text),
            "seLinuxOptions" => {
                self.selinux_type = value.get("type").map(text);
                self.selinux_user_or_role = value.get("user").is_some() || value.get("role").is_some();
            }
            _ => {}
        }
    }
}
