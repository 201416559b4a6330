//! The document that operations change: an arena of nodes that keeps the order of keys and the text of numbers,
//! because Kyverno tells from the bytes of the result whether anything changed.

use std::sync::Arc;

use dikast_stdlib::Value;
use dikast_stdlib::encode::to_go_json;
use serde_json::value::RawValue;

use super::PatchError;
use crate::patch::{Known, same_json};

/// A document nested more deeply than this is refused.
const DEEPEST: usize = 256;

/// A document of more values than this is not copied any more.
const LARGEST: usize = 1_000_000;

/// A node of a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node(u32);

/// What a place in the document holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// A null that was read as part of a larger value. Parents are made in its place, unlike in that of a null that an
    /// operation put there.
    Nothing,
    /// `null` put there by an operation.
    Null,
    /// A number or truth value as written.
    Plain(Arc<str>),
    Text(Arc<str>),
    List(Vec<Node>),
    Object(Vec<(Arc<str>, Node)>),
    /// A list or object of the object that was there, into which no operation has led. What is folded at the end is shared
    /// with that object.
    Folded(Value),
}

/// A document in the making.
#[derive(Debug)]
pub(super) struct Document {
    nodes: Vec<Content>,
    /// The whole.
    pub(super) root: Node,
    /// What the empty key means at the root: the whole as it was before any operation.
    pub(super) original: Option<Node>,
}

impl Document {
    pub(super) fn new(base: &Value, known: &Known) -> Result<Self, PatchError> {
        let mut document = Self { nodes: Vec::new(), root: Node(0), original: None };
        if known.survives_text(base, DEEPEST) {
            document.root = document.fold(base);
            document.original = Some(document.fold(base));
        } else {
            document.root = document.add_value(base, 0)?;
            document.original = Some(document.add_value(base, 0)?);
        }
        Ok(document)
    }

