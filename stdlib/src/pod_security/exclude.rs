//! What a rule or an exception leaves out (Kyverno `pkg/pss/evaluate.go`, `ApplyPodSecurityExclusion`).
//!
//! An exclusion is found by checking a reduced Pod and subtracting what is found there from the real violations: without
//! images, the Pod with one empty container in place of its own; with images, only the containers that have them.

use super::pod::{Container, Pod};
use super::version::Version;
use super::{BadValue, Fault, FieldError, Violation, checks};
use crate::wildcard::matches;

/// One entry of `exclude`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exclude {
    /// `controlName`
    pub control: String,
    /// `images`, wildcards. Without any, the entry concerns what the Pod itself sets.
    pub images: Vec<String>,
    /// `restrictedField`: only this field, as `spec.containers[*].ports[*].hostPort`.
    pub restricted_field: Option<String>,
    /// `values`, wildcards: only when all offending values are among them.
    pub values: Vec<String>,
}

impl Exclude {
    fn accepts(&self, error: &FieldError, field: &str) -> bool {
        let wanted = self.restricted_field.as_deref().unwrap_or_default();
        (wanted.is_empty() || wanted == field)
            && (self.values.is_empty() || offending_values(error).iter().all(|value| fits_any(&self.values, value)))
    }
}

/// Violations without what the entries exempt. They apply in order, each to what the ones before it left.
pub(super) fn leave_out(
    level: &str,
    version: Version,
    pod: &Pod,
    mut violations: Vec<Violation>,
    excludes: &[Exclude],
) -> Vec<Violation> {
    for exclude in excludes {
        let reduced = reduce(pod, exclude);
        for found in checks::run(level, version, &reduced) {
            if found.control == Some(exclude.control.as_str()) {
                subtract(&mut violations, &found, exclude, pod, &reduced);
            }
        }
    }
    violations
}

fn reduce(pod: &Pod, exclude: &Exclude) -> Pod {
    if exclude.images.is_empty() {
        let stand_in = Container { name: "fake".into(), ..Container::default() };
        return Pod {
            containers: vec![stand_in],
            init_containers: Vec::new(),
            ephemeral_containers: Vec::new(),
            ..pod.clone()
        };
    }
    let concerned = |containers: &[Container]| {
        containers.iter().filter(|container| fits_any(&exclude.images, &container.image)).cloned().collect()
    };
    Pod {
        containers: concerned(&pod.containers),
        init_containers: concerned(&pod.init_containers),
        ephemeral_containers: concerned(&pod.ephemeral_containers),
        ..Pod::default()
    }
}

fn fits_any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}

/// Takes from the violation of the same check one field for each exempt field of the reduced Pod.
fn subtract(violations: &mut Vec<Violation>, found: &Violation, exclude: &Exclude, pod: &Pod, reduced: &Pod) {
    let Some(at) = violations.iter().position(|violation| violation.check == found.check) else { return };
    let Some(fields) = &mut violations[at].fields else { return };
    for error in found.fields.iter().flatten() {
        let field = normalise(&error.field);
        if !exclude.accepts(error, &field) {
            continue;
        }
        let owner = if exclude.images.is_empty() { None } else { container_of(reduced, &error.field) };
        let same = |candidate: &FieldError| {
            normalise(&candidate.field) == field
                && match (exclude.images.is_empty(), container_of(pod, &candidate.field)) {
                    (false, Some(container)) => {
                        container.name == owner.map(|owner| &owner.name).cloned().unwrap_or_default()
                    }
                    _ => true,
                }
        };
        if let Some(at) = fields.iter().position(same) {
            // The last takes the place of what is removed, as in Kyverno; the message shows this order.
            fields.swap_remove(at);
        }
        if fields.is_empty() {
            break;
        }
    }
    if fields.is_empty() {
        violations.remove(at);
    }
}

/// A field with each run of digits made a `*`.
pub(super) fn normalise(field: &str) -> String {
    let mut normalised = String::with_capacity(field.len());
    let mut in_digits = false;
    for character in field.chars() {
        let is_digit = character.is_ascii_digit();
        match (is_digit, in_digits) {
            (false, _) => normalised.push(character),
            (true, false) => normalised.push('*'),
            (true, true) => {}
        }
        in_digits = is_digit;
    }
    normalised
}

/// The container that a field belongs to.
fn container_of<'p>(pod: &'p Pod, field: &str) -> Option<&'p Container> {
    let (list, rest) = field.strip_prefix("spec.")?.split_once('[')?;
    let containers = match list {
        "containers" => &pod.containers,
        "initContainers" => &pod.init_containers,
        "ephemeralContainers" => &pod.ephemeral_containers,
        _ => return None,
    };
    containers.get(rest.split_once(']')?.0.parse::<usize>().ok()?)
}

/// The values that `values` must allow; a field without any satisfies every `values`.
fn offending_values(error: &FieldError) -> Vec<String> {
    match &error.fault {
        Fault::Required | Fault::Forbidden(None) => Vec::new(),
        Fault::Forbidden(Some(BadValue::Texts(texts))) => texts.clone(),
        Fault::Forbidden(Some(value)) => Some(value.to_string()).filter(|text| !text.is_empty()).into_iter().collect(),
    }
}
