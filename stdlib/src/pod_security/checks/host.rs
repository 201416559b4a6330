//! Controls of what a Pod shares with its host: namespaces, ports, probe targets, sysctls, Windows host processes.

use std::collections::BTreeSet;

use super::{Finding, Offenders, forbidden, plural, quoted};
use crate::pod_security::BadValue;
use crate::pod_security::pod::Pod;

pub(super) fn namespaces(pod: &Pod) -> Option<Finding> {
    let mut shared = Offenders::default();
    for (is_shared, name) in [(pod.host_network, "hostNetwork"), (pod.host_pid, "hostPID"), (pod.host_ipc, "hostIPC")] {
        if is_shared {
            shared.add(format!("{name}=true"), [forbidden(format!("spec.{name}"), BadValue::Bool(true))]);
        }
    }
    shared.finding("host namespaces", |shared| shared.names.join(", "))
}

pub(super) fn ports(pod: &Pod) -> Option<Finding> {
    let mut offenders = Offenders::default();
    let mut found = BTreeSet::new();
    for placed in pod.all_containers() {
        let ports = || placed.container.host_ports.iter().enumerate().filter(|(_, port)| **port != 0);
        if ports().next().is_some() {
            found.extend(ports().map(|(_, port)| port.to_string()));
            let field = |(at, port): (usize, &i64)| {
                forbidden(placed.field(&format!("ports[{at}].hostPort")), BadValue::Int(*port))
            };
            offenders.add_container(&placed, ports().map(field));
        }
    }
    offenders.finding("hostPort", |offenders| {
        let uses = plural(offenders.names.len(), "uses", "use");
        let ports = plural(found.len(), "hostPort", "hostPorts");
        format!("{} {uses} {ports} {}", offenders.containers(), Vec::from_iter(found).join(", "))
    })
}

/// This check names no fields, so nothing of it can be excluded.
pub(super) fn probes_and_hooks(pod: &Pod) -> Option<Finding> {
    let offenders = pod.all_containers().filter(|placed| !placed.container.hosts.is_empty());
    let offenders: Vec<_> = offenders.map(|placed| placed.container).collect();
    let names: BTreeSet<&str> = offenders.iter().map(|container| &*container.name).collect();
    let hosts: BTreeSet<&str> = offenders.iter().flat_map(|container| &container.hosts).map(|host| &**host).collect();
    if names.is_empty() {
        return None;
    }
    let detail = format!(
        "{} {} {} {} {}",
        plural(names.len(), "container", "containers"),
        quoted(&names),
        plural(names.len(), "uses", "use"),
        plural(hosts.len(), "probe or lifecycle host", "probe or lifecycle hosts"),
        quoted(&hosts)
    );
    Some(Finding { reason: "probe or lifecycle host".to_owned(), detail, fields: None })
}

/// Sysctls that are allowed, and since which minor version of Kubernetes.
const SAFE_SYSCTLS: [(&str, u64); 12] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
];

pub(super) fn sysctls(pod: &Pod, minor: u64) -> Option<Finding> {
    let mut offenders = Offenders::default();
    for (at, name) in pod.sysctls.iter().enumerate() {
        if !SAFE_SYSCTLS.iter().any(|(safe, since)| *safe == &**name && *since <= minor) {
            let field = format!("spec.securityContext.sysctls[{at}].name");
            offenders.add(&**name, [forbidden(field, BadValue::Text(name.to_string()))]);
        }
    }
    offenders.finding("forbidden sysctls", |offenders| offenders.names.join(", "))
}

pub(super) fn windows_processes(pod: &Pod) -> Option<Finding> {
    let mut setters = Offenders::default();
    if pod.security.host_process {
        setters.add("pod", [forbidden("spec.securityContext.windowsOptions.hostProcess", BadValue::Bool(true))]);
    }
    let mut containers = Offenders::default();
    for placed in pod.all_containers() {
        if placed.security().is_some_and(|security| security.host_process) {
            let field = placed.security_field("windowsOptions.hostProcess");
            containers.add_container(&placed, [forbidden(field, BadValue::Bool(true))]);
        }
    }
    setters.add_all(containers);
    setters.finding("hostProcess", |setters| {
        format!("{} must not set securityContext.windowsOptions.hostProcess=true", setters.names.join(" and "))
    })
}
