//! `$( )` references: replaced in the document before its variables are (Kyverno `pkg/engine/variables/vars.go`).

use std::collections::HashMap;

use dikast_grammar::reference::{
    Operator, Reference, absolute_path, find_references, unescape_references, without_anchors,
};
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};
use dikast_stdlib::Value;
use dikast_stdlib::encode;

use super::super::constant::value_of;
use super::fault::UnresolvedReference;

/// The type of the whole numbers of a document, which shows when one stands behind an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// Integers stay integers.
    AsWritten,
    /// The document was decoded into Go values without a type: all numbers are floats.
    Floats,
}

/// The document with its references replaced; nothing when it has none.
///
/// # Errors
///
/// The first reference that has no value. Kyverno then substitutes nothing.
pub(crate) fn resolve(document: &Node, numbers: Numbers) -> Result<Option<Node>, UnresolvedReference> {
    if !has_reference(document) {
        return Ok(None);
    }
    let mut places = HashMap::new();
    collect(document, "", &mut places);
    Resolution { places, numbers }.node(document, "").map(Some)
}

fn has_reference(node: &Node) -> bool {
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => false,
        NodeValue::Text(text) => text.as_str().contains("$("),
        NodeValue::List(items) => items.iter().any(has_reference),
        NodeValue::Map(entries) => {
            entries.iter().any(|entry| entry.key.as_str().contains("$(") || has_reference(&entry.value))
        }
    }
}

/// Notes the scalar at each place. A key counts as a scalar at the place of its object; the last one stays.
fn collect(node: &Node, path: &str, places: &mut HashMap<String, Value>) {
    match &node.value {
        NodeValue::List(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{path}/{index}"), places);
            }
        }
        NodeValue::Map(entries) => {
            for entry in entries {
                places.insert(without_anchors(path), Value::text(entry.key.as_str()));
                collect(&entry.value, &path_below(path, entry.key.as_str()), places);
            }
        }
        _ => {
            places.insert(without_anchors(path), value_of(node));
        }
    }
}

fn path_below(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('/', "\\/"))
}

struct Resolution {
    places: HashMap<String, Value>,
    numbers: Numbers,
}

impl Resolution {
    fn node(&self, node: &Node, path: &str) -> Result<Node, UnresolvedReference> {
        let value = match &node.value {
            NodeValue::Text(text) => NodeValue::Text(self.text(text, path)?),
            NodeValue::List(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.node(item, &format!("{path}/{index}")));
                NodeValue::List(items.collect::<Result<_, _>>()?)
            }
            NodeValue::Map(entries) => {
                let entries = entries.iter().map(|entry| {
                    Ok(Entry {
                        key: self.text(&entry.key, path)?,
                        value: self.node(&entry.value, &path_below(path, entry.key.as_str()))?,
                    })
                });
                NodeValue::Map(entries.collect::<Result<_, _>>()?)
            }
            scalar => scalar.clone(),
        };
        Ok(Node { value, span: node.span })
    }

    fn text(&self, text: &Text, path: &str) -> Result<Text, UnresolvedReference> {
        let written = text.as_str();
        if !written.contains("$(") {
            return Ok(text.clone());
        }
        let mut replaced = String::with_capacity(written.len());
        let mut copied = 0;
        for reference in find_references(written) {
            let value = self.value(&reference, path).map_err(|message| {
                let span = text.span_of(reference.range.clone());
                UnresolvedReference { span, reference: reference.text.to_owned(), message }
            })?;
            replaced.push_str(written.get(copied..reference.range.start).unwrap_or_default());
            replaced.push_str(&value);
            copied = reference.range.end;
        }
        replaced.push_str(written.get(copied..).unwrap_or_default());
        let replaced = unescape_references(&replaced);
        Ok(if replaced == written { text.clone() } else { Text::standing_for(replaced, text.span()) })
    }

    /// The text that a reference stands for, or Kyverno's message.
    fn value(&self, reference: &Reference<'_>, path: &str) -> Result<String, String> {
        let shown = "\u{fffd}".repeat(reference.stray_bytes) + reference.text;
        if reference.path.is_empty() {
            return Err(format!("failed to resolve {shown} at path {path}: expected path, found empty reference"));
        }
        let place = absolute_path(reference.path, path);
        let value = self.places.get(&place).filter(|_| reference.stray_bytes == 0).unwrap_or(&Value::Null);
        match (reference.operator, value) {
            (Operator::None, Value::Null) => Err(format!("got nil resolved variable {shown} at path {path}: <nil>")),
            (Operator::None, Value::Text(text)) => Ok(text.to_string()),
            (Operator::None, _) => {
                Err(format!("NotResolvedReferenceErr,reference {shown} not resolved at path {path}"))
            }
            (operator, value) => match self.operand(value) {
                Some(operand) => Ok(format!("{}{operand}", operator.as_str())),
                None => Err(format!(
                    "failed to resolve {shown} at path {path}: incorrect expression: operator {} does not match with \
                     value {}",
                    operator.as_str(),
                    encode::sprint(value)
                )),
            },
        }
    }

    /// A value behind an operator.
    fn operand(&self, value: &Value) -> Option<String> {
        match (value, self.numbers) {
            (Value::Text(text), _) => Some(text.to_string()),
            (Value::Int(number), Numbers::AsWritten) => Some(number.to_string()),
            (Value::Int(number), Numbers::Floats) => Some(format!("{:.6}", *number as f64)),
            (Value::Float(number), _) => Some(format!("{number:.6}")),
            _ => None,
        }
    }
}
