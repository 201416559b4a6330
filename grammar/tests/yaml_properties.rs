//! What holds for the YAML reader on any input.

use dikast_grammar::FileId;
use dikast_grammar::yaml::{self, Node, NodeValue, Text};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;

/// Pieces that YAML-like texts are put together from.
const FRAGMENTS: &[&str] = &[
    "a",
    "b: ",
    "- ",
    "-",
    "? ",
    ": ",
    ":",
    "\n",
    "\n  ",
    "\n    ",
    "  ",
    " ",
    "\t",
    "# c\n",
    " # c",
    "|\n",
    ">-\n",
    ">+\n",
    "|2\n",
    "'",
    "\"",
    "''",
    "\\n",
    "\\x41",
    "\\\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "&x ",
    "*x",
    "!!str ",
    "!!int ",
    "!t ",
    "! ",
    "<<: ",
    "...",
    "\n---\n",
    "---",
    "1",
    "0x1f",
    "1.5",
    "~",
    "yes",
    "%YAML 1.1\n",
    "%TAG !e! x\n",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "é",
    "\u{feff}",
    "\u{1}",
    "😀",
    "x y",
    "k: |\n  t\n  u\n\nz: 1\n",
    "'a\n  b'",
    "{a: b, c}",
    "[a, b: c]",
    "!!binary aGk=",
    "@",
    "`",
    "\\",
    "a: &x {b: 1}\n",
    "c: *x\n",
    "d: {<<: *x, b: 2}\n",
];

fn yaml_like() -> impl Strategy<Value = String> {
    vec(prop::sample::select(FRAGMENTS), 0..24).prop_map(|fragments| fragments.concat())
}

