//! The checks: one pass over the Pod, one over each container.

use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value};

use super::Verdict;
use super::pod::{Container, Pod, Security, app_armor, items};

/// Positions in [`super::RULES`].
mod rule {
    pub(super) const DROP_ALL: u32 = 0;
    pub(super) const ADD_STRICT: u32 = 1;
    pub(super) const ADD: u32 = 2;
    pub(super) const HOST_NAMESPACES: u32 = 3;
    pub(super) const HOST_PATH: u32 = 4;
    pub(super) const HOST_PORT_RANGE: u32 = 5;
    pub(super) const HOST_PORTS: u32 = 6;
    pub(super) const HOST_PROCESS: u32 = 7;
    pub(super) const ESCALATION: u32 = 8;
    pub(super) const PRIVILEGED: u32 = 9;
    pub(super) const PROC_MOUNT: u32 = 10;
    pub(super) const SELINUX_TYPE: u32 = 11;
    pub(super) const SELINUX_USER: u32 = 12;
    pub(super) const ROOT_USER: u32 = 13;
    pub(super) const NON_ROOT: u32 = 14;
    pub(super) const APP_ARMOR: u32 = 15;
    pub(super) const SECCOMP_STRICT: u32 = 16;
    pub(super) const SECCOMP: u32 = 17;
    pub(super) const SYSCTLS: u32 = 18;
    pub(super) const VOLUMES: u32 = 19;
}

/// What is known so far.
#[derive(Default)]
struct Findings {
    failed: u32,
    /// Some host port lies outside the range, some is not zero.
    ports: [bool; 2],
    /// Some container does not say, or denies, that it runs as another user than root.
    root: Wanted,
    /// Some container does not say, or says wrongly, which profile it uses.
    seccomp: Wanted,
}

/// Something that the Pod or each of its containers has to say.
#[derive(Default)]
struct Wanted {
    /// Some container does not say it.
    unsaid: bool,
    /// Some container says something else.
    wrong: bool,
}

impl Wanted {
    fn see(&mut self, says: Option<bool>) {
        self.unsaid |= says.is_none();
        self.wrong |= says == Some(false);
    }

    /// Whether it fails, given what the Pod says.
    fn fails(&self, pod: Option<bool>) -> bool {
        self.wrong || self.unsaid && pod != Some(true)
    }
}

impl Findings {
    fn fail(&mut self, rule: u32, fails: bool) {
        self.failed |= u32::from(fails) << rule;
    }

    fn container(&mut self, container: &Container<'_>) {
        self.fail(rule::HOST_PROCESS, container.host_process);
        self.fail(rule::ESCALATION, container.may_escalate);
        self.fail(rule::PRIVILEGED, container.privileged);
        self.fail(rule::PROC_MOUNT, container.odd_proc_mount);
        self.fail(rule::DROP_ALL, !container.dropped.iter().any(|name| name.as_str() == Some("ALL")));
        for name in container.added {
            let name = name.as_str().unwrap_or("?");
            self.fail(rule::ADD_STRICT, !matches!(name, "NET_BIND_SERVICE" | ""));
            self.fail(rule::ADD, !is_baseline_capability(name));
        }
        for port in container.ports {
            if let Some(port) = port.get("hostPort") {
                let port = port.as_i64().unwrap_or(-1);
                self.ports[0] |= !(5000..=6000).contains(&port);
                self.ports[1] |= port != 0;
            }
        }
        self.security(&container.security);
        self.root.see(container.security.run_as_non_root);
        self.seccomp.see(container.security.seccomp.map(is_allowed_profile));
    }

    fn security(&mut self, security: &Security<'_>) {
        self.fail(rule::SELINUX_USER, security.selinux_user_or_role);
        self.fail(rule::SELINUX_TYPE, security.selinux_type.is_some_and(|name| !is_allowed_selinux_type(name)));
        self.fail(rule::ROOT_USER, security.run_as_user.is_some_and(|user| user <= 0));
        self.fail(rule::SECCOMP, security.seccomp.is_some_and(|profile| !is_allowed_profile(profile)));
    }

    fn sysctls(&mut self, sysctls: &[Value]) {
        for sysctl in sysctls {
            self.fail(rule::SYSCTLS, sysctl.get("name").is_some_and(|name| !name.as_str().is_some_and(is_safe_sysctl)));
        }
    }

