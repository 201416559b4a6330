//! `yaml.jsonl`: a text and the documents that it holds.

use dikast_grammar::yaml::{self, Node, NodeValue, SyntaxError};
use dikast_grammar::{FileId, SourceMap};
use serde_json::Value;

/// Whether one case gives Kyverno's answer.
///
/// Numbers are the same when they are equal, with or without a fraction.
///
/// # Errors
/// What was asked for and what came.
pub(crate) fn agrees(case: &Value) -> Result<(), String> {
    let text = case["text"].as_str().ok_or("the case has no text")?;
    let answer = &case["answer"];
    let parsed = yaml::parse(FileId::default(), text);
    let refusals: Vec<&SyntaxError> = parsed.errors.iter().filter(|error| error.is_refusal()).collect();
    match (answer["ok"] == true, refusals.first()) {
        (false, Some(_)) => Ok(()),
        (false, None) => Err(format!("wanted the error {}, got {:?}", answer["error"], parsed.documents)),
        (true, Some(refusal)) => Err(format!("wanted {}, got the error {}", answer["value"], describe(refusal, text))),
        (true, None) => {
            let documents = answer["value"].as_array().map(Vec::as_slice).unwrap_or_default();
            let same = documents.len() == parsed.documents.len()
                && documents.iter().zip(&parsed.documents).all(|(value, node)| is_same(node, value));
            if same { Ok(()) } else { Err(format!("wanted {}, got {:?}", answer["value"], parsed.documents)) }
        }
    }
}

fn is_same(node: &Node, value: &Value) -> bool {
    match (&node.value, value) {
        (NodeValue::Null, Value::Null) => true,
        (NodeValue::Bool(truth), Value::Bool(wanted)) => truth == wanted,
        (NodeValue::Int(number), Value::Number(wanted)) => match wanted.as_i64() {
            Some(wanted) => *number == wanted,
            None => wanted.as_f64() == Some(*number as f64),
        },
        (NodeValue::Float(number), Value::Number(wanted)) => wanted.as_f64() == Some(*number),
        (NodeValue::Text(text), Value::String(wanted)) => text == wanted.as_str(),
        (NodeValue::List(items), Value::Array(wanted)) => {
            items.len() == wanted.len() && items.iter().zip(wanted).all(|(item, wanted)| is_same(item, wanted))
        }
        (NodeValue::Map(entries), Value::Object(wanted)) => {
            entries.len() == wanted.len()
                && entries
                    .iter()
                    .all(|entry| wanted.get(entry.key.as_str()).is_some_and(|wanted| is_same(&entry.value, wanted)))
        }
        _ => false,
    }
}

fn describe(error: &SyntaxError, text: &str) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("text", text);
    let position = sources.get(file).map(|source| source.position(error.span.start));
    let (line, column) = position.map_or((0, 0), |position| (position.line, position.column));
    format!("{line}:{column}: {error}")
}
