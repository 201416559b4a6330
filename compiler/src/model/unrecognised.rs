//! Policies that a slip in `kind` or `apiVersion` hides: they would otherwise pass as resources and enforce nothing.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, Node};

use super::fault::{MissingField, MissingPolicyField, MisspelledKey, UnknownField, UnrecognisedPolicy};
use super::node::Fields;
use super::suggest::closest;
use crate::diagnostic::Diagnostics;

const GROUPS: &[&str] = &["kyverno.io", "policies.kyverno.io"];

/// The kinds that are compiled.
const KINDS: &[&str] =
    &["ClusterPolicy", "Policy", "PolicyException", "CleanupPolicy", "ClusterCleanupPolicy", "GlobalContextEntry"];
const POLICY_VERSIONS: &[&str] = &["kyverno.io/v1", "kyverno.io/v2beta1"];
/// Those of exceptions and cleanup policies.
const LATER_VERSIONS: &[&str] = &["kyverno.io/v2", "kyverno.io/v2beta1"];

const GLOBAL_VERSIONS: &[&str] = &["kyverno.io/v2", "kyverno.io/v2beta1", "kyverno.io/v2alpha1"];

/// Kinds of policies in CEL, which are not compiled.
const CEL_KINDS: &[&str] = &[
    "ValidatingPolicy",
    "NamespacedValidatingPolicy",
    "MutatingPolicy",
    "NamespacedMutatingPolicy",
    "GeneratingPolicy",
    "NamespacedGeneratingPolicy",
    "DeletingPolicy",
    "NamespacedDeletingPolicy",
    "ImageValidatingPolicy",
    "NamespacedImageValidatingPolicy",
];

/// Kinds of Kyverno's groups that Kyverno itself writes, and those of tests, which it reads whatever their group is.
const OTHER_KINDS: &[&str] = &[
    "Test",
    "Values",
    "UserInfo",
    "Context",
    "UpdateRequest",
    "GenerateRequest",
    "ReportChangeRequest",
    "ClusterReportChangeRequest",
    "AdmissionReport",
    "ClusterAdmissionReport",
    "BackgroundScanReport",
    "ClusterBackgroundScanReport",
    "EphemeralReport",
    "ClusterEphemeralReport",
];

/// Whether a kind of one of Kyverno's groups is a policy that is not compiled.
pub(super) fn is_unsupported(group: &str, kind: &str) -> bool {
    GROUPS.contains(&group) && CEL_KINDS.contains(&kind) || (group, kind) == ("policies.kyverno.io", "PolicyException")
}

/// Reports what is wrong with `kind` and `apiVersion` of a document that is meant as a policy but is not written as one
/// that is supported. Gives whether it is such a document.
///
/// One slip leaves enough to know it by: one of Kyverno's groups, a kind and a group that both look right, or rules as
/// only Kyverno has them. A kind alone does not count where there is a group, as other groups have a `Policy` too.
pub(super) fn report(document: &Node, diagnostics: &mut Diagnostics) -> bool {
    let (kind, api_version) = (Key::of(document, "kind"), Key::of(document, "apiVersion"));
    let (group, _) = api_version.text.split_once('/').unwrap_or((api_version.text, ""));
    let is_of_kyverno = GROUPS.contains(&group);
    let is_spelled = kind.is_spelled() && api_version.is_spelled();
    let others = || CEL_KINDS.iter().chain(OTHER_KINDS);
    if is_of_kyverno && is_spelled && others().any(|other| *other == kind.text) {
        return false;
    }
    let known = || KINDS.iter().chain(others()).copied();
    let meant = known().find(|known| *known == kind.text).or_else(|| closest(kind.text, known()));
    let versions = match meant {
        Some("PolicyException" | "CleanupPolicy" | "ClusterCleanupPolicy") => LATER_VERSIONS,
        Some("GlobalContextEntry") => GLOBAL_VERSIONS,
        _ => POLICY_VERSIONS,
    };
    let is_named = match api_version.entry {
        Some(_) => is_of_kyverno || meant.is_some() && is_near_group(api_version.text, versions),
        None => meant.is_some() && document.get("spec").is_some(),
    };
    if !is_named && !has_rules(document) {
        return false;
    }
    let beside = kind.entry.or(api_version.entry).or(document.entries().first());
    let place = beside.map_or(document.span, |entry| entry.key.span());
    kind.check(meant, KINDS, place, diagnostics);
    if meant.is_none_or(|meant| KINDS.contains(&meant)) || !is_of_kyverno {
        api_version.check(closest(api_version.text, versions.iter().copied()), versions, place, diagnostics);
    }
    true
}

/// Reports a Kubernetes list that has no items, or has them under another name. Gives whether it is one.
pub(super) fn report_list(document: &Node, diagnostics: &mut Diagnostics) -> bool {
    let is_list = document.text("kind").is_some_and(|kind| kind.as_str() == "List");
    if !is_list || document.get("items").is_some() {
        return false;
    }
    let known = ["apiVersion", "kind", "metadata"];
    let other = document.entries().iter().find(|entry| !known.contains(&entry.key.as_str()));
    match other {
        Some(entry) => diagnostics.report(UnknownField {
            span: entry.key.span(),
            field: entry.key.as_str().to_owned(),
            owner: "a list",
            meant: Some("items"),
            belongs: None,
        }),
        None => diagnostics.report(MissingField {
            span: document.entries().first().map_or(document.span, |entry| entry.key.span()),
            owner: "a list",
            field: "items",
            doc: "The objects in it.",
        }),
    }
    true
}

