//! Variables that begin with one brace.

use dikast_grammar::template::find_variables;
use dikast_grammar::yaml::{Node, NodeValue, Text};

use super::fault::{HalfOpenBraces, ThirdBrace};
use crate::diagnostic::Diagnostics;

/// Looks at all texts of a rule. Parsing bounds how deeply it nests.
pub(super) fn check(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.value {
        NodeValue::Text(text) => check_text(text, diagnostics),
        NodeValue::List(items) => items.iter().for_each(|item| check(item, diagnostics)),
        NodeValue::Map(entries) => {
            for entry in entries {
                check_text(&entry.key, diagnostics);
                check(&entry.value, diagnostics);
            }
        }
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
    }
}

fn check_text(text: &Text, diagnostics: &mut Diagnostics) {
    if text.as_str().contains("}}")
        && let Some(at) = half_open(text.as_str())
    {
        diagnostics.report(HalfOpenBraces { span: text.span_of(at..at + 1) });
    } else if let Some(at) = third(text.as_str()) {
        diagnostics.report(ThirdBrace { span: text.span_of(at..at + 1) });
    }
}

/// A brace right behind a variable that nothing opens.
fn third(written: &str) -> Option<usize> {
    let variables = find_variables(written);
    // They stand in the order of their places.
    let is_inside = |at: usize| {
        let behind = variables.partition_point(|variable| variable.end <= at);
        variables.get(behind).is_some_and(|variable| variable.start <= at)
    };
    if written.match_indices('{').any(|(at, _)| !is_inside(at)) {
        return None;
    }
    let ends = variables.iter().map(|variable| variable.end);
    ends.into_iter().find(|&end| written.get(end..).is_some_and(|rest| rest.starts_with('}')) && !is_inside(end))
}

/// A single brace that two braces close, outside of variables: `{ name }}`. In JSON as many open as close.
fn half_open(written: &str) -> Option<usize> {
    let variables = find_variables(written);
    let mut following = variables.iter().peekable();
    let outside = |&(at, _): &(usize, &str)| {
        while following.next_if(|variable| variable.end <= at).is_some() {}
        following.peek().is_none_or(|variable| at < variable.start)
    };
    let mut open = Vec::new();
    for (at, brace) in written.match_indices(['{', '}']).filter(outside) {
        match brace {
            "{" => open.push(at),
            _ if written.get(at..).is_some_and(|rest| rest.starts_with("}}")) && open.len() == 1 => return open.pop(),
            _ => {
                open.pop();
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_brace_that_two_close() {
        for (text, found) in
            [("{ a }}", Some(0)), ("x {{ a }} {b}}", Some(10)), ("{\"a\": {\"b\": 1}}", None), ("{{ a }}", None)]
        {
            assert_eq!(half_open(text), found, "{text}");
        }
        assert_eq!(half_open("{{ {a: {b: c}} }}"), None);
        assert_eq!(half_open("a }}"), None);
    }

    #[test]
    fn a_third_brace_that_nothing_opens() {
        for (text, found) in [("{{ a }}}", Some(7)), ("{x: {{ a }}}", None), ("{{ {a: b}}}", None), ("{{ a }} b", None)]
        {
            assert_eq!(third(text), found, "{text}");
        }
    }
}
