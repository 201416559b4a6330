//! Policies that a slip in `kind` or `apiVersion` hides: they would otherwise pass as resources and enforce nothing.

use dikast_grammar::Span;
use dikast_grammar::yaml::Node;

use super::fault::{MissingPolicyField, UnrecognisedPolicy};
use super::node::Fields;
use super::suggest::closest;
use crate::diagnostic::Diagnostics;

const GROUPS: &[&str] = &["kyverno.io", "policies.kyverno.io"];
const KINDS: &[&str] = &["ClusterPolicy", "Policy", "PolicyException"];
const POLICY_VERSIONS: &[&str] = &["kyverno.io/v1", "kyverno.io/v2beta1"];
const EXCEPTION_VERSIONS: &[&str] = &["kyverno.io/v2", "kyverno.io/v2beta1"];

/// Whether a kind is none of the supported ones, but close to one.
pub(super) fn is_misspelled_kind(kind: &str) -> bool {
    !KINDS.contains(&kind) && closest(kind, KINDS.iter().copied()).is_some()
}

/// Reports what is wrong with `kind` and `apiVersion` of a document that is meant as a policy but is not written as one
/// that is supported. Gives whether it is such a document.
///
/// One slip leaves enough to know it by: a kind and a group that both look right, or rules as only Kyverno has them. A
/// kind alone does not count, as other groups have a `Policy` too.
pub(super) fn report(document: &Node, diagnostics: &mut Diagnostics) -> bool {
    let kind = document.given("kind");
    let api_version = document.given("apiVersion");
    let meant = kind.and_then(Node::as_str).and_then(|kind| closest(kind, KINDS.iter().copied()));
    let versions = if meant == Some("PolicyException") { EXCEPTION_VERSIONS } else { POLICY_VERSIONS };
    let is_named = meant.is_some()
        && match api_version {
            Some(node) => node.as_str().is_some_and(|text| is_near_group(text, versions)),
            None => document.at(&["spec", "rules"]).is_some(),
        };
    if !is_named && !has_rules(document) {
        return false;
    }
    let kind = Field { name: "kind", written: kind, choices: KINDS };
    let api_version = Field { name: "apiVersion", written: api_version, choices: versions };
    kind.check(document.span, diagnostics);
    api_version.check(document.span, diagnostics);
    true
}

/// A field that makes a document a policy.
struct Field<'n> {
    name: &'static str,
    written: Option<&'n Node>,
    choices: &'static [&'static str],
}

impl Field<'_> {
    fn check(&self, document: Span, diagnostics: &mut Diagnostics) {
        let &Self { name, choices, .. } = self;
        let Some(node) = self.written else {
            return diagnostics.report(MissingPolicyField { span: document, field: name, choices });
        };
        let written = node.as_str().unwrap_or_default();
        if !choices.contains(&written) {
            let meant = closest(written, choices.iter().copied());
            diagnostics.report(UnrecognisedPolicy { span: node.span, field: name, meant, choices });
        }
    }
}

/// Whether an `apiVersion` is of one of Kyverno's groups or close to it.
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
        ] {
            assert_eq!(findings(text), None, "{text}");
        }
    }
}
