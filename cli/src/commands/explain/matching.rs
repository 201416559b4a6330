//! What a rule is about, in words.

use dikast_grammar::yaml::Node;

use super::outline::{Outline, join};

/// The match and exclude blocks of a rule.
pub(super) fn explain(rule: &Node, outline: &mut Outline) {
    if let Some(block) = rule.get("match") {
        explain_block(block, "Looks at", outline);
    }
    if let Some(block) = rule.get("exclude").filter(|block| !block.entries().is_empty()) {
        explain_block(block, "But not at", outline);
    }
}

fn explain_block(block: &Node, words: &str, outline: &mut Outline) {
    let filters = |name: &str| block.get(name).map(Node::items).unwrap_or_default();
    let (any, all) = (filters("any"), filters("all"));
    match (any, all) {
        ([], []) => outline.line(format!("{words} {}.", filter(block))),
        ([one], []) | ([], [one]) => outline.line(format!("{words} {}.", filter(one))),
        (any, []) => outline.under(format!("{words} any of"), |outline| list(any, outline)),
        (_, all) => outline.under(format!("{words} what is all of"), |outline| list(all, outline)),
    }
}

fn list(filters: &[Node], outline: &mut Outline) {
    for each in filters {
        outline.line(format!("- {}", filter(each)));
    }
}

/// One filter: kinds first, then what narrows them.
fn filter(filter: &Node) -> String {
    let resources = filter.get("resources").unwrap_or(filter);
    let texts = |node: &Node, name: &str| -> Vec<String> {
        node.get(name).map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).map(str::to_owned).collect()
    };
    let kinds = texts(resources, "kinds");
    let mut words = match kinds.is_empty() {
        true => "all objects".to_owned(),
        false => join(&kinds, "and"),
    };
    let mut narrow = |before: &str, values: Vec<String>, last: &str| {
        if !values.is_empty() {
            words.push_str(&format!("{before} {}", join(&values, last)));
        }
    };
    narrow(" on", texts(resources, "operations"), "and");
    let mut names = texts(resources, "names");
    names.extend(resources.get("name").and_then(Node::as_str).filter(|name| !name.is_empty()).map(str::to_owned));
    narrow(" named", names, "or");
    narrow(" in namespace", texts(resources, "namespaces"), "or");
    narrow(" with annotations", pairs(resources.get("annotations")), "and");
    narrow(" with labels", selector(resources.get("selector")), "and");
    narrow(" in namespaces with labels", selector(resources.get("namespaceSelector")), "and");
    let subjects = filter.get("subjects").map(Node::items).unwrap_or_default().iter();
    let subject = |subject: &Node| {
        let text = |name: &str| subject.get(name).and_then(Node::as_str).unwrap_or_default();
        format!("{} {}", text("kind"), text("name"))
    };
    narrow(" by", subjects.map(subject).collect(), "or");
    narrow(" by users with role", texts(filter, "roles"), "or");
    narrow(" by users with cluster role", texts(filter, "clusterRoles"), "or");
    words
}

fn pairs(labels: Option<&Node>) -> Vec<String> {
    let entries = labels.map(Node::entries).unwrap_or_default().iter();
    entries.map(|entry| format!("{}={}", entry.key.as_str(), super::pattern::shown(&entry.value))).collect()
}

fn selector(selector: Option<&Node>) -> Vec<String> {
    let mut parts = pairs(selector.and_then(|selector| selector.get("matchLabels")));
    let expressions =
        selector.and_then(|selector| selector.get("matchExpressions")).map(Node::items).unwrap_or_default();
    for expression in expressions {
        let text = |name: &str| expression.get(name).and_then(Node::as_str).unwrap_or_default();
        let values: Vec<String> =
            expression.get("values").map(Node::items).unwrap_or_default().iter().map(super::pattern::shown).collect();
        parts.push(match text("operator") {
            "In" => format!("{} one of {}", text("key"), join(&values, "or")),
            "NotIn" => format!("{} none of {}", text("key"), join(&values, "or")),
            "Exists" => format!("{} of any value", text("key")),
            "DoesNotExist" => format!("no {}", text("key")),
            other => format!("{} {other} {}", text("key"), join(&values, "or")),
        });
    }
    parts
}
