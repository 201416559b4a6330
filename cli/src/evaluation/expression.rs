//! JMESPath expressions outside any policy.

use std::ops::Range;

use dikast_grammar::jmespath::{self, SyntaxError};
use dikast_runtime::interpreter::{Fault, LoneExpression};
use dikast_stdlib::{Value, encode};

use super::parts::{explain, fault_range};
use super::world::Machine;

/// Asks an expression of a document.
///
/// # Errors
/// When it does not parse, in Kyverno's words with the place under them, or cannot be evaluated.
pub(crate) fn ask(expression: &str, document: &Value) -> Result<Value, String> {
    if let Some(error) = jmespath::parse(expression).errors.first() {
        return Err(format!("failed to compile JMESPath: {}", malformed(expression, error)));
    }
    let value = evaluate(expression, document).map_err(|fault| {
        let place = explain(expression, document).as_ref().and_then(fault_range);
        let shown = place.map(|place| format!("\n{}", underlined(expression, &place))).unwrap_or_default();
        format!("error evaluating JMESPath expression: {fault}{shown}")
    })?;
    encode::to_go_json(&value).map_err(|error| format!("the result is no JSON: {error}"))?;
    Ok(value)
}

/// Asks an expression of a document.
///
/// # Errors
/// When it does not parse, is missing or cannot be evaluated.
pub(crate) fn evaluate(expression: &str, document: &Value) -> Result<Value, Fault> {
    LoneExpression::parse(expression).map_err(Fault::query)?.ask(document, &Machine)
}

/// How many characters of a line are shown around a place.
const LINE_SHOWN: usize = 120;

/// How many characters of a line are shown before a place.
const BEFORE_SHOWN: usize = 60;

/// The line of a text that a range begins in, with carets under the range. Of a long line the part around it.
pub(crate) fn underlined(text: &str, range: &Range<usize>) -> String {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let shown_from = text[from..start].char_indices().rev().nth(BEFORE_SHOWN - 1).map_or(from, |(at, _)| from + at);
    let shown_to = text[shown_from..to].char_indices().nth(LINE_SHOWN).map_or(to, |(at, _)| shown_from + at);
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    let (before, after) = (cut(shown_from > from), cut(shown_to < to));
    let column = before.chars().count() + text[shown_from..start].chars().count();
    let length = text.get(start..range.end.min(shown_to)).map_or(0, |part| part.chars().count()).max(1);
    format!("{before}{}{after}\n{}{}", &text[shown_from..shown_to], " ".repeat(column), "^".repeat(length))
}

/// What is wrong with the form of an expression: Kyverno's words, the place, and what could be meant if that says more.
pub(crate) fn malformed(expression: &str, error: &SyntaxError) -> String {
    let (words, explanation) = (error.to_string(), error.explanation());
    let help = if explanation == words { String::new() } else { format!("\nhelp: {explanation}") };
    format!("{words}\n{}{help}", underlined(expression, &error.range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_fault_is_underlined() {
        assert_eq!(underlined("a\nbcd ef", &(4..6)), "bcd ef\n  ^^");
        assert_eq!(underlined("a.", &(2..2)), "a.\n  ^");
        let long = underlined(&"é".repeat(1 << 20), &(1 << 20..1 << 21));
        let lines: Vec<&str> = long.lines().collect();
        assert_eq!(lines[0], format!("…{}…", "é".repeat(LINE_SHOWN)));
        assert_eq!(lines[1], format!("{}{}", " ".repeat(BEFORE_SHOWN + 1), "^".repeat(LINE_SHOWN - BEFORE_SHOWN)));
        let error = ask("a[", &Value::Null).unwrap_err();
        assert!(error.starts_with("failed to compile JMESPath: SyntaxError"), "{error}");
        let error = ask(&"a".repeat(1 << 20), &Value::Null).unwrap_err();
        assert_eq!(error.matches("bytes").count(), 1, "{error}");
        assert!(error.len() < 400, "{error}");
    }

    #[test]
    fn expressions_are_asked_of_documents() {
        let document: Value = serde_json::from_str(r#"{"a":[{"b":1.0},{"b":2.0}]}"#).unwrap();
        assert_eq!(ask("sum(a[].b)", &document), Ok(Value::Float(3.0)));
        let error = ask("a[0] && to_upper(c)", &document).unwrap_err();
        assert!(error.ends_with("\na[0] && to_upper(c)\n                 ^"), "{error}");
        assert!(ask("c", &document).unwrap_err().contains("Unknown key \"c\""));
    }
}
