//! Controls of security profiles: AppArmor, seccomp, SELinux, and the masks of `/proc`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Finding, Offenders, forbidden, plural, quoted, required};
use crate::go_parse::quote;
use crate::pod_security::pod::{Pod, SeLinux, Security};
use crate::pod_security::{BadValue, FieldError};

/// AppArmor and seccomp profiles may be of these types.
fn is_confined(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}

/// The types of profiles that Pod and containers set to something else, and who sets them.
fn unconfined(pod: &Pod, name: &str, profile: fn(&Security) -> Option<&Arc<str>>) -> (Offenders, BTreeSet<String>) {
    let mut setters = Offenders::default();
    let mut found = BTreeSet::new();
    let mut containers = Offenders::default();
    let mut bad = |security: &Security| {
        let kind = profile(security).filter(|kind| !is_confined(kind))?;
        found.insert(kind.to_string());
        Some(BadValue::Text(kind.to_string()))
    };
    if let Some(value) = bad(&pod.security) {
        setters.add("pod", [forbidden(format!("spec.securityContext.{name}.type"), value)]);
    }
    for placed in pod.all_containers() {
        if let Some(value) = placed.security().and_then(&mut bad) {
            containers.add_container(&placed, [forbidden(placed.security_field(&format!("{name}.type")), value)]);
        }
    }
    setters.add_all(containers);
    (setters, found)
}

const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

pub(super) fn app_armor(pod: &Pod) -> Option<Finding> {
    let (mut setters, found) = unconfined(pod, "appArmorProfile", |security| security.app_armor.as_ref());
    let allowed = |profile: &str| matches!(profile, "" | "runtime/default") || profile.starts_with("localhost/");
    let annotations =
        pod.annotations.iter().filter(|(key, profile)| key.starts_with(APP_ARMOR_ANNOTATION) && !allowed(profile));
    let (mut texts, fields): (Vec<String>, Vec<FieldError>) = annotations.map(annotation_error).unzip();
    let mut found = Vec::from_iter(found);
    if !texts.is_empty() {
        setters.add(plural(texts.len(), "annotation", "annotations"), fields);
        texts.sort();
        found.append(&mut texts);
    }
    let reason = plural(found.len(), "forbidden AppArmor profile", "forbidden AppArmor profiles");
    setters.finding(reason, |setters| {
        format!("{} must not set AppArmor profile type to {}", setters.names.join(" and "), quoted(&found))
    })
}

/// An annotation as the detail shows it, and as an offending field.
fn annotation_error((key, value): (&Arc<str>, &Arc<str>)) -> (String, FieldError) {
    let field = forbidden(format!("metadata.annotations[{key}]"), BadValue::Text(value.to_string()));
    (format!("{key}={}", quote(value)), field)
}

pub(super) fn seccomp(pod: &Pod) -> Option<Finding> {
    let (setters, found) = unconfined(pod, "seccompProfile", |security| security.seccomp.as_ref());
    setters.finding("seccompProfile", |setters| {
        let setters = setters.names.join(" and ");
        format!("{setters} must not set securityContext.seccompProfile.type to {}", quoted(&found))
    })
}

/// Beyond [`seccomp`], a profile must be set on the Pod or on every container.
pub(super) fn seccomp_required(pod: &Pod) -> Option<Finding> {
    if let Some(finding) = seccomp(pod) {
        return Some(finding);
    }
    let mut silent = Offenders::default();
    if pod.security.seccomp.is_none() {
        for placed in pod.all_containers() {
            if placed.security().is_none_or(|security| security.seccomp.is_none()) {
                silent.add_container(&placed, [required(placed.security_field("seccompProfile.type"))]);
            }
        }
    }
    silent.finding("seccompProfile", |silent| {
        let containers = silent.containers();
        format!(
            "pod or {containers} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""
        )
    })
}

const SECCOMP_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";

