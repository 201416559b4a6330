//! The message of a failed rule (Kyverno `validate_pss.go`, `convertChecks`; `pkg/pss/evaluate.go`,
//! `FormatChecksPrint`), and what reports say of it.

use std::sync::LazyLock;

use regex::Regex;

use super::{BadValue, Fault, FieldError, Violation};

/// The message of a rule that the violations make fail. `level` and `version` are as the policy writes them, `kind` is
/// the kind of the object.
pub fn format_failure(rule: &str, level: &str, version: &str, kind: &str, violations: &[Violation]) -> String {
    let mut message = format!("Validation rule '{rule}' failed. It violates PodSecurity \"{level}:{version}\": ");
    for violation in violations {
        let errors: Vec<String> = violation.fields.iter().flatten().map(|error| error.describe(kind)).collect();
        message.push_str(&format!(
            "(Forbidden reason: {}, field error list: [{}])",
            violation.reason,
            errors.join(", ")
        ));
    }
    message
}

impl FieldError {
    /// The path of the field in an object of a kind, in Kyverno's terms: every `spec` in it becomes the way to the Pod
    /// of the object, and `metadata` always that of a template.
    pub fn path_in(&self, kind: &str) -> String {
        let spec = match kind {
            "DaemonSet" | "Deployment" | "Job" | "StatefulSet" | "ReplicaSet" | "ReplicationController" => {
                "spec.template.spec"
            }
            "CronJob" => "spec.jobTemplate.spec.template.spec",
            _ => "spec",
        };
        self.field.replace("spec", spec).replace("metadata", "spec.template.metadata")
    }

    fn describe(&self, kind: &str) -> String {
        let path = self.path_in(kind);
        match &self.fault {
            Fault::Required => format!("{path}: Required value"),
            Fault::Forbidden(Some(value)) if *value != BadValue::Text(String::new()) => {
                format!("{path} is forbidden, forbidden values found: {value}")
            }
            Fault::Forbidden(_) => format!("{path}: Forbidden"),
        }
    }
}

/// Where the detail of a violation names containers.
static CONTAINER_NAMES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"containers?[\t\n\x0C\r ]*(.*?)[\t\n\x0C\r ]*must").ok());

impl Violation {
    /// The names of the containers that the detail blames, as Kyverno picks them out for reports: what stands between
    /// `container` and `must`, without quotes and spaces, cut at commas. Nothing when the detail has no such part.
    pub fn containers(&self) -> Option<Vec<String>> {
        let named = CONTAINER_NAMES.as_ref()?.captures(&self.detail)?.get(1)?.as_str();
        Some(named.replace(['"', ' '], "").split(',').map(str::to_owned).collect())
    }
}