    pub(super) fn add(&mut self, content: Content) -> Node {
        self.nodes.push(content);
        Node(u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX))
    }

    pub(super) fn content(&self, node: Node) -> &Content {
        &self.nodes[node.0 as usize]
    }

    pub(super) fn content_mut(&mut self, node: Node) -> &mut Content {
        &mut self.nodes[node.0 as usize]
    }

    /// Adds a value that is not looked into; its numbers are whole.
    fn fold(&mut self, value: &Value) -> Node {
        let content = match value {
            Value::Null => Content::Nothing,
            Value::Text(text) => Content::Text(Arc::clone(text)),
            Value::Bool(truth) => Content::Plain(truth.to_string().into()),
            Value::Int(number) => Content::Plain(number.to_string().into()),
            Value::Float(_) | Value::List(_) | Value::Object(_) => Content::Folded(value.clone()),
        };
        self.add(content)
    }

    /// Makes what is folded at a node a list or object of nodes.
    pub(super) fn unfold(&mut self, node: Node) {
        let Content::Folded(value) = self.content(node) else { return };
        let content = match &value.clone() {
            Value::Object(members) => {
                Content::Object(members.iter().map(|(key, value)| (Arc::clone(key), self.fold(value))).collect())
            }
            other => Content::List(other.as_list().unwrap_or_default().iter().map(|item| self.fold(item)).collect()),
        };
        *self.content_mut(node) = content;
    }

    /// Makes everything at and below a node a node of its own.
    fn unfold_all(&mut self, node: Node) {
        self.unfold(node);
        let below: Vec<Node> = match self.content(node) {
            Content::List(items) => items.clone(),
            Content::Object(entries) => entries.iter().map(|&(_, node)| node).collect(),
            _ => return,
        };
        for node in below {
            self.unfold_all(node);
        }
    }

    fn add_value(&mut self, value: &Value, depth: usize) -> Result<Node, PatchError> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        let content = match value {
            Value::Null => Content::Nothing,
            Value::Text(text) => Content::Text(Arc::clone(text)),
            Value::List(items) => {
                Content::List(items.iter().map(|item| self.add_value(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let mut entries = Vec::with_capacity(members.len());
                for (key, value) in members.iter() {
                    entries.push((Arc::clone(key), self.add_value(value, depth + 1)?));
                }
                Content::Object(entries)
            }
            number => {
                let text = to_go_json(number).map_err(|error| PatchError::Refused(error.to_string()))?;
                Content::Plain(text.into())
            }
        };
        Ok(self.add(content))
    }

    /// Adds the value of an operation.
    pub(super) fn add_json(&mut self, raw: &RawValue) -> Result<Node, PatchError> {
        let node = self.add_raw(raw.get(), 0)?;
        if matches!(self.content(node), Content::Nothing) {
            *self.content_mut(node) = Content::Null;
        }
        Ok(node)
    }

    fn add_raw(&mut self, raw: &str, depth: usize) -> Result<Node, PatchError> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        let broken = |error: serde_json::Error| PatchError::Refused(error.to_string());
        let content = match raw.as_bytes().first() {
            Some(b'n') => Content::Nothing,
            Some(b'"') => Content::Text(serde_json::from_str::<String>(raw).map_err(broken)?.into()),
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(raw).map_err(broken)?;
                Content::List(items.iter().map(|item| self.add_raw(item.get(), depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let Members(members) = serde_json::from_str(raw).map_err(broken)?;
                let mut entries: Vec<(Arc<str>, Node)> = Vec::with_capacity(members.len());
                for (key, value) in members {
                    let value = self.add_raw(value.get(), depth + 1)?;
                    match entries.iter_mut().find(|(name, _)| **name == *key) {
                        Some(entry) => entry.1 = value,
                        None => entries.push((key.into(), value)),
                    }
                }
                Content::Object(entries)
            }
            _ => Content::Plain(raw.into()),
        };
        Ok(self.add(content))
    }

    /// A copy that shares nothing.
    ///
    /// # Errors
    /// When the document becomes too large or too deep: copies of copies grow fast.
    pub(super) fn copy(&mut self, node: Node) -> Result<Node, PatchError> {
        // Each value of a copy counts.
        self.unfold_all(node);
        self.copy_nested(node, 0)
    }

    fn copy_nested(&mut self, node: Node, depth: usize) -> Result<Node, PatchError> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        if self.nodes.len() > LARGEST {
            return Err(PatchError::Refused(format!("more than {LARGEST} values")));
        }
        let content = match self.content(node).clone() {
            Content::List(items) => Content::List(
                items.into_iter().map(|item| self.copy_nested(item, depth + 1)).collect::<Result<_, _>>()?,
            ),
            Content::Object(entries) => Content::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| Ok((key, self.copy_nested(value, depth + 1)?)))
                    .collect::<Result<_, PatchError>>()?,
            ),
            leaf => leaf,
        };
        Ok(self.add(content))
    }

    /// Whether two nodes are equal: numbers by their text, objects in any order.
    ///
    /// # Errors
    /// Where a null inside a list is compared: Kyverno crashes there.
    pub(super) fn equal(&mut self, left: Node, right: Node) -> Result<bool, PatchError> {
        self.unfold_all(left);
        self.unfold_all(right);
        self.equal_unfolded(left, right)
    }

    fn equal_unfolded(&self, left: Node, right: Node) -> Result<bool, PatchError> {
        let crash = || PatchError::Unsupported("`test` compares a null inside a list".to_owned());
        match (self.content(left), self.content(right)) {
            (Content::Nothing, Content::Nothing) => Ok(true),
            (Content::Plain(left), Content::Plain(right)) | (Content::Text(left), Content::Text(right)) => {
                Ok(left == right)
            }
            (Content::Null, Content::List(_)) => Err(crash()),
            (Content::List(left), Content::List(right)) => {
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (&left, &right) in left.iter().zip(right) {
                    let is_null = |node| matches!(self.content(node), Content::Nothing);
                    if is_null(left) || is_null(right) {
                        return Err(crash());
                    }
                    if !self.equal_unfolded(left, right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Content::Object(left), Content::Object(right)) => {
                let mut crashed = None;
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (key, value) in left {
                    let Some((_, other)) = right.iter().find(|(name, _)| name == key) else { return Ok(false) };
                    match self.equal_unfolded(*value, *other) {
                        Ok(true) => {}
                        Ok(false) => return Ok(false),
                        Err(error) => crashed = Some(error),
                    }
                }
                crashed.map_or(Ok(true), Err)
            }
            _ => Ok(false),
        }
    }

    /// The value of the whole, or nothing when it would be written byte for byte as `base` is.
    ///
    /// # Errors
    /// When the whole is a null that was added.
    pub(super) fn changed(&self, base: &Value) -> Result<Option<Value>, PatchError> {
        if matches!(self.content(self.root), Content::Nothing) {
            return Err(PatchError::Refused("invalid value, expected object".to_owned()));
        }
        if self.is_written_as(self.root, base) { Ok(None) } else { self.value(self.root, 0).map(Some) }
    }

    fn is_written_as(&self, node: Node, value: &Value) -> bool {
        match (self.content(node), value) {
            (Content::Nothing | Content::Null, Value::Null) => true,
            (Content::Text(text), Value::Text(other)) => text == other,
            (Content::Folded(value), other) => same_json(value, other),
            (Content::List(items), Value::List(others)) => {
                items.len() == others.len()
                    && items.iter().zip(others.iter()).all(|(&item, other)| self.is_written_as(item, other))
            }
            (Content::Object(entries), Value::Object(members)) => {
                entries.len() == members.len()
                    && entries
                        .iter()
                        .zip(members.iter())
                        .all(|((key, node), (name, value))| key == name && self.is_written_as(*node, value))
            }
            (Content::Plain(text), Value::Bool(_) | Value::Int(_) | Value::Float(_)) => {
                to_go_json(value).is_ok_and(|other| **text == *other)
            }
            _ => false,
        }
    }

    fn value(&self, node: Node, depth: usize) -> Result<Value, PatchError> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        Ok(match self.content(node) {
            Content::Nothing | Content::Null => Value::Null,
            Content::Text(text) => Value::Text(Arc::clone(text)),
            Content::Folded(value) => value.clone(),
            Content::Plain(text) => {
                serde_json::from_str(text).map_err(|error| PatchError::Refused(error.to_string()))?
            }
            Content::List(items) => {
                Value::List(Arc::new(items.iter().map(|&item| self.value(item, depth + 1)).collect::<Result<_, _>>()?))
            }
            Content::Object(entries) => Value::Object(Arc::new(
                entries
                    .iter()
                    .map(|(key, value)| Ok((Arc::clone(key), self.value(*value, depth + 1)?)))
                    .collect::<Result<_, PatchError>>()?,
            )),
        })
    }
}

fn too_deep() -> PatchError {
    PatchError::Refused(format!("nested more deeply than {DEEPEST} levels"))
}

/// The members of a JSON object in order, their values unread.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("a JSON object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
