//! Decides an overlay's anchors against the object.

use dikast_grammar::anchor::{self, AnchorKind};
use dikast_stdlib::Value;
use dikast_stdlib::pattern::document::match_document;

use super::Fault;
use super::tree::{Kind, Node, Tree};

/// Whether an anchor gates what stands beside it.
pub(super) fn is_condition(anchor: AnchorKind) -> bool {
    matches!(anchor, AnchorKind::Conditional | AnchorKind::Global)
}

/// Whether a strategic merge knows an anchor.
fn is_known(anchor: AnchorKind) -> bool {
    is_condition(anchor) || anchor == AnchorKind::AddIfAbsent
}

/// The anchor of a key, with the key inside; nothing for plain keys and for anchors that only validation knows.
pub(super) fn parse(key: &str) -> Option<(AnchorKind, &str)> {
    anchor::parse(key).filter(|&(kind, _)| is_known(kind))
}

/// The anchors among a map's keys that `wanted` takes: the decorated key, and the key inside. Kyverno passes over spaces
/// around a decorated key when it looks for anchors, but not when it then looks the key up.
pub(super) fn anchors_of(tree: &Tree<'_>, node: Node, wanted: impl Fn(AnchorKind) -> bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for key in tree.keys(node) {
        if let Some((anchor, inner)) = parse(&key)
            && wanted(anchor)
        {
            found.push((anchor.decorate(inner), inner.to_owned()));
        }
    }
    found
}

/// Whether an anchor that `wanted` takes stands anywhere in a pattern.
pub(super) fn has_anchors(tree: &Tree<'_>, node: Node, wanted: &dyn Fn(AnchorKind) -> bool) -> bool {
    match tree.kind(node) {
        Kind::Map => tree.keys(node).iter().any(|key| {
            parse(key).is_some_and(|(anchor, _)| wanted(anchor))
                || tree
                    .field(node, key)
                    .is_some_and(|value| !tree.is_missing_or_empty(Some(value)) && has_anchors(tree, value, wanted))
        }),
        Kind::List => tree.items(node).into_iter().any(|item| has_anchors(tree, item, wanted)),
        Kind::Scalar => parse(&tree.text(node)).is_some_and(|(anchor, _)| is_condition(anchor)),
    }
}

/// The value under a key that an anchor was found at.
pub(super) fn field_of_anchor(tree: &Tree<'_>, node: Node, written: &str) -> Result<Node, Fault> {
    tree.field(node, written).ok_or_else(|| Fault::Crash(format!("no field {written:?}: spaces around an anchor")))
}

/// Decides the anchors of a pattern against the object's value at the same place.
///
/// # Errors
/// A condition that is not satisfied, or a clash of kinds.
pub(super) fn decide(tree: &mut Tree<'_>, pattern: Node, resource: Node) -> Result<(), Fault> {
    decide_node(tree, pattern, Some(resource))
}

fn decide_node(tree: &mut Tree<'_>, pattern: Node, resource: Option<Node>) -> Result<(), Fault> {
    match tree.kind(pattern) {
        Kind::Map => decide_map(tree, pattern, resource),
        Kind::List => decide_list(tree, pattern, resource),
        Kind::Scalar => Ok(()),
    }
}

fn decide_map(tree: &mut Tree<'_>, pattern: Node, resource: Option<Node>) -> Result<(), Fault> {
    resolve_defaults(tree, pattern, resource);
    check_conditions(tree, pattern, resource, AnchorKind::Global)
        .map_err(|fault| wrap(fault, Fault::GlobalCondition))?;
    check_conditions(tree, pattern, resource, AnchorKind::Conditional)
        .map_err(|fault| wrap(fault, Fault::Condition))?;
    for key in tree.keys(pattern) {
        if parse(&key).is_some() {
            continue;
        }
        let inner = resource.and_then(|resource| tree.field(resource, &key));
        if let Some(value) = tree.field(pattern, &key) {
            decide_node(tree, value, inner)?;
        }
    }
    Ok(())
}

/// Whatever goes wrong with a condition counts as its failure.
fn wrap(fault: Fault, failure: fn(String) -> Fault) -> Fault {
    match fault {
        Fault::Condition(text) | Fault::GlobalCondition(text) | Fault::Other(text) => failure(text),
        crash => crash,
    }
}