    fn volumes(&mut self, volumes: &[Value]) {
        for (key, value) in volumes.iter().filter_map(|volume| volume.as_object()).flat_map(|volume| volume.iter()) {
            self.fail(rule::HOST_PATH, key == "hostPath" && !value.is_null());
            self.fail(rule::VOLUMES, !is_allowed_volume(key));
        }
    }

    fn app_armor<'v>(&mut self, profiles: impl Iterator<Item = Option<&'v str>>) {
        for profile in profiles {
            let allowed = profile.is_some_and(|name| name == "runtime/default" || name.starts_with("localhost/"));
            self.fail(rule::APP_ARMOR, !allowed);
        }
    }

    fn verdict(mut self, pod: &Security<'_>) -> Verdict {
        self.security(pod);
        self.fail(rule::HOST_PORT_RANGE, self.ports == [true; 2]);
        self.fail(rule::HOST_PORTS, self.ports[1]);
        // A Pod that denies it can still be saved by containers that all say it.
        let root = self.root.fails(pod.run_as_non_root);
        let seccomp = self.seccomp.fails(pod.seccomp.map(is_allowed_profile));
        self.fail(rule::NON_ROOT, root);
        self.fail(rule::SECCOMP_STRICT, seccomp);
        Verdict { failed: self.failed }
    }
}

/// Decides while walking over a parsed Pod; containers are not collected.
pub(super) fn decide_value(metadata: Option<&Value>, spec: &Value) -> Verdict {
    let mut findings = Findings::default();
    let mut security = Security::default();
    for (key, value) in spec.as_object().into_iter().flat_map(|members| members.iter()) {
        match key {
            "hostNetwork" | "hostPID" | "hostIPC" => {
                findings.fail(rule::HOST_NAMESPACES, value.as_bool() != Some(false));
            }
            "volumes" => findings.volumes(items(value)),
            "securityContext" => {
                security = Security::of(value);
                findings.sysctls(value.get("sysctls").map(items).unwrap_or_default());
            }
            "containers" | "initContainers" | "ephemeralContainers" => {
                for container in items(value) {
                    findings.container(&Container::of(container));
                }
            }
            _ => {}
        }
    }
    if let Some(metadata) = metadata {
        findings.app_armor(app_armor(metadata));
    }
    findings.verdict(&security)
}

/// Decides on a Pod that was read before.
pub(super) fn decide_pod(pod: &Pod<'_>) -> Verdict {
    let mut findings = Findings::default();
    findings.fail(rule::HOST_NAMESPACES, pod.host);
    findings.volumes(pod.volumes);
    findings.sysctls(pod.sysctls);
    for container in &pod.containers {
        findings.container(container);
    }
    findings.app_armor(pod.app_armor.iter().copied());
    findings.verdict(&pod.security)
}

fn is_baseline_capability(name: &str) -> bool {
    matches!(
        name,
        "AUDIT_WRITE"
            | "CHOWN"
            | "DAC_OVERRIDE"
            | "FOWNER"
            | "FSETID"
            | "KILL"
            | "MKNOD"
            | "NET_BIND_SERVICE"
            | "SETFCAP"
            | "SETGID"
            | "SETPCAP"
            | "SETUID"
            | "SYS_CHROOT"
    )
}

fn is_allowed_profile(name: &str) -> bool {
    matches!(name, "RuntimeDefault" | "Localhost")
}

fn is_allowed_selinux_type(name: &str) -> bool {
    matches!(name, "container_t" | "container_init_t" | "container_kvm_t")
}

fn is_safe_sysctl(name: &str) -> bool {
    matches!(
        name,
        "kernel.shm_rmid_forced"
            | "net.ipv4.ip_local_port_range"
            | "net.ipv4.ip_unprivileged_port_start"
            | "net.ipv4.tcp_syncookies"
            | "net.ipv4.ping_group_range"
    )
}

fn is_allowed_volume(key: &str) -> bool {
    matches!(
        key,
        "name"
            | "configMap"
            | "csi"
            | "downwardAPI"
            | "emptyDir"
            | "ephemeral"
            | "persistentVolumeClaim"
            | "projected"
            | "secret"
    )
}
