//! An expression with the value of each of its parts, for a reader and as data.

use dikast_stdlib::{Value, encode};

use crate::evaluation::parts::{Outcome, Part};

/// How much of a part's text and of its value is shown on a line.
const SHOWN_LENGTH: usize = 72;

/// The parts as an indented tree, one a line: columns, text, value.
pub(super) fn tree(expression: &str, whole: &Part) -> String {
    let mut lines = Vec::new();
    collect(expression, whole, 0, &mut lines);
    let width = lines.iter().map(|(columns, _)| columns.len()).max().unwrap_or(0);
    lines.iter().map(|(columns, rest)| format!("{columns:>width$}  {rest}\n")).collect()
}

fn collect(expression: &str, part: &Part, depth: usize, lines: &mut Vec<(String, String)>) {
    let characters = |end: usize| expression.get(..end).map_or(0, |before| before.chars().count());
    let columns = format!("{}-{}", characters(part.range.start) + 1, characters(part.range.end));
    let indent = "  ".repeat(depth);
    let item = part.item.map(|item| format!("item {item}: ")).unwrap_or_default();
    let text = cut(&text(expression, part).split_whitespace().collect::<Vec<_>>().join(" "));
    let outcome = match &part.outcome {
        Outcome::Value(value) => format!("= {}", cut(&json(value))),
        Outcome::Missing(words) => format!("is missing: {words}"),
        Outcome::Error(words) => format!("fails: {words}"),
        Outcome::NotAsked => "is not asked".to_owned(),
    };
    lines.push((columns, format!("{indent}{item}{text}  {outcome}")));
    part.parts.iter().for_each(|part| collect(expression, part, depth + 1, lines));
}

/// The parts as nested objects. `start` and `end` are bytes of the expression.
pub(super) fn data(expression: &str, part: &Part) -> Value {
    let outcome = match &part.outcome {
        Outcome::Value(value) => Some(("value", value.clone())),
        Outcome::Missing(words) => Some(("missing", Value::text(words.as_str()))),
        Outcome::Error(words) => Some(("error", Value::text(words.as_str()))),
        Outcome::NotAsked => Some(("asked", Value::Bool(false))),
    };
    let number = |number: usize| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    let item = part.item.map(|item| ("item", number(item)));
    let parts = part.parts.iter().map(|part| data(expression, part)).collect::<Vec<_>>();
    let parts = (!parts.is_empty()).then(|| ("parts", Value::list(parts)));
    let place = [
        ("expression", Value::text(text(expression, part))),
        ("start", number(part.range.start)),
        ("end", number(part.range.end)),
    ];
    Value::object(place.into_iter().chain(item).chain(outcome).chain(parts))
}

fn text<'e>(expression: &'e str, part: &Part) -> &'e str {
    expression.get(part.range.clone()).unwrap_or_default()
}

fn json(value: &Value) -> String {
    encode::to_go_json(value).unwrap_or_else(|error| error.to_string())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::parts::explain;

    #[test]
    fn the_tree_has_columns_and_values() {
        let document = Value::object([("é", Value::list([Value::Float(1.0), Value::Float(2.0)]))]);
        let expression = "sum(\"é\"[*]) > `5` || x.y";
        insta::assert_snapshot!(tree(expression, &explain(expression, &document).unwrap()), @r#"
         1-24  sum("é"[*]) > `5` || x.y  = null
         1-17    sum("é"[*]) > `5`  = false
         1-11      sum("é"[*])  = 3
         5-10        "é"[*]  = [1,2]
          5-7          "é"  = [1,2]
        15-17      `5`  = 5
        22-24    x.y  is missing: Unknown key "x" in path
        22-22      x  is missing: Unknown key "x" in path
        "#);
    }

    #[test]
    fn data_is_nested() {
        let document = Value::object([("a", Value::list([Value::Float(1.0)]))]);
        let explained = data("a[0]", &explain("a[0]", &document).unwrap());
        assert_eq!(
            serde_json::to_string(&explained).unwrap(),
            r#"{"end":4,"expression":"a[0]","parts":[{"end":1,"expression":"a","start":0,"value":[1]}],"start":0,"value":1}"#
        );
    }
}
