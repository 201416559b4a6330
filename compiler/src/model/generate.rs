//! `generate` as a document.

use dikast_grammar::yaml::{Node, Text};

use super::condition::AnyAll;
use super::context::{ContextEntry, read_context};
use super::node::Fields;

/// `generate`
#[derive(Clone, Debug)]
pub(crate) struct Generate<'n> {
    pub(crate) patterns: Vec<GeneratePattern<'n>>,
    pub(crate) synchronize: bool,
    pub(crate) orphan_downstream: bool,
    pub(crate) existing: Option<bool>,
}

/// What is generated: the block itself, or an entry of its `foreach`.
#[derive(Clone, Debug)]
pub(crate) struct GeneratePattern<'n> {
    pub(crate) list: Option<&'n Text>,
    pub(crate) context: Vec<ContextEntry<'n>>,
    pub(crate) preconditions: Option<AnyAll<'n>>,
    /// The object with `apiVersion`, `kind`, `name`, `namespace` and the source.
    pub(crate) node: &'n Node,
}

impl<'n> Generate<'n> {
    /// Reads the block.
    pub(super) fn read(node: &'n Node) -> Self {
        let loops = node.list("foreach");
        let patterns = if loops.is_empty() {
            vec![GeneratePattern { list: None, context: Vec::new(), preconditions: None, node }]
        } else {
            loops.iter().map(GeneratePattern::read).collect()
        };
        Self {
            patterns,
            synchronize: node.flag("synchronize", false),
            orphan_downstream: node.flag("orphanDownstreamOnPolicyDelete", false),
            existing: node.get("generateExisting").and_then(Node::as_bool),
        }
    }
}

impl<'n> GeneratePattern<'n> {
    fn read(node: &'n Node) -> Self {
        Self {
            list: node.text("list"),
            context: read_context(node),
            preconditions: node.given("preconditions").map(AnyAll::read),
            node,
        }
    }
}
