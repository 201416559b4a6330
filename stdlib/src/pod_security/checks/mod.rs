//! The controls, each with its revisions.

mod host;
mod privilege;
mod profile;
mod volume;

use super::pod::{Placed, Pod};
use super::version::Version;
use super::{BadValue, Fault, FieldError, Violation};

/// A check and the versions of Kubernetes 1 from which its revisions apply.
struct Check {
    id: &'static str,
    control: Option<&'static str>,
    is_baseline: bool,
    /// The minor version from which each applies, in ascending order. The first applies to older versions too.
    revisions: &'static [(u64, Revision)],
}

type Revision = fn(&Pod) -> Option<Finding>;

/// What a check objects to.
struct Finding {
    reason: String,
    detail: String,
    fields: Option<Vec<FieldError>>,
}

const fn baseline(id: &'static str, control: &'static str, revisions: &'static [(u64, Revision)]) -> Check {
    Check { id, control: Some(control), is_baseline: true, revisions }
}

const fn restricted(id: &'static str, control: &'static str, revisions: &'static [(u64, Revision)]) -> Check {
    Check { id, control: Some(control), is_baseline: false, revisions }
}

/// All checks in the order in which they run and are reported.
static CHECKS: [Check; 18] = [
    restricted(
        "allowPrivilegeEscalation",
        "Privilege Escalation",
        &[(8, privilege::escalation), (25, |pod| unless_windows(pod, privilege::escalation))],
    ),
    baseline("appArmorProfile", "AppArmor", &[(0, profile::app_armor)]),
    baseline("capabilities_baseline", "Capabilities", &[(0, privilege::added_capabilities)]),
    restricted(
        "capabilities_restricted",
        "Capabilities",
        &[(22, privilege::all_capabilities), (25, |pod| unless_windows(pod, privilege::all_capabilities))],
    ),
    baseline("hostNamespaces", "Host Namespaces", &[(0, host::namespaces)]),
    baseline("hostPathVolumes", "HostPath Volumes", &[(0, volume::host_paths)]),
    baseline("hostPorts", "Host Ports", &[(0, host::ports)]),
    Check {
        id: "hostProbesAndHostLifecycle",
        control: None,
        is_baseline: true,
        revisions: &[(34, host::probes_and_hooks)],
    },
    baseline("privileged", "Privileged Containers", &[(0, privilege::privileged)]),
    baseline("procMount", "/proc Mount Type", &[(0, profile::proc_mount)]),
    restricted("restrictedVolumes", "Volume Types", &[(0, volume::restricted)]),
    restricted("runAsNonRoot", "Running as Non-root", &[(0, privilege::non_root)]),
    restricted("runAsUser", "Running as Non-root user", &[(23, privilege::root_user)]),
    baseline(
        "seLinuxOptions",
        "SELinux",
        &[(0, |pod| profile::se_linux(pod, false)), (31, |pod| profile::se_linux(pod, true))],
    ),
    baseline("seccompProfile_baseline", "Seccomp", &[(0, profile::seccomp_annotations), (19, profile::seccomp)]),
    restricted(
        "seccompProfile_restricted",
        "Seccomp",
        &[(19, profile::seccomp_required), (25, |pod| unless_windows(pod, profile::seccomp_required))],
    ),
    baseline(
        "sysctls",
        "Sysctls",
        &[
            (0, |pod| host::sysctls(pod, 0)),
            (27, |pod| host::sysctls(pod, 27)),
            (29, |pod| host::sysctls(pod, 29)),
            (32, |pod| host::sysctls(pod, 32)),
        ],
    ),
    baseline("windowsHostProcess", "HostProcess", &[(0, host::windows_processes)]),
];

/// The violations of a Pod, in the order of the checks.
pub(super) fn run(level: &str, version: Version, pod: &Pod) -> Vec<Violation> {
    let checks = CHECKS.iter().filter(|check| check.is_baseline || level != "baseline");
    let violation = |check: &Check| {
        let (_, first) = check.revisions.first()?;
        let newest = check.revisions.iter().rev().find(|(since, _)| Version(*since) <= version);
        let Finding { reason, detail, fields } = newest.map_or(first, |(_, revision)| revision)(pod)?;
        Some(Violation { check: check.id, control: check.control, reason, detail, fields })
    };
    checks.filter_map(violation).collect()
}

/// Pods for Windows are exempt from what their API does not allow them to set.
fn unless_windows(pod: &Pod, check: Revision) -> Option<Finding> {
    if pod.is_windows { None } else { check(pod) }
}

/// Those that a check objects to, with the fields that make it do so.
#[derive(Default)]
struct Offenders {
    names: Vec<String>,
    fields: Vec<FieldError>,
}

impl Offenders {
    fn add(&mut self, name: impl Into<String>, fields: impl IntoIterator<Item = FieldError>) {
        self.names.push(name.into());
        self.fields.extend(fields);
    }

    fn add_container(&mut self, placed: &Placed<'_>, fields: impl IntoIterator<Item = FieldError>) {
        self.add(&*placed.container.name, fields);
    }

    /// Adds containers as one more offender.
    fn add_all(&mut self, containers: Offenders) {
        if !containers.is_empty() {
            self.add(containers.containers(), containers.fields);
        }
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names as those of containers.
    fn containers(&self) -> String {
        format!("{} {}", plural(self.names.len(), "container", "containers"), quoted(&self.names))
    }

    /// The finding, if there are offenders.
    fn finding(self, reason: &str, detail: impl FnOnce(&Self) -> String) -> Option<Finding> {
        if self.is_empty() {
            return None;
        }
        let detail = detail(&self);
        Some(Finding { reason: reason.to_owned(), detail, fields: Some(self.fields) })
    }
}

fn forbidden(field: impl Into<String>, value: BadValue) -> FieldError {
    FieldError { field: field.into(), fault: Fault::Forbidden(Some(value)) }
}

fn required(field: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), fault: Fault::Required }
}

fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// Texts in quotes with commas between them.
fn quoted<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| format!("\"{}\"", text.as_ref())).collect();
    texts.join(", ")
}
