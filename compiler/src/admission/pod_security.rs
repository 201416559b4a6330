//! Exclusions from the Pod Security Standards (Kyverno `api/kyverno/v1/common_types.go`, `pkg/pss/utils/mapping.go`).

use dikast_grammar::yaml::Text;

use super::fault::RefusedExclusion;
use crate::diagnostic::Diagnostics;
use crate::model::{PodSecurity, PodSecurityExclude};

/// Controls that are about containers.
const OF_CONTAINERS: [&str; 5] =
    ["Capabilities", "Privileged Containers", "Host Ports", "/proc Mount Type", "Privilege Escalation"];
/// Controls that are about Pods as a whole.
const OF_PODS: [&str; 4] = ["Host Namespaces", "HostPath Volumes", "Sysctls", "Volume Types"];
/// Controls that the level `baseline` does not have.
const OF_RESTRICTED: [&str; 4] =
    ["Volume Types", "Privilege Escalation", "Running as Non-root", "Running as Non-root user"];

/// Looks at what a rule excludes.
pub(super) fn check(standards: &PodSecurity<'_>, diagnostics: &mut Diagnostics) {
    let is_baseline = standards.level.is_some_and(|level| level.as_str() == "baseline");
    for exclude in &standards.exclude {
        for (at, problem, help) in faults_of(exclude, is_baseline) {
            diagnostics.report(RefusedExclusion { span: at.span(), problem, help: help.to_owned() });
        }
    }
}

fn faults_of<'n>(exclude: &PodSecurityExclude<'n>, is_baseline: bool) -> Vec<(&'n Text, String, &'static str)> {
    let control = exclude.control.as_str();
    let mut faults = Vec::new();
    if OF_CONTAINERS.contains(&control) && exclude.images.is_empty() {
        let problem = format!("`{control}` is about containers, and none are named");
        faults.push((exclude.control, problem, "name them by their `images`"));
    }
    if let Some(&image) = exclude.images.first().filter(|_| OF_PODS.contains(&control)) {
        faults.push((image, format!("`{control}` is about whole Pods, and images are named"), "remove `images`"));
    }
    if let Some(field) = exclude.restricted_field.filter(|_| exclude.values.is_empty()) {
        faults.push((field, "a `restrictedField` without `values`".to_owned(), "list the values that are allowed"));
    }
    if let Some(&value) = exclude.values.first().filter(|_| exclude.restricted_field.is_none()) {
        faults.push((value, "`values` without a `restrictedField`".to_owned(), "name the field that may have them"));
    }
    if is_baseline && OF_RESTRICTED.contains(&control) {
        faults.push((exclude.control, format!("the level `baseline` has no control `{control}`"), "remove it"));
    }
    faults
}
