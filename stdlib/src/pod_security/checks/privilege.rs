//! Controls of what a container may do: privileges, capabilities, running as root.

use std::collections::BTreeSet;

use super::{Finding, Offenders, forbidden, quoted, required};
use crate::pod_security::BadValue;
use crate::pod_security::pod::Pod;

pub(super) fn privileged(pod: &Pod) -> Option<Finding> {
    let mut containers = Offenders::default();
    for placed in pod.all_containers() {
        if placed.security().is_some_and(|security| security.privileged == Some(true)) {
            containers.add_container(&placed, [forbidden(placed.security_field("privileged"), BadValue::Bool(true))]);
        }
    }
    containers.finding("privileged", |containers| {
        format!("{} must not set securityContext.privileged=true", containers.containers())
    })
}

pub(super) fn escalation(pod: &Pod) -> Option<Finding> {
    let mut containers = Offenders::default();
    for placed in pod.all_containers() {
        let field = placed.security_field("allowPrivilegeEscalation");
        let error = match placed.security().map(|security| security.allow_privilege_escalation) {
            None => required(field),
            Some(None) => forbidden(field, BadValue::Text("nil".to_owned())),
            Some(Some(true)) => forbidden(field, BadValue::Bool(true)),
            Some(Some(false)) => continue,
        };
        containers.add_container(&placed, [error]);
    }
    containers.finding("allowPrivilegeEscalation != false", |containers| {
        format!("{} must set securityContext.allowPrivilegeEscalation=false", containers.containers())
    })
}

const DEFAULT_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Capabilities of a list that are not among the allowed ones, sorted.
fn others(capabilities: &[std::sync::Arc<str>], allowed: &[&str]) -> BTreeSet<String> {
    capabilities.iter().filter(|name| !allowed.contains(&&***name)).map(|name| name.to_string()).collect()
}

pub(super) fn added_capabilities(pod: &Pod) -> Option<Finding> {
    let mut containers = Offenders::default();
    let mut found = BTreeSet::new();
    for placed in pod.all_containers() {
        let Some(capabilities) = placed.security().and_then(|security| security.capabilities.as_ref()) else {
            continue;
        };
        let added = others(&capabilities.add, &DEFAULT_CAPABILITIES);
        if !added.is_empty() {
            found.extend(added.iter().cloned());
            let field = placed.security_field("capabilities.add");
            containers.add_container(&placed, [forbidden(field, BadValue::Texts(Vec::from_iter(added)))]);
        }
    }
    containers.finding("non-default capabilities", |containers| {
        format!("{} must not include {} in securityContext.capabilities.add", containers.containers(), quoted(&found))
    })
}

/// All capabilities must be dropped, and only one may be added.
pub(super) fn all_capabilities(pod: &Pod) -> Option<Finding> {
    let mut keeping = Offenders::default();
    let mut adding = Offenders::default();
    let mut found = BTreeSet::new();
    for placed in pod.all_containers() {
        let drop = placed.security_field("capabilities.drop");
        let Some(capabilities) = placed.security().and_then(|security| security.capabilities.as_ref()) else {
            keeping.add_container(&placed, [required(drop)]);
            continue;
        };
        if !capabilities.drop.iter().any(|name| &**name == "ALL") {
            let dropped = others(&capabilities.drop, &[]);
            let error = match dropped.is_empty() {
                true => required(drop),
                false => forbidden(drop, BadValue::Texts(Vec::from_iter(dropped))),
            };
            keeping.add_container(&placed, [error]);
        }
        let added = others(&capabilities.add, &["NET_BIND_SERVICE"]);
        if !added.is_empty() {
            found.extend(added.iter().cloned());
            let field = placed.security_field("capabilities.add");
            adding.add_container(&placed, [forbidden(field, BadValue::Texts(Vec::from_iter(added)))]);
        }
    }
    let mut details = Vec::new();
    if !keeping.is_empty() {
        details.push(format!("{} must set securityContext.capabilities.drop=[\"ALL\"]", keeping.containers()));
    }
    if !adding.is_empty() {
        let (containers, found) = (adding.containers(), quoted(&found));
        details.push(format!("{containers} must not include {found} in securityContext.capabilities.add"));
    }
    keeping.names.extend(adding.names);
    keeping.fields.extend(adding.fields);
    keeping.finding("unrestricted capabilities", |_| details.join("; "))
}

pub(super) fn non_root(pod: &Pod) -> Option<Finding> {
    let mut setters = Offenders::default();
    if pod.security.run_as_non_root == Some(false) {
        setters.add("pod", [forbidden("spec.securityContext.runAsNonRoot", BadValue::Bool(false))]);
    }
    let mut refusing = Offenders::default();
    let mut silent = Offenders::default();
    for placed in pod.all_containers() {
        let field = placed.security_field("runAsNonRoot");
        match placed.security().and_then(|security| security.run_as_non_root) {
            Some(true) => {}
            Some(false) => refusing.add_container(&placed, [forbidden(field, BadValue::Bool(false))]),
            None if pod.security.run_as_non_root == Some(true) => {}
            None => silent.add_container(&placed, [required(field)]),
        }
    }
    setters.add_all(refusing);
    let mut details = Vec::new();
    if !setters.is_empty() {
        details.push(format!("{} must not set securityContext.runAsNonRoot=false", setters.names.join(" and ")));
    }
    if !silent.is_empty() {
        details.push(format!("pod or {} must set securityContext.runAsNonRoot=true", silent.containers()));
    }
    setters.names.extend(silent.names);
    setters.fields.extend(silent.fields);
    setters.finding("runAsNonRoot != true", |_| details.join("\n"))
}

pub(super) fn root_user(pod: &Pod) -> Option<Finding> {
    let mut setters = Offenders::default();
    if pod.security.run_as_user == Some(0) {
        setters.add("pod", [forbidden("spec.securityContext.runAsUser", BadValue::Int(0))]);
    }
    let mut containers = Offenders::default();
    for placed in pod.all_containers() {
        if placed.security().is_some_and(|security| security.run_as_user == Some(0)) {
            containers.add_container(&placed, [forbidden(placed.security_field("runAsUser"), BadValue::Int(0))]);
        }
    }
    setters.add_all(containers);
    setters.finding("runAsUser=0", |setters| format!("{} must not set runAsUser=0", setters.names.join(" and ")))
}
