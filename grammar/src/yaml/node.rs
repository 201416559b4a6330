//! The value tree of a document, with spans.

use super::Text;
use crate::Span;

/// A value and where it is written.
///
/// A value that an alias or a merge key brought in carries the span of its anchor's definition.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: NodeValue,
    /// Its bytes in the file: quotes, block header and brackets are inside; tags, anchors and comments are not. A
    /// value that is left out (`key:`) has the empty span where it would stand.
    pub span: Span,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum NodeValue {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true`, `false`, or one of YAML 1.1's other words for them, such as `yes` and `off`.
    Bool(bool),
    /// A whole number that fits, in whatever notation; also `1.0` and `1e3`, because JSON, in which Kyverno passes
    /// documents on, does not tell them from `1` and `1000`.
    Int(i64),
    /// Any other number. Never infinite, never NaN.
    Float(f64),
    /// Text.
    Text(Text),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file. Keys differ from one another; of equal keys the last one is kept.
    Map(Vec<Entry>),
}

/// One member of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key. Numbers and truth values used as keys are text here, as `sigs.k8s.io/yaml` turns them.
    pub key: Text,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value of a member of a mapping; nothing when it is absent or this is no mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// A member of a mapping; nothing when it is absent or this is no mapping.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == *key)
    }

    /// The value at a path of member names; nothing when a step is absent.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The members of a mapping; none when this is something else.
    pub fn entries(&self) -> &[Entry] {
        self.as_map().unwrap_or_default()
    }

    /// The items of a sequence; none when this is something else.
    pub fn items(&self) -> &[Node] {
        self.as_list().unwrap_or_default()
    }

    /// The members, if this is a mapping.
    pub fn as_map(&self) -> Option<&[Entry]> {
        match &self.value {
            NodeValue::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if this is a sequence.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            NodeValue::List(items) => Some(items),
            _ => None,
        }
    }

    /// The text with its way back to the file, if this is text.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.value {
            NodeValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(Text::as_str)
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            NodeValue::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The whole number, if this is one.
    pub fn as_int(&self) -> Option<i64> {
        match self.value {
            NodeValue::Int(number) => Some(number),
            _ => None,
        }
    }

    /// A number of either type as a float.
    pub fn as_number(&self) -> Option<f64> {
        match self.value {
            NodeValue::Int(number) => Some(number as f64),
            NodeValue::Float(number) => Some(number),
            _ => None,
        }
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, NodeValue::Null)
    }

    /// The word that diagnostics use for the type of this value.
    pub fn type_name(&self) -> &'static str {
        match self.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "boolean",
            NodeValue::Int(_) | NodeValue::Float(_) => "number",
            NodeValue::Text(_) => "string",
            NodeValue::List(_) => "array",
            NodeValue::Map(_) => "object",
        }
    }
}
