//! Kinds in the match and exclude blocks of rules that are made.

use dikast_grammar::Span;
use dikast_grammar::kind::plain_kind;
use dikast_grammar::yaml::{Node, NodeValue, Text};

use super::controllers::{CRON_JOB, qualified};
use super::{member, set, start_of};
use crate::model::Fields;

/// The kinds of all filters of a block, the deprecated one included.
pub(super) fn kinds(block: Option<&Node>) -> Vec<&Text> {
    block.into_iter().flat_map(all_resources).flat_map(|resources| resources.texts("kinds")).collect()
}

/// The resource descriptions of a block: the deprecated one, then those of all filters.
pub(super) fn all_resources(block: &Node) -> impl Iterator<Item = &Node> {
    let filters = ["any", "all"].into_iter().flat_map(|name| block.list(name));
    std::iter::once(block).chain(filters).filter_map(|filter| filter.given("resources"))
}

/// A rule with the controllers' kinds. Filters that do not name Pod stay as they are.
pub(super) fn for_controllers(mut rule: Node, kinds: &[String]) -> Node {
    let names_pod = |resources: &Node| resources.texts("kinds").iter().any(|kind| plain_kind(kind.as_str()) == "Pod");
    change_blocks(&mut rule, kinds, &|filter| filter.given("resources").is_some_and(names_pod));
    rule
}

/// A rule with CronJob in place of all kinds, whatever they were.
pub(super) fn for_cron_jobs(mut rule: Node) -> Option<Node> {
    change_blocks(&mut rule, &[CRON_JOB.to_owned()], &|_| true);
    Some(rule)
}

fn change_blocks(rule: &mut Node, kinds: &[String], changes: &dyn Fn(&Node) -> bool) {
    if let Some(block) = member(rule, "match") {
        change_block(block, kinds, changes, true);
    }
    if let Some(block) = member(rule, "exclude").filter(|block| !block.is_null()) {
        change_block(block, kinds, changes, false);
    }
}

/// `plain_always` says whether the deprecated form gets the kinds even if it had none.
fn change_block(block: &mut Node, kinds: &[String], changes: &dyn Fn(&Node) -> bool, plain_always: bool) {
    for name in ["any", "all"] {
        if let Some(NodeValue::List(filters)) = member(block, name).map(|node| &mut node.value)
            && !filters.is_empty()
        {
            for filter in filters {
                if changes(filter) {
                    set_kinds(filter, kinds);
                }
            }
            return;
        }
    }
    let had_kinds = block.given("resources").is_some_and(|resources| !resources.list("kinds").is_empty());
    if plain_always || had_kinds {
        set_kinds(block, kinds);
    }
}

fn set_kinds(filter: &mut Node, kinds: &[String]) {
    let origin = filter.at(&["resources", "kinds"]).map_or(filter.span, |node| node.span);
    let items = kinds.iter().map(|kind| text_node(qualified(kind), origin)).collect();
    let list = Node { value: NodeValue::List(items), span: origin };
    if filter.given("resources").is_none() {
        let empty = Node { value: NodeValue::Map(Vec::new()), span: start_of(filter.span) };
        set(filter, "resources", empty);
    }
    if let Some(resources) = member(filter, "resources") {
        set(resources, "kinds", list);
    }
}

fn text_node(text: String, origin: Span) -> Node {
    Node { value: NodeValue::Text(Text::standing_for(text, origin)), span: origin }
}