/// A key that makes a document a policy.
struct Key<'n> {
    name: &'static str,
    /// The entry of that name, or one whose name differs in the size of letters only.
    entry: Option<&'n Entry>,
    /// Its text; empty when it has none.
    text: &'n str,
}

impl<'n> Key<'n> {
    fn of(document: &'n Node, name: &'static str) -> Self {
        let entries = || document.entries().iter().filter(|entry| !entry.value.is_null());
        let misspelled = || entries().find(|entry| entry.key.as_str().eq_ignore_ascii_case(name));
        let entry = entries().find(|entry| entry.key == name).or_else(misspelled);
        Self { name, entry, text: entry.and_then(|entry| entry.value.as_str()).unwrap_or_default() }
    }

    fn is_spelled(&self) -> bool {
        self.entry.is_some_and(|entry| entry.key == self.name)
    }

    /// `place` is where it is told that the key is missing.
    fn check(
        &self,
        meant: Option<&'static str>,
        choices: &'static [&'static str],
        place: Span,
        diagnostics: &mut Diagnostics,
    ) {
        let field = self.name;
        let Some(entry) = self.entry else {
            return diagnostics.report(MissingPolicyField { span: place, field, choices });
        };
        if !self.is_spelled() {
            diagnostics.report(MisspelledKey { span: entry.key.span(), written: entry.key.as_str().to_owned(), field });
        }
        if !choices.contains(&self.text) && meant != Some(self.text) {
            diagnostics.report(UnrecognisedPolicy { span: entry.value.span, field, meant, choices });
        }
    }
}

/// Whether an `apiVersion` is of a group close to one of Kyverno's.
fn is_near_group(api_version: &str, versions: &[&'static str]) -> bool {
    let group = api_version.split_once('/').map_or(api_version, |(group, _)| group);
    closest(group, GROUPS.iter().copied()).is_some() || closest(api_version, versions.iter().copied()).is_some()
}

/// Whether a document has rules that match something and do what Kyverno's rules do.
fn has_rules(document: &Node) -> bool {
    const BODIES: &[&str] = &["validate", "mutate", "generate", "verifyImages"];
    let rules = document.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    rules.iter().any(|rule| rule.get("match").is_some() && BODIES.iter().any(|body| rule.get(body).is_some()))
}

#[cfg(test)]
mod tests {
    use dikast_grammar::{FileId, yaml};

    use super::*;

    fn findings(text: &str) -> Option<Vec<String>> {
        let document = yaml::parse(FileId(0), text).documents.remove(0);
        let mut diagnostics = Diagnostics::new();
        let is_policy = report(&document, &mut diagnostics);
        is_policy.then(|| diagnostics.iter().map(|found| found.message.clone()).collect())
    }

    #[test]
    fn slips_are_reported_where_they_are() {
        let kind = "this is not the `kind` of a policy".to_owned();
        let api_version = "this is not the `apiVersion` of a policy".to_owned();
        for (text, expected) in [
            ("{apiVersion: kyverno.io/v1, kind: clusterpolicy}", vec![kind.clone()]),
            ("{apiVersion: kyverno.i/v1, kind: Policy}", vec![api_version.clone()]),
            ("{apiVersion: kyverno.io, kind: PolicyException}", vec![api_version.clone()]),
            ("{apiVersion: kyverno/v1, kind: ClusterPolcy}", vec![kind.clone(), api_version.clone()]),
            ("{apiVersion: policies.kyverno.io/v1, kind: ClustrPolicy}", vec![kind, api_version.clone()]),
            ("{apiVersion: v1, kind: Policy, spec: {rules: [{match: {}, mutate: {}}]}}", vec![api_version]),
            ("{kind: ClusterPolicy, spec: {rules: []}}", vec!["this policy has no `apiVersion`".to_owned()]),
            ("{kind: CleanupPolicy, spec: {}}", vec!["this policy has no `apiVersion`".to_owned()]),
            ("{apiVersion: kyverno.io/v1, spec: {}}", vec!["this policy has no `kind`".to_owned()]),
            ("{apiVersion: kyverno.io/v1, Kind: Policy}", vec!["`Kind` is not read".to_owned()]),
            ("{apiVersion: kyverno.io/v3, kind: Policy}", vec!["this is not the `apiVersion` of a policy".to_owned()]),
            ("{apiVersion: kyverno.io/v1, kind: Rulebook}", vec!["this is not the `kind` of a policy".to_owned()]),
            (
                "{apiVersion: kyverno.io/v2, kind: ClusterCleanupPolcy}",
                vec!["this is not the `kind` of a policy".to_owned()],
            ),
            (
                "{apiVersion: policies.kyverno.io/v1, kind: ValidatngPolicy}",
                vec!["this is not the `kind` of a policy".to_owned()],
            ),
        ] {
            assert_eq!(findings(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_documents_are_left_alone() {
        for text in [
            "5",
            "[{kind: ClusterPolcy}]",
            "{apiVersion: v1, kind: Pod}",
            "{apiVersion: gpu.example.org/v1, kind: ClusterPolicy, spec: {rules: []}}",
            "{apiVersion: net.example.org/v1, kind: L7Policy, spec: {rules: [{match: {path: /}, route: a}]}}",
            "{apiVersion: cli.kyverno.io/v1alpha1, kind: Test, policies: []}",
            "{kind: ClusterPolicy}",
            "{apiVersion: kyverno.io/v1beta1, kind: UpdateRequest}",
        ] {
            assert_eq!(findings(text), None, "{text}");
        }
    }
}
