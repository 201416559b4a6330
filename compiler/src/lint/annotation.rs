//! Annotations of policies that a slip makes into others, which nothing reads.

use dikast_grammar::yaml::Text;

use super::fault::MisspelledAnnotation;
use crate::diagnostic::Diagnostics;
use crate::model::{Policy, suggest};

/// The annotations that Kyverno reads, and those that describe policies everywhere.
const KNOWN: &[&str] = &[
    AUTOGEN,
    "policies.kyverno.io/category",
    "policies.kyverno.io/description",
    "policies.kyverno.io/minversion",
    "policies.kyverno.io/scored",
    "policies.kyverno.io/severity",
    "policies.kyverno.io/subject",
    "policies.kyverno.io/title",
    "kyverno.io/kubernetes-version",
    "kyverno.io/kyverno-version",
];

const AUTOGEN: &str = "pod-policies.kyverno.io/autogen-controllers";

/// Tells of annotations that are almost known ones.
pub(super) fn check(policy: &Policy<'_>, diagnostics: &mut Diagnostics) {
    for (key, _) in &policy.annotations {
        if let Some(meant) = meant(key) {
            diagnostics.report(MisspelledAnnotation { span: key.span(), key: key.as_str().to_owned(), meant });
        }
    }
}

fn meant(key: &Text) -> Option<&'static str> {
    let written = key.as_str();
    if KNOWN.contains(&written) {
        return None;
    }
    let (domain, name) = written.rsplit_once('/').unwrap_or(("", written));
    let is_autogen = name == "autogen-controllers" || domain == "pod-policies.kyverno.io";
    if is_autogen { Some(AUTOGEN) } else { suggest::closest(written, KNOWN.iter().copied()) }
}
