//! Controls of volumes.

use std::collections::BTreeSet;

use super::{Finding, Offenders, forbidden, plural, quoted};
use crate::pod_security::pod::Pod;
use crate::pod_security::{BadValue, Fault, FieldError};

pub(super) fn host_paths(pod: &Pod) -> Option<Finding> {
    let mut volumes = Offenders::default();
    for (at, volume) in pod.volumes.iter().enumerate() {
        if let Some(path) = &volume.host_path {
            let value = BadValue::Text(path.to_string());
            volumes.add(&*volume.name, [forbidden(format!("spec.volumes[{at}].hostPath"), value)]);
        }
    }
    volumes.finding("hostPath volumes", |volumes| {
        format!("{} {}", plural(volumes.names.len(), "volume", "volumes"), quoted(&volumes.names))
    })
}

pub(super) fn restricted(pod: &Pod) -> Option<Finding> {
    let mut volumes = Offenders::default();
    let mut kinds = BTreeSet::new();
    for (at, volume) in pod.volumes.iter().enumerate() {
        if let Some(kind) = volume.restricted_source() {
            kinds.insert(kind);
            let field = FieldError { field: format!("spec.volumes[{at}].{kind}"), fault: Fault::Forbidden(None) };
            volumes.add(&*volume.name, [field]);
        }
    }
    volumes.finding("restricted volume types", |volumes| {
        let count = volumes.names.len();
        format!(
            "{} {} {} {} {}",
            plural(count, "volume", "volumes"),
            quoted(&volumes.names),
            plural(count, "uses", "use"),
            plural(kinds.len(), "restricted volume type", "restricted volume types"),
            quoted(&kinds)
        )
    })
}
