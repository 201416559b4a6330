//! `mutate` as a document.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::condition::{AnyAll, Conditions};
use super::context::{ContextEntry, read_context};
use super::node::Fields;
use crate::ir::LoopOrder;

/// `mutate`
#[derive(Clone, Debug)]
pub(crate) struct Mutate<'n> {
    pub(crate) action: MutateAction<'n>,
    pub(crate) targets: Vec<Target<'n>>,
    pub(crate) existing_on_policy_update: Option<bool>,
}

/// What is changed.
#[derive(Clone, Debug)]
pub(crate) enum MutateAction<'n> {
    Merge(&'n Node),
    Json(&'n Node),
    Foreach(Vec<MutateLoop<'n>>),
    Nothing,
}

/// An entry of `foreach`.
#[derive(Clone, Debug)]
pub(crate) struct MutateLoop<'n> {
    pub(crate) list: Option<&'n Text>,
    pub(crate) order: LoopOrder,
    pub(crate) context: Vec<ContextEntry<'n>>,
    pub(crate) preconditions: Option<AnyAll<'n>>,
    pub(crate) action: MutateAction<'n>,
    pub(crate) span: Span,
}

/// An entry of `targets`.
#[derive(Clone, Debug)]
pub(crate) struct Target<'n> {
    /// The whole entry, whose selecting fields are substituted one by one.
    pub(crate) node: &'n Node,
    pub(crate) context: Vec<ContextEntry<'n>>,
    pub(crate) preconditions: Option<Conditions<'n>>,
}

impl<'n> Mutate<'n> {
    /// Reads the block.
    pub(super) fn read(node: &'n Node) -> Self {
        let targets = node.list("targets").iter().map(|target| Target {
            node: target,
            context: read_context(target),
            preconditions: target.given("preconditions").map(Conditions::read),
        });
        Self {
            action: read_action(node),
            targets: targets.collect(),
            existing_on_policy_update: node.get("mutateExistingOnPolicyUpdate").and_then(Node::as_bool),
        }
    }
}

fn read_action(node: &Node) -> MutateAction<'_> {
    let loops = node.list("foreach");
    if !loops.is_empty() {
        MutateAction::Foreach(loops.iter().map(MutateLoop::read).collect())
    } else if let Some(overlay) = node.given("patchStrategicMerge") {
        MutateAction::Merge(overlay)
    } else if let Some(operations) = node.given("patchesJson6902").filter(|node| node.as_str() != Some("")) {
        MutateAction::Json(operations)
    } else {
        MutateAction::Nothing
    }
}

impl<'n> MutateLoop<'n> {
    fn read(node: &'n Node) -> Self {
        let order = match node.text("order").map(Text::as_str) {
            Some("Descending") => LoopOrder::Descending,
            Some(_) => LoopOrder::Ascending,
            None => LoopOrder::Default,
        };
        Self {
            list: node.text("list"),
            order,
            context: read_context(node),
            preconditions: node.given("preconditions").map(AnyAll::read),
            action: read_action(node),
            span: node.span,
        }
    }
}