/// Texts that JSON writes as they are and YAML reads as they are: no control characters, no YAML line breaks.
fn json_text() -> impl Strategy<Value = String> {
    "[ -~\\\\\"'é😀#:{}\\[\\],&*!|>%@\\n\\t]{0,12}"
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has finite numbers only", |number| number.is_finite()).prop_map(Value::from),
        json_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(json_text(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn is_same(node: &Node, value: &Value) -> bool {
    match (&node.value, value) {
        (NodeValue::Null, Value::Null) => true,
        (NodeValue::Bool(truth), Value::Bool(wanted)) => truth == wanted,
        (NodeValue::Int(number), Value::Number(wanted)) => {
            wanted.as_i64().map_or_else(|| wanted.as_f64() == Some(*number as f64), |wanted| wanted == *number)
        }
        (NodeValue::Float(number), Value::Number(wanted)) => wanted.as_f64() == Some(*number),
        (NodeValue::Text(text), Value::String(wanted)) => text == wanted.as_str(),
        (NodeValue::List(items), Value::Array(wanted)) => {
            items.len() == wanted.len() && items.iter().zip(wanted).all(|(item, wanted)| is_same(item, wanted))
        }
        (NodeValue::Map(entries), Value::Object(wanted)) => {
            let same = |key: &str, value| wanted.get(key).is_some_and(|wanted| is_same(value, wanted));
            entries.len() == wanted.len() && entries.iter().all(|entry| same(entry.key.as_str(), &entry.value))
        }
        _ => false,
    }
}

/// Calls a function with every text, keys among them.
fn for_each_text(node: &Node, action: &mut impl FnMut(&Text)) {
    match &node.value {
        NodeValue::Text(text) => action(text),
        NodeValue::List(items) => items.iter().for_each(|item| for_each_text(item, action)),
        NodeValue::Map(entries) => {
            for entry in entries {
                action(&entry.key);
                for_each_text(&entry.value, action);
            }
        }
        _ => {}
    }
}

/// Whether a part of a file can stand for a character of a scalar.
fn stands_for(written: &str, character: char) -> bool {
    if written == character.to_string() {
        return true;
    }
    let is_break = |character: char| matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let has_break = written.chars().any(is_break);
    let is_blank = written.chars().all(|character| is_break(character) || matches!(character, ' ' | '\t'));
    match (written.strip_prefix('\\'), character) {
        (Some(escape), _) => decode_escape(escape) == Some(character),
        (None, '\'') => written == "''",
        (None, ' ') => is_blank && has_break,
        // At the end of the file the line end may be left out.
        (None, '\n') => is_blank && (has_break || written.is_empty()),
        _ => false,
    }
}

fn decode_escape(escape: &str) -> Option<char> {
    let (kind, digits) = escape.split_at_checked(1)?;
    if matches!(kind, "x" | "u" | "U") {
        return char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    }
    let pairs = [
        ("0", '\0'),
        ("a", '\u{7}'),
        ("b", '\u{8}'),
        ("t", '\t'),
        ("\t", '\t'),
        ("n", '\n'),
        ("v", '\u{b}'),
        ("f", '\u{c}'),
        ("r", '\r'),
        ("e", '\u{1b}'),
        (" ", ' '),
        ("\"", '"'),
        ("'", '\''),
        ("\\", '\\'),
        ("N", '\u{85}'),
        ("_", '\u{a0}'),
        ("L", '\u{2028}'),
        ("P", '\u{2029}'),
    ];
    pairs.iter().find(|(name, _)| *name == escape).map(|(_, character)| *character)
}

/// Checks what must hold for whatever is read of a text.
fn check(source: &str) {
    let parsed = yaml::parse(FileId(0), source);
    let part = |start: u32, end: u32| source.get(start as usize..end as usize);
    for error in &parsed.errors {
        assert!(part(error.span.start, error.span.end).is_some(), "{error:?}");
        assert!(!error.to_string().is_empty());
    }
    for comment in &parsed.comments {
        assert!(part(comment.start, comment.end).is_some_and(|comment| comment.starts_with('#')));
    }
    for document in &parsed.documents {
        assert!(part(document.span.start, document.span.end).is_some(), "{document:?}");
        for_each_text(document, &mut |text| check_places(text, source));
    }
}

/// Each character has a place that can stand for it, and the places are in order.
fn check_places(text: &Text, source: &str) {
    let whole = text.span();
    let written = &source[whole.start as usize..whole.end as usize];
    // Numbers, truth values and Base64 stand for their text as a whole.
    if text.span_of(0..1) == whole && written != text.as_str() {
        return;
    }
    let mut done = 0;
    for (at, character) in text.as_str().char_indices() {
        let place = text.span_of(at..at + character.len_utf8());
        assert!(place.start >= done, "{character:?} of {text:?} in {source:?} comes before the one before it");
        done = place.end;
        let written = &source[place.start as usize..place.end as usize];
        assert!(stands_for(written, character), "{character:?} of {text:?} in {source:?} is at {written:?}");
    }
    assert!(text.as_str().is_empty() || !written.is_empty());
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..64)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn yaml_like_texts_are_answered(text in yaml_like()) {
        check(&text);
    }

    #[test]
    fn changed_texts_are_answered(
        text in yaml_like(),
        position in any::<prop::sample::Index>(),
        removed in 0..4_usize,
        added in "[\\n\\t -~]{0,3}",
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        let start = position.index(characters.len() + 1);
        let end = (start + removed).min(characters.len());
        characters.splice(start..end, added.chars());
        check(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn json_reads_as_itself(value in json(), is_pretty in any::<bool>()) {
        let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let parsed = yaml::parse(FileId(0), &text);
        prop_assert_eq!(&parsed.errors, &[]);
        prop_assert!(is_same(&parsed.documents[0], &value), "{:?} of {}", parsed.documents, text);
        check(&text);
    }

    #[test]
    fn single_quotes_keep_text(text in "[ -~é]{0,20}") {
        let source = format!("a: '{}'", text.replace('\'', "''"));
        let parsed = yaml::parse(FileId(0), &source);
        prop_assert_eq!(parsed.documents[0].get("a").and_then(Node::as_str), Some(text.as_str()));
        check(&source);
    }

    #[test]
    fn literal_blocks_keep_lines(lines in vec("([!-~é][ -~é]{0,8})?", 1..6), indent in 1..5_usize) {
        // A first line that is not empty tells the indentation.
        let lines: Vec<String> = std::iter::once("x".to_owned()).chain(lines).collect();
        let source: String = lines.iter().map(|line| format!("\n{}{line}", " ".repeat(indent))).collect();
        let source = format!("a: |+{source}\n");
        let wanted = format!("{}\n", lines.join("\n"));
        let parsed = yaml::parse(FileId(0), &source);
        prop_assert_eq!(parsed.documents[0].get("a").and_then(Node::as_str), Some(wanted.as_str()));
        check(&source);
    }
}
