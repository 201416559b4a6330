//! The fields that controls blame, as `restrictedField` names them.

/// Stands for a list of containers of any of the three kinds.
const CONTAINER: &str = "spec.containers[*].";
const CONTAINERS: [&str; 3] = [CONTAINER, "spec.initContainers[*].", "spec.ephemeralContainers[*]."];

/// A control and its fields; those of containers are written for one kind of them. One that ends in `.` or `[` stands for
/// all that begin so.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "HostProcess",
        &[
            "spec.securityContext.windowsOptions.hostProcess",
            "spec.containers[*].securityContext.windowsOptions.hostProcess",
        ],
    ),
    ("Host Namespaces", &["spec.hostNetwork", "spec.hostPID", "spec.hostIPC"]),
    ("Privileged Containers", &["spec.containers[*].securityContext.privileged"]),
    (
        "Capabilities",
        &[
            "spec.containers[*].securityContext.capabilities.add",
            "spec.containers[*].securityContext.capabilities.drop",
        ],
    ),
    ("HostPath Volumes", &["spec.volumes[*].hostPath"]),
    ("Host Ports", &["spec.containers[*].ports[*].hostPort"]),
    (
        "AppArmor",
        &[
            "spec.securityContext.appArmorProfile.type",
            "spec.containers[*].securityContext.appArmorProfile.type",
            "metadata.annotations[",
        ],
    ),
    (
        "SELinux",
        &[
            "spec.securityContext.seLinuxOptions.type",
            "spec.securityContext.seLinuxOptions.user",
            "spec.securityContext.seLinuxOptions.role",
            "spec.containers[*].securityContext.seLinuxOptions.type",
            "spec.containers[*].securityContext.seLinuxOptions.user",
            "spec.containers[*].securityContext.seLinuxOptions.role",
        ],
    ),
    ("/proc Mount Type", &["spec.containers[*].securityContext.procMount"]),
    (
        "Seccomp",
        &[
            "spec.securityContext.seccompProfile.type",
            "spec.containers[*].securityContext.seccompProfile.type",
            "metadata.annotations[",
        ],
    ),
    ("Sysctls", &["spec.securityContext.sysctls[*].name"]),
    ("Volume Types", &["spec.volumes[*]."]),
    ("Privilege Escalation", &["spec.containers[*].securityContext.allowPrivilegeEscalation"]),
    ("Running as Non-root", &["spec.securityContext.runAsNonRoot", "spec.containers[*].securityContext.runAsNonRoot"]),
    ("Running as Non-root user", &["spec.securityContext.runAsUser", "spec.containers[*].securityContext.runAsUser"]),
];

/// Whether a control blames a field of this path; nothing when there is no such control.
pub fn has_field(control: &str, path: &str) -> Option<bool> {
    let (_, fields) = FIELDS.iter().find(|(name, _)| *name == control)?;
    let plain = CONTAINERS.iter().find_map(|list| path.strip_prefix(list)).map(|rest| format!("{CONTAINER}{rest}"));
    let path = plain.as_deref().unwrap_or(path);
    Some(fields.iter().any(|field| match field.ends_with(['.', '[']) {
        true => path.len() > field.len() && path.starts_with(field),
        false => *field == path,
    }))
}

/// The fields that a control blames, those of containers for one kind of them.
pub fn fields_of(control: &str) -> impl Iterator<Item = &'static str> {
    let found = FIELDS.iter().find(|(name, _)| *name == control);
    found.into_iter().flat_map(|(_, fields)| *fields).copied().filter(|field| !field.ends_with(['.', '[']))
}
