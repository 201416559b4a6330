//! Cleanup policies.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::condition::Conditions;
use super::context::{ContextEntry, read_context};
use super::matching::MatchBlock;
use super::node::Fields;
use crate::ir::PolicyKind;

/// A `ClusterCleanupPolicy` or `CleanupPolicy`.
#[derive(Clone, Debug)]
pub(crate) struct Cleanup<'n> {
    /// Where it works: everywhere, or in its namespace.
    pub(crate) kind: PolicyKind,
    pub(crate) name: &'n Text,
    pub(crate) namespace: Option<&'n Text>,
    pub(crate) annotations: Vec<(&'n Text, &'n Text)>,
    pub(crate) matching: MatchBlock<'n>,
    pub(crate) exclude: Option<MatchBlock<'n>>,
    pub(crate) context: Vec<ContextEntry<'n>>,
    pub(crate) conditions: Option<Conditions<'n>>,
    pub(crate) schedule: &'n Text,
    /// Its `spec`.
    pub(crate) node: &'n Node,
    pub(crate) span: Span,
}

impl<'n> Cleanup<'n> {
    /// Reads a checked document.
    pub(super) fn read(node: &'n Node) -> Option<Self> {
        let (metadata, spec) = (node.given("metadata")?, node.given("spec")?);
        let namespaced = node.text("kind").is_some_and(|kind| kind.as_str() == "CleanupPolicy");
        Some(Self {
            kind: if namespaced { PolicyKind::Policy } else { PolicyKind::ClusterPolicy },
            name: metadata.text("name")?,
            namespace: metadata.nonempty("namespace").filter(|_| namespaced),
            annotations: metadata.text_map("annotations"),
            matching: MatchBlock::read(spec.given("match")?),
            exclude: spec.given("exclude").map(MatchBlock::read).filter(|block| !block.is_empty()),
            context: read_context(spec),
            conditions: spec.given("conditions").map(Conditions::read),
            schedule: spec.text("schedule")?,
            node: spec,
            span: metadata.text("name")?.span(),
        })
    }
}
