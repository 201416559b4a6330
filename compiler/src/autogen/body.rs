//! Bodies of rules that are made (Kyverno `pkg/autogen/v1/rule.go`, `generateRule`).

use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};

use super::fault::LostInAutogen;
use super::{set, start_of};
use crate::diagnostic::Diagnostics;
use crate::model::Fields;

/// The rule with its body moved below `spec.KEY`; nothing for a body that Kyverno makes no rule of. The first kind of
/// body that is there decides, and what stands beside it is dropped.
pub(super) fn wrapped(rule: &Node, key: &str) -> Option<Node> {
    let mut rule = rule.clone();
    if let Some(conditions) = rule.get("preconditions").cloned() {
        // No conditions at all are not carried over, and then are none: the difference shows where an existing object is
        // held against the rule.
        let conditions = if is_empty(&conditions) {
            Node { value: NodeValue::Null, span: conditions.span }
        } else {
            without_empty_blocks(conditions)
        };
        set(&mut rule, "preconditions", conditions);
    }
    if let Some(mutate) = rule.given("mutate")
        && let Some(mutate) = wrapped_mutate(mutate, key)
    {
        set(&mut rule, "mutate", mutate);
        return Some(rule);
    }
    if let Some(validate) = rule.given("validate")
        && let Some(validate) = wrapped_validate(validate, key)
    {
        set(&mut rule, "validate", validate);
        return Some(rule);
    }
    rule.given("verifyImages").is_some().then_some(rule)
}

fn wrapped_mutate(mutate: &Node, key: &str) -> Option<Node> {
    if let Some(overlay) = mutate.entry("patchStrategicMerge").filter(|entry| !entry.value.is_null()) {
        return Some(object(mutate, vec![wrapped_entry(overlay, key)]));
    }
    let loops = mutate.list("foreach");
    if loops.is_empty() {
        return None;
    }
    let copies = loops.iter().map(|node| {
        let mut entries = Vec::new();
        for entry in node.entries() {
            match entry.key.as_str() {
                "list" | "context" | "preconditions" => entries.push(entry.clone()),
                "patchStrategicMerge" => entries.push(wrapped_entry(entry, key)),
                _ => {}
            }
        }
        if node.entry("patchStrategicMerge").is_none() {
            let nothing = Node { value: NodeValue::Null, span: start_of(node.span) };
            let missing = Entry { key: Text::standing_for("patchStrategicMerge", nothing.span), value: nothing };
            entries.push(wrapped_entry(&missing, key));
        }
        object(node, entries)
    });
    let list = Node { value: NodeValue::List(copies.collect()), span: mutate.span };
    let foreach = mutate.entry("foreach")?;
    Some(object(mutate, vec![Entry { key: foreach.key.clone(), value: list }]))
}

fn wrapped_validate(validate: &Node, key: &str) -> Option<Node> {
    const KEPT: &[&str] = &["message", "failureAction", "failureActionOverrides", "allowExistingViolations"];
    let given = |name: &str| validate.entry(name).filter(|entry| !entry.value.is_null());
    let body = if let Some(pattern) = given("pattern") {
        wrapped_entry(pattern, key)
    } else if let Some(deny) = given("deny") {
        Entry { key: deny.key.clone(), value: without_empty_deny(deny.value.clone()) }
    } else if let Some(pod_security) = given("podSecurity") {
        pod_security.clone()
    } else if let Some(patterns) = given("anyPattern") {
        let items = patterns.value.items().iter().map(|pattern| wrapped_node(pattern, key)).collect();
        Entry { key: patterns.key.clone(), value: Node { value: NodeValue::List(items), span: patterns.value.span } }
    } else if let Some(foreach) = given("foreach").filter(|entry| !entry.value.items().is_empty()) {
        Entry { key: foreach.key.clone(), value: without_empty_in_loops(foreach.value.clone()) }
    } else {
        return given("cel").is_some().then(|| validate.clone());
    };
    let kept = validate.entries().iter().filter(|entry| KEPT.contains(&entry.key.as_str())).cloned();
    Some(object(validate, kept.chain([body]).collect()))
}

fn object(origin: &Node, entries: Vec<Entry>) -> Node {
    Node { value: NodeValue::Map(entries), span: origin.span }
}

fn wrapped_entry(entry: &Entry, key: &str) -> Entry {
    Entry { key: entry.key.clone(), value: wrapped_node(&entry.value, key) }
}

/// `{spec: {KEY: node}}`
fn wrapped_node(node: &Node, key: &str) -> Node {
    let member = |name: &str, value| Entry { key: Text::standing_for(name, start_of(node.span)), value };
    let inner = object(node, vec![member(key, node.clone())]);
    object(node, vec![member("spec", inner)])
}

/// Whether conditions are an empty list, or an object that says nothing.
fn is_empty(conditions: &Node) -> bool {
    conditions.as_list().is_some_and(<[Node]>::is_empty)
        || conditions.as_map().is_some_and(|entries| entries.iter().all(|entry| entry.value.is_null()))
}

/// `any: []` is false and `all: []` true; both vanish on the way through Go's JSON encoder, and nothing is true.
fn without_empty_blocks(mut conditions: Node) -> Node {
    if let NodeValue::Map(entries) = &mut conditions.value {
        entries.retain(|entry| !entry.value.as_list().is_some_and(<[Node]>::is_empty));
    }
    conditions
}

fn without_empty_deny(mut deny: Node) -> Node {
    if let Some(conditions) = deny.get("conditions").cloned() {
        set(&mut deny, "conditions", without_empty_blocks(conditions));
    }
    deny
}

/// The same for the conditions of loops. The preconditions of an outermost loop stay as they are, for Kyverno copies them
/// before it encodes the rule.
fn without_empty_in_loops(mut loops: Node) -> Node {
    clean_parts(&mut loops, &[("deny", without_empty_deny), ("foreach", without_empty_in_nested_loops)]);
    loops
}

/// Parsing bounds how deeply loops nest.
fn without_empty_in_nested_loops(mut loops: Node) -> Node {
    clean_parts(
        &mut loops,
        &[
            ("preconditions", without_empty_blocks),
            ("deny", without_empty_deny),
            ("foreach", without_empty_in_nested_loops),
        ],
    );
    loops
}

/// The name of a member and what takes the place of its value.
type Part<'a> = (&'a str, fn(Node) -> Node);

/// Puts other values in the place of some members of each item of a list.
fn clean_parts(list: &mut Node, parts: &[Part<'_>]) {
    let NodeValue::List(items) = &mut list.value else { return };
    for item in items {
        for (name, clean) in parts {
            if let Some(part) = item.get(name).cloned() {
                set(item, name, clean(part));
            }
        }
    }
}

/// Reports the parts of a rule that its copies lack.
pub(super) fn report_losses(rule: &Node, diagnostics: &mut Diagnostics) {
    let Some(mutate) = rule.given("mutate") else { return };
    let overlay = mutate.given("patchStrategicMerge").is_some();
    let mut report = |node: &Node, name: &'static str| {
        if let Some(entry) = node.entry(name).filter(|entry| !entry.value.is_null()) {
            diagnostics.report(LostInAutogen { span: entry.key.span(), field: name });
        }
    };
    report(mutate, "targets");
    for node in mutate.list("foreach").iter().filter(|_| !overlay) {
        report(node, "order");
        report(node, "foreach");
    }
}
