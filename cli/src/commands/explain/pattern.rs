//! Patterns and overlays in words.

use dikast_grammar::anchor::{self, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue};
use dikast_stdlib::{Value, encode};

use super::outline::Outline;

/// What a pattern requires, one line for each place.
pub(super) fn explain_requirements(pattern: &Node, outline: &mut Outline) {
    requirements(pattern, "", outline);
}

/// What an overlay sets, one line for each place.
pub(super) fn explain_changes(overlay: &Node, outline: &mut Outline) {
    changes(overlay, "", outline);
}

/// A value as it is shown inside a line.
pub(super) fn shown(node: &Node) -> String {
    match &node.value {
        NodeValue::Text(text) => format!("`{}`", text.as_str().trim_end()),
        _ => format!("`{}`", encode::to_go_json(&Value::from(node)).unwrap_or_default()),
    }
}

fn below(path: &str, key: &str) -> String {
    // the dots of a path are those between its keys
    let key = if key.contains('.') { format!("\"{key}\"") } else { key.to_owned() };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

fn requirements(pattern: &Node, path: &str, outline: &mut Outline) {
    match &pattern.value {
        NodeValue::Map(entries) if entries.is_empty() => outline.line(format!("- {path} is an object")),
        NodeValue::Map(entries) => {
            for entry in entries {
                let Some((anchor, key)) = anchor::parse(entry.key.as_str()) else {
                    requirements(&entry.value, &below(path, entry.key.as_str()), outline);
                    continue;
                };
                let path = below(path, key);
                let value = &entry.value;
                match anchor {
                    AnchorKind::Negation => outline.line(format!("- {path} is absent")),
                    AnchorKind::Equality => nested(&format!("- if {path} is there:"), value, &path, outline),
                    AnchorKind::Conditional => {
                        nested("- what stands beside it counts only where", value, &path, outline)
                    }
                    AnchorKind::Global => nested("- the whole rule counts only where", value, &path, outline),
                    AnchorKind::Existence => {
                        let item = value.items().first().unwrap_or(value);
                        nested(&format!("- at least one item of {path} has"), item, &format!("{path}[]"), outline);
                    }
                    AnchorKind::AddIfAbsent => outline.line(format!("- {path} (`+()` means nothing here)")),
                }
            }
        }
        NodeValue::List(items) => match items.as_slice() {
            [] => outline.line(format!("- {path} is a list")),
            [item] if item.as_map().is_some() => {
                nested(&format!("- every item of {path}:"), item, &format!("{path}[]"), outline);
            }
            items => {
                for item in items {
                    requirements(item, &format!("{path}[]"), outline);
                }
            }
        },
        _ => outline.line(format!("- {path} {}", scalar(pattern))),
    }
}

fn nested(words: &str, pattern: &Node, path: &str, outline: &mut Outline) {
    outline.under(words, |outline| requirements(pattern, path, outline));
}

/// What a scalar pattern asks for.
fn scalar(pattern: &Node) -> String {
    let text = match &pattern.value {
        NodeValue::Null => return "is null or absent".to_owned(),
        NodeValue::Text(text) => text.as_str(),
        _ => return format!("is {}", shown(pattern)),
    };
    let alternatives: Vec<String> = text.split('|').map(|part| conjunction(part.trim())).collect();
    alternatives.join(" or ")
}

fn conjunction(text: &str) -> String {
    text.split('&').map(|part| comparison(part.trim())).collect::<Vec<_>>().join(" and ")
}

fn comparison(text: &str) -> String {
    match text {
        "*" => return "is there".to_owned(),
        "?*" => return "is not empty".to_owned(),
        _ => {}
    }
    for (operator, words) in
        [(">=", "is at least"), ("<=", "is at most"), (">", "is more than"), ("<", "is less than"), ("!", "is not")]
    {
        if let Some(rest) = text.strip_prefix(operator) {
            return format!("{words} `{}`", rest.trim());
        }
    }
    format!("is `{text}`")
}

fn changes(overlay: &Node, path: &str, outline: &mut Outline) {
    match &overlay.value {
        NodeValue::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                change(entry, path, outline);
            }
        }
        NodeValue::List(items) if items.iter().all(|item| item.as_map().is_some()) && !items.is_empty() => {
            for item in items {
                let name = item.get("name").and_then(Node::as_str);
                let words = match name {
                    Some(name) => format!("- the item `{name}` of {path}:"),
                    None => format!("- items of {path}:"),
                };
                outline.under(words, |outline| {
                    for entry in item.entries().iter().filter(|entry| name.is_none() || entry.key != *"name") {
                        change(entry, &format!("{path}[]"), outline);
                    }
                });
            }
        }
        NodeValue::Null => outline.line(format!("- takes {path} away")),
        _ => outline.line(format!("- sets {path} to {}", shown(overlay))),
    }
}

fn change(entry: &Entry, path: &str, outline: &mut Outline) {
    let Some((anchor, key)) = anchor::parse(entry.key.as_str()) else {
        return changes(&entry.value, &below(path, entry.key.as_str()), outline);
    };
    let path = below(path, key);
    match anchor {
        AnchorKind::AddIfAbsent => {
            outline.under(format!("- where {path} is absent:"), |outline| changes(&entry.value, &path, outline));
        }
        AnchorKind::Conditional | AnchorKind::Global => {
            let scope = if anchor == AnchorKind::Global { "the whole rule" } else { "what stands beside it" };
            nested(&format!("- {scope} counts only where"), &entry.value, &path, outline);
        }
        _ => outline.line(format!("- sets a field that is literally named `{}`", entry.key.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::file::File;

    fn give(text: &str, explain: fn(&Node, &mut Outline)) -> String {
        let file = File::parse("p.yaml", text.to_owned()).unwrap();
        let mut outline = Outline::default();
        explain(&file.documents[0], &mut outline);
        outline.finish()
    }

    #[test]
    fn patterns_read_as_requirements() {
        let pattern = "
metadata: {labels: {app: '?*'}}
spec:
  =(hostNetwork): false
  containers:
  - (image): '*:latest'
    imagePullPolicy: '!Never'
    resources: {limits: {memory: '<=1Gi | 0'}}
  X(hostPID): ''
";
        insta::assert_snapshot!(give(pattern, explain_requirements), @r"
        - metadata.labels.app is not empty
        - if spec.hostNetwork is there:
          - spec.hostNetwork is `false`
        - every item of spec.containers:
          - what stands beside it counts only where
            - spec.containers[].image is `*:latest`
          - spec.containers[].imagePullPolicy is not `Never`
          - spec.containers[].resources.limits.memory is at most `1Gi` or is `0`
        - spec.hostPID is absent
        ");
    }

    #[test]
    fn overlays_read_as_changes() {
        let overlay = "
metadata: {labels: {+(team): unknown, old: null}}
spec: {containers: [{(name): '*', imagePullPolicy: Always}]}
";
        insta::assert_snapshot!(give(overlay, explain_changes), @r"
        - where metadata.labels.team is absent:
          - sets metadata.labels.team to `unknown`
        - takes metadata.labels.old away
        - items of spec.containers:
          - what stands beside it counts only where
            - spec.containers[].name is there
          - sets spec.containers[].imagePullPolicy to `Always`
        ");
    }
}
