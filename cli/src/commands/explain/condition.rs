//! Preconditions and deny conditions in words.

use dikast_grammar::yaml::Node;

use super::outline::Outline;
use super::pattern::shown;

/// Conditions of any form: a list of all that must hold, or blocks of `any` and `all`.
pub(super) fn explain(conditions: &Node, outline: &mut Outline) {
    if let Some(items) = conditions.as_list() {
        // an item can be a block in its turn
        for item in items {
            match item.get("any").or(item.get("all")) {
                Some(_) => explain(item, outline),
                None => outline.line(format!("- {}", condition(item))),
            }
        }
        return;
    }
    for (name, words) in [("all", "all of these hold"), ("any", "any of these holds")] {
        let items = conditions.get(name).map(Node::items).unwrap_or_default();
        match items {
            [] => {}
            [one] => outline.line(format!("- {}", condition(one))),
            items => outline.under(words, |outline| {
                items.iter().for_each(|item| outline.line(format!("- {}", condition(item))));
            }),
        }
    }
}

fn condition(condition: &Node) -> String {
    let side = |name: &str| condition.get(name).map_or_else(|| "nothing".to_owned(), shown);
    let operator = condition.get("operator").and_then(Node::as_str).unwrap_or_default();
    let words = match operator.to_lowercase().as_str() {
        "equals" | "equal" => "is",
        "notequals" | "notequal" => "is not",
        "in" | "anyin" => "has one in",
        "allin" => "is wholly in",
        "notin" | "allnotin" => "has none in",
        "anynotin" => "has one that is not in",
        "greaterthan" | "durationgreaterthan" => "is more than",
        "greaterthanorequals" | "durationgreaterthanorequals" => "is at least",
        "lessthan" | "durationlessthan" => "is less than",
        "lessthanorequals" | "durationlessthanorequals" => "is at most",
        _ => operator,
    };
    format!("{} {words} {}", side("key"), side("value"))
}