/// Resolves `+(key)`: the entry goes when the object has the key, else it becomes a plain one. Gives their number.
fn resolve_defaults(tree: &mut Tree<'_>, pattern: Node, resource: Option<Node>) -> usize {
    let anchors = anchors_of(tree, pattern, |anchor| anchor == AnchorKind::AddIfAbsent);
    for (written, key) in &anchors {
        if resource.is_some_and(|resource| tree.field(resource, key).is_some()) {
            tree.clear(pattern, written);
        } else {
            tree.rename(pattern, written, key);
        }
    }
    anchors.len()
}

fn check_conditions(
    tree: &mut Tree<'_>,
    pattern: Node,
    resource: Option<Node>,
    wanted: AnchorKind,
) -> Result<(), Fault> {
    for (written, key) in anchors_of(tree, pattern, |anchor| anchor == wanted) {
        let Some(actual) = resource.and_then(|resource| tree.field(resource, &key)) else {
            return Err(Fault::Other(format!("could not found \"{key}\" key in the resource")));
        };
        let condition = field_of_anchor(tree, pattern, &written)?;
        if resolve_defaults(tree, condition, Some(actual)) > 0 {
            continue;
        }
        let (condition, actual) = (condition_value(tree, condition)?, condition_value(tree, actual)?);
        match_document(&condition, &actual).map_err(|failure| Fault::Other(failure.message))?;
    }
    Ok(())
}

/// The form in which a condition is compared: scalars as text, numbers inside maps and lists as floats.
fn condition_value(tree: &Tree<'_>, node: Node) -> Result<Value, Fault> {
    match tree.kind(node) {
        Kind::Scalar => Ok(Value::Text(tree.text(node))),
        _ => Ok(tree.to_value(node)?.to_floats()),
    }
}

fn decide_list(tree: &mut Tree<'_>, pattern: Node, resource: Option<Node>) -> Result<(), Fault> {
    let elements = tree.items(pattern);
    match elements.first() {
        Some(&first) if tree.kind(first) == Kind::Map => {}
        _ => return Ok(()),
    }
    tree.expect(resource, Kind::List)?;
    let resource_elements = resource.map(|resource| tree.items(resource)).unwrap_or_default();
    for element in elements {
        if has_anchors(tree, element, &|_| true) {
            expand_element(tree, pattern, element, resource, &resource_elements)?;
        }
    }
    Ok(())
}

/// Makes a plain overlay item, named after the object's item, for each item that satisfies the conditions of one
/// overlay item. All of them share one copy, so the first one decides about `+(key)`.
fn expand_element(
    tree: &mut Tree<'_>,
    pattern: Node,
    element: Node,
    resource: Option<Node>,
    resource_elements: &[Node],
) -> Result<(), Fault> {
    let global = has_anchors(tree, element, &|anchor| anchor == AnchorKind::Global);
    let copy = tree.copy(element);
    let (mut passed, mut failure) = (false, None);
    for &item in resource_elements {
        match decide_node(tree, copy, Some(item)) {
            Ok(()) if global => passed = true,
            Ok(()) => append_named(tree, pattern, copy, item)?,
            Err(Fault::Condition(_)) => {}
            Err(fault @ Fault::GlobalCondition(_)) => failure = Some(fault),
            Err(fault) => return Err(fault),
        }
    }
    if resource.is_none() {
        match decide_node(tree, copy, None) {
            Ok(()) => passed |= global,
            Err(Fault::Condition(_)) => return Ok(()),
            Err(fault) => return Err(fault),
        }
    }
    match failure {
        Some(fault) if !passed => Err(fault),
        _ => Ok(()),
    }
}

fn append_named(tree: &mut Tree<'_>, pattern: Node, element: Node, item: Node) -> Result<(), Fault> {
    let name = tree.field(item, "name");
    let Some(name) = name.filter(|&name| !tree.is_missing_or_empty(Some(name))) else {
        return Ok(());
    };
    let new = tree.copy(element);
    if super::strip::strip_node(tree, new, true)? {
        return Ok(());
    }
    tree.expect(Some(new), Kind::Map).map_err(|fault| match fault {
        Fault::Other(text) => Fault::Other(format!("failed to update name in pattern: {text}")),
        other => other,
    })?;
    tree.set_field(new, "name", name);
    tree.push(pattern, new);
    Ok(())
}