/// Seccomp was set by annotations before Kubernetes 1.19.
pub(super) fn seccomp_annotations(pod: &Pod) -> Option<Finding> {
    let of_containers = pod.all_containers().map(|placed| {
        let name = &placed.container.name;
        Arc::from(format!("container.seccomp.security.alpha.kubernetes.io/{name}"))
    });
    let mut found = Vec::new();
    for key in [Arc::from(SECCOMP_ANNOTATION)].into_iter().chain(of_containers) {
        let Some(profile) = pod.annotations.get(&key) else { continue };
        let allowed = matches!(&**profile, "runtime/default" | "docker/default") || profile.starts_with("localhost/");
        if !allowed {
            found.push(annotation_error((&key, profile)));
        }
    }
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    let mut setters = Offenders::default();
    for (text, field) in found {
        // Containers of the same name share an annotation, which is named once.
        if setters.names.last() != Some(&text) {
            setters.names.push(text);
        }
        setters.fields.push(field);
    }
    setters.finding("seccompProfile", |setters| {
        let annotations = plural(setters.names.len(), "annotation", "annotations");
        format!("forbidden {annotations} {}", setters.names.join(", "))
    })
}

pub(super) fn se_linux(pod: &Pod, engine_type: bool) -> Option<Finding> {
    let mut found = SeLinuxFindings { engine_type, ..SeLinuxFindings::default() };
    let mut setters = Offenders::default();
    if let Some(options) = &pod.security.se_linux {
        let fields = found.look(options, |name| format!("spec.securityContext.seLinuxOptions.{name}"));
        if !fields.is_empty() {
            setters.add("pod", fields);
        }
    }
    let mut containers = Offenders::default();
    for placed in pod.all_containers() {
        if let Some(options) = placed.security().and_then(|security| security.se_linux.as_ref()) {
            let fields = found.look(options, |name| placed.security_field(&format!("seLinuxOptions.{name}")));
            if !fields.is_empty() {
                containers.add_container(&placed, fields);
            }
        }
    }
    setters.add_all(containers);
    setters.finding("seLinuxOptions", |setters| {
        let setters = setters.names.join(" and ");
        format!("{setters} set forbidden securityContext.seLinuxOptions: {}", found.describe())
    })
}

/// What the options of a Pod and its containers have that is not allowed.
#[derive(Default)]
struct SeLinuxFindings {
    /// Whether `container_engine_t` is allowed.
    engine_type: bool,
    types: BTreeSet<String>,
    user: bool,
    role: bool,
}

impl SeLinuxFindings {
    fn look(&mut self, options: &SeLinux, field: impl Fn(&str) -> String) -> Vec<FieldError> {
        let mut fields = Vec::new();
        let mut forbid = |name: &str, value: &str| {
            fields.push(forbidden(field(name), BadValue::Text(value.to_owned())));
        };
        let allowed = match &*options.kind {
            "" | "container_t" | "container_init_t" | "container_kvm_t" => true,
            "container_engine_t" => self.engine_type,
            _ => false,
        };
        if !allowed {
            self.types.insert(options.kind.to_string());
            forbid("type", &options.kind);
        }
        if !options.user.is_empty() {
            self.user = true;
            forbid("user", &options.user);
        }
        if !options.role.is_empty() {
            self.role = true;
            forbid("role", &options.role);
        }
        fields
    }

    fn describe(&self) -> String {
        let mut parts = Vec::new();
        if !self.types.is_empty() {
            parts.push(format!("{} {}", plural(self.types.len(), "type", "types"), quoted(&self.types)));
        }
        if self.user {
            parts.push("user may not be set".to_owned());
        }
        if self.role {
            parts.push("role may not be set".to_owned());
        }
        parts.join("; ")
    }
}

pub(super) fn proc_mount(pod: &Pod) -> Option<Finding> {
    let mut containers = Offenders::default();
    let mut found = BTreeSet::new();
    for placed in pod.all_containers() {
        let mount = placed.security().and_then(|security| security.proc_mount.as_ref());
        if let Some(mount) = mount.filter(|mount| &***mount != "Default") {
            found.insert(mount.to_string());
            let value = BadValue::Text(mount.to_string());
            containers.add_container(&placed, [forbidden(placed.security_field("procMount"), value)]);
        }
    }
    containers.finding("procMount", |containers| {
        format!("{} must not set securityContext.procMount to {}", containers.containers(), quoted(&found))
    })
}
