//! Values that are written out.

use dikast_grammar::yaml::{Node, NodeValue};
use dikast_stdlib::Value;

/// The value of a node, its texts as they stand. Parsing bounds how deeply nodes nest.
pub(crate) fn value_of(node: &Node) -> Value {
    match &node.value {
        NodeValue::Null => Value::Null,
        NodeValue::Bool(truth) => Value::Bool(*truth),
        NodeValue::Int(number) => Value::Int(*number),
        NodeValue::Float(number) => Value::Float(*number),
        NodeValue::Text(text) => Value::text(text.as_str()),
        NodeValue::List(items) => Value::list(items.iter().map(value_of)),
        NodeValue::Map(entries) => {
            Value::object(entries.iter().map(|entry| (entry.key.as_str(), value_of(&entry.value))))
        }
    }
}
