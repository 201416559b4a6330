//! Policies.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::fault::UnsupportedMatchConditions;
use super::matching::Selector;
use super::node::Fields;
use crate::diagnostic::Diagnostics;
use crate::ir::PolicyKind;

/// A `ClusterPolicy` or `Policy` without its rules.
#[derive(Clone, Debug)]
pub(crate) struct Policy<'n> {
    pub(crate) kind: PolicyKind,
    pub(crate) name: &'n Text,
    pub(crate) namespace: Option<&'n Text>,
    pub(crate) annotations: Vec<(&'n Text, &'n Text)>,
    pub(crate) enforce: bool,
    pub(crate) overrides: Vec<Override<'n>>,
    pub(crate) failure_ignore: bool,
    pub(crate) apply_one: bool,
    pub(crate) emit_warning: bool,
    pub(crate) admission: bool,
    pub(crate) background: bool,
    pub(crate) generate_existing: bool,
    pub(crate) mutate_existing_on_policy_update: bool,
    /// `metadata`
    pub(crate) metadata: &'n Node,
    /// `spec`
    pub(crate) spec: &'n Node,
    /// The documents of its rules.
    pub(crate) rules: &'n [Node],
    pub(crate) span: Span,
}

/// An override of the failure action for some namespaces.
#[derive(Clone, Debug)]
pub(crate) struct Override<'n> {
    pub(crate) enforce: bool,
    pub(crate) namespaces: Option<Vec<&'n Text>>,
    pub(crate) selector: Option<Selector<'n>>,
}

impl<'n> Policy<'n> {
    /// Reads a checked document. Settings that are not supported yet are reported and leave the policy out.
    pub(super) fn read(node: &'n Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (metadata, spec) = (node.given("metadata")?, node.given("spec")?);
        let webhook = spec.given("webhookConfiguration");
        if let Some(conditions) = webhook.and_then(|webhook| webhook.entry("matchConditions"))
            && !conditions.value.items().is_empty()
        {
            diagnostics.report(UnsupportedMatchConditions { span: conditions.key.span() });
            return None;
        }
        let namespaced = node.text("kind").is_some_and(|kind| kind.as_str() == "Policy");
        let failure_policy =
            webhook.and_then(|webhook| webhook.text("failurePolicy")).or_else(|| spec.text("failurePolicy"));
        Some(Self {
            kind: if namespaced { PolicyKind::Policy } else { PolicyKind::ClusterPolicy },
            name: metadata.text("name")?,
            namespace: metadata.nonempty("namespace").filter(|_| namespaced),
            annotations: metadata.text_map("annotations"),
            enforce: spec.text("validationFailureAction").is_some_and(is_enforce),
            overrides: read_overrides(spec, "validationFailureActionOverrides"),
            failure_ignore: failure_policy.is_some_and(|policy| policy.as_str() == "Ignore"),
            apply_one: spec.text("applyRules").is_some_and(|rules| rules.as_str() == "One"),
            emit_warning: spec.flag("emitWarning", false),
            admission: spec.flag("admission", true),
            background: spec.flag("background", true),
            generate_existing: spec.flag("generateExisting", false),
            mutate_existing_on_policy_update: spec.flag("mutateExistingOnPolicyUpdate", false),
            metadata,
            spec,
            rules: spec.list("rules"),
            span: metadata.text("name")?.span(),
        })
    }
}

/// Only these two spellings enforce (Kyverno `api/kyverno/v1/spec_types.go`, `Enforce`).
pub(super) fn is_enforce(action: &Text) -> bool {
    matches!(action.as_str(), "Enforce" | "enforce")
}

/// Reads a list of overrides.
pub(super) fn read_overrides<'n>(owner: &'n Node, name: &str) -> Vec<Override<'n>> {
    let read = |node: &'n Node| Override {
        enforce: node.text("action").is_some_and(is_enforce),
        namespaces: node.given("namespaces").map(|_| node.texts("namespaces")),
        selector: node.given("namespaceSelector").map(Selector::read),
    };
    owner.list(name).iter().map(read).collect()
}
