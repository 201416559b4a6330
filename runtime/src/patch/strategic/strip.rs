//! Takes what is left of the anchors out of an overlay, and with it everything that would then be empty.

use super::Fault;
use super::anchors::{anchors_of, field_of_anchor, has_anchors, is_condition, parse};
use super::tree::{Kind, Node, Tree};

/// Strips the fields of a whole overlay. A conditional field of the root that keeps something keeps its anchor too.
///
/// # Errors
/// When the overlay is no map, or where Kyverno crashes.
pub(super) fn strip(tree: &mut Tree<'_>, pattern: Node) -> Result<(), Fault> {
    tree.expect(Some(pattern), Kind::Map)?;
    for key in tree.keys(pattern) {
        let conditional = parse(&key).is_some_and(|(anchor, _)| is_condition(anchor));
        if let Some(value) = tree.field(pattern, &key)
            && strip_node(tree, value, conditional)?
        {
            tree.clear(pattern, &key);
        }
    }
    Ok(())
}

/// Strips a node and says whether nothing is left of it. Scalars are left unless `drop_scalar` says otherwise.
pub(super) fn strip_node(tree: &mut Tree<'_>, node: Node, drop_scalar: bool) -> Result<bool, Fault> {
    match tree.kind(node) {
        Kind::Map => strip_map(tree, node),
        Kind::List => strip_list(tree, node),
        Kind::Scalar => Ok(drop_scalar),
    }
}

fn strip_map(tree: &mut Tree<'_>, node: Node) -> Result<bool, Fault> {
    for (written, _) in anchors_of(tree, node, is_condition) {
        let value = field_of_anchor(tree, node, &written)?;
        if strip_node(tree, value, true)? {
            tree.clear(node, &written);
        }
    }
    for (written, key) in anchors_of(tree, node, is_condition) {
        tree.rename(node, &written, &key);
    }
    let mut empty = true;
    for key in tree.keys(node) {
        let Some(value) = tree.field(node, &key) else { continue };
        if strip_node(tree, value, false)? {
            tree.clear(node, &key);
        } else {
            empty = false;
        }
    }
    Ok(empty)
}

/// Items go by their position in the list as it was, though it shrinks meanwhile: with two conditional items in one
/// list Kyverno takes the wrong ones, and policies are written around that.
fn strip_list(tree: &mut Tree<'_>, node: Node) -> Result<bool, Fault> {
    let items = tree.items(node);
    for (at, &item) in items.iter().enumerate() {
        if has_anchors(tree, item, &|_| true) || strip_node(tree, item, false)? {
            tree.remove_item(node, at)?;
        }
    }
    Ok(!items.is_empty() && tree.is_empty(node))
}
