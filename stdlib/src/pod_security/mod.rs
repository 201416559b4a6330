//! The Pod Security Standards as Kyverno's `validate.podSecurity` applies them
//! (Kyverno `pkg/pss`, `pkg/engine/handlers/validation/validate_pss.go`; checks of `k8s.io/pod-security-admission`).
//!
//! | module | what |
//! |---|---|
//! | `pod` | the Pod of an object, decoded |
//! | `go_types` | whether the object has the types that Go decodes it into |
//! | `decode` | reading its members |
//! | `checks` | the controls |
//! | `exclude` | what a rule or an exception leaves out |
//! | `fields` | the fields that each control blames |
//! | `report` | the message |

mod checks;
mod decode;
mod exclude;
mod fields;
mod go_types;
mod pod;
mod report;
mod version;

use std::fmt;

pub use exclude::Exclude;
pub use fields::{fields_of, has_field};
pub use report::format_failure;

use crate::Value;
use pod::Pod;
use version::Version;

/// Why the controls cannot be applied; the texts are Kyverno's, as they follow the rule's error message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PodSecurityError {
    /// The object is no Pod and has no template of one.
    #[error("Error while getting new resource: could not find correct resource type")]
    Kind,
    /// A member has the wrong type.
    #[error(
        "Error while getting new resource: json: cannot unmarshal {found} into Go struct field {field} of type {go_type}"
    )]
    Type {
        /// What was found.
        found: String,
        /// Go's struct and the path of the member.
        field: String,
        /// The Go type of the member.
        go_type: String,
    },
    /// A member is no quantity.
    #[error("Error while getting new resource: {0}")]
    Quantity(String),
    /// The version is none.
    #[error("failed to parse pod security api version: must be \"latest\" or \"v1.x\"")]
    Version,
}

/// A check that a Pod does not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The check, as `capabilities_baseline`.
    pub check: &'static str,
    /// The control that policies name, as `Capabilities`; the check of probe hosts belongs to none.
    pub control: Option<&'static str>,
    /// What is wrong, in a few words.
    pub reason: String,
    /// What is wrong, with the containers and values.
    pub detail: String,
    /// The offending fields; nothing when the check does not name any.
    pub fields: Option<Vec<FieldError>>,
}

/// An offending field of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Its path in the Pod, as `spec.containers[0].securityContext.privileged`.
    pub field: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It must be set.
    Required,
    /// Its value must not be there; nothing or an empty text when the check does not tell the value.
    Forbidden(Option<BadValue>),
}

/// A value that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadValue {
    /// Text.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Several texts, sorted.
    Texts(Vec<String>),
}

impl fmt::Display for BadValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Bool(truth) => write!(out, "{truth}"),
            Self::Int(number) => write!(out, "{number}"),
            Self::Texts(texts) => write!(out, "[{}]", texts.join(" ")),
        }
    }
}

/// Checks the Pod of an object at a level and version (both as a policy writes them) and leaves out what `excludes`
/// names. The violations come in the order of the checks.
///
/// Any level but `baseline` runs all checks, `privileged` too.
///
/// # Errors
///
/// The object holds no Pod or a mistyped one, or the version is none.
pub fn evaluate(
    level: &str,
    version: &str,
    resource: &Value,
    excludes: &[Exclude],
) -> Result<Vec<Violation>, PodSecurityError> {
    let pod = Pod::of(resource)?;
    let version = Version::parse(version)?;
    let violations = checks::run(level, version, &pod);
    Ok(exclude::leave_out(level, version, &pod, violations, excludes))
}

/// Leaves out further parts of what [`evaluate`] found, for exceptions that apply once a rule has failed.
///
/// # Errors
///
/// See [`evaluate`].
pub fn leave_out(
    level: &str,
    version: &str,
    resource: &Value,
    violations: Vec<Violation>,
    excludes: &[Exclude],
) -> Result<Vec<Violation>, PodSecurityError> {
    let pod = Pod::of(resource)?;
    Ok(exclude::leave_out(level, Version::parse(version)?, &pod, violations, excludes))
}

#[cfg(test)]
mod tests;
