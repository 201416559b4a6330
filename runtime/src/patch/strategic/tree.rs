//! The document tree that a strategic merge works on.
//!
//! Kyverno merges YAML nodes, not values, and some of its answers come from that: nodes are shared between overlay and
//! object while they are merged, a map may hold one key twice, and a scalar that replaces another keeps the *quotes* of
//! the other. So this is a tree of shared nodes in an arena, with the text and the quotes of each scalar.
//!
//! Most of an object is not touched by a patch. So what is in it stays folded, as the values that they are, until somebody
//! looks into them; what is still folded at the end is shared with the object.

use std::cell::{Ref, RefCell, RefMut};
use std::sync::Arc;

use dikast_stdlib::encode::to_go_json;
use dikast_stdlib::{Object, Value};

use super::Fault;
use crate::patch::Known;

/// A document nested more deeply than this is refused.
pub(super) const DEEPEST: usize = 256;

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node(u32);

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar,
    Map,
    List,
}

impl Kind {
    /// The name in error texts.
    fn name(self) -> &'static str {
        match self {
            Self::Scalar => "ScalarNode",
            Self::Map => "MappingNode",
            Self::List => "SequenceNode",
        }
    }
}

/// What a scalar says of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Null,
    Bool,
    Number,
    Text,
    /// Made from a merge key: its text decides, unless it is quoted.
    Open,
}

#[derive(Clone, Debug)]
struct Scalar {
    text: Arc<str>,
    tag: Tag,
    quoted: bool,
}

#[derive(Clone, Debug)]
enum Content {
    Scalar(Scalar),
    Map(Vec<(Arc<str>, Node)>),
    List(Vec<Node>),
    /// A value that nobody has looked into.
    Folded(Value),
}

/// An arena of nodes.
#[derive(Debug)]
pub(super) struct Tree<'k> {
    nodes: RefCell<Vec<Content>>,
    /// What patches before have found out.
    pub(super) known: &'k Known,
}

impl<'k> Tree<'k> {
    pub(super) fn new(known: &'k Known) -> Self {
        // Most patches look into some dozens of nodes.
        Self { nodes: RefCell::new(Vec::with_capacity(64)), known }
    }

    fn add(&self, content: Content) -> Node {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(content);
        Node(u32::try_from(nodes.len() - 1).unwrap_or(u32::MAX))
    }

    /// The content of a node, unfolded. Nothing may be added while it is looked at.
    fn content(&self, node: Node) -> Ref<'_, Content> {
        self.unfold(node);
        self.present(node)
    }

    /// The content of a node as it is.
    fn present(&self, node: Node) -> Ref<'_, Content> {
        Ref::map(self.nodes.borrow(), |nodes| &nodes[node.0 as usize])
    }

    fn content_mut(&mut self, node: Node) -> RefMut<'_, Content> {
        self.unfold(node);
        RefMut::map(self.nodes.borrow_mut(), |nodes| &mut nodes[node.0 as usize])
    }

    fn unfold(&self, node: Node) {
        let folded = match &*self.present(node) {
            Content::Folded(value) => value.clone(),
            Content::Scalar(_) | Content::Map(_) | Content::List(_) => return,
        };
        let fold = |value: &Value| self.add(Content::Folded(value.clone()));
        let content = match &folded {
            Value::Object(members) => {
                Content::Map(members.iter().map(|(key, value)| (Arc::clone(key), fold(value))).collect())
            }
            Value::List(items) => Content::List(items.iter().map(fold).collect()),
            scalar => Content::Scalar(Scalar::of(scalar).unwrap_or_else(|_| Scalar::null())),
        };
        self.nodes.borrow_mut()[node.0 as usize] = content;
    }

    /// The value of a node that nobody has looked into.
    pub(super) fn folded(&self, node: Node) -> Option<Ref<'_, Value>> {
        Ref::filter_map(self.nodes.borrow(), |nodes| match &nodes[node.0 as usize] {
            Content::Folded(value) => Some(value),
            Content::Scalar(_) | Content::Map(_) | Content::List(_) => None,
        })
        .ok()
    }

    /// Adds a value as a tree of its own.
    ///
    /// # Errors
    /// When it is nested too deeply or holds a number that is not finite.
    pub(super) fn add_value(&mut self, value: &Value) -> Result<Node, Fault> {
        let is_container = matches!(value, Value::List(_) | Value::Object(_));
        if is_container && self.known.survives_text(value, DEEPEST) {
            return Ok(self.add(Content::Folded(value.clone())));
        }
        self.add_nested(value, 0)
    }

    fn add_nested(&mut self, value: &Value, depth: usize) -> Result<Node, Fault> {
        if depth > DEEPEST {
            return Err(Fault::Other(format!("nested more deeply than {DEEPEST} levels")));
        }
        let content = match value {
            Value::List(items) => {
                let nodes = items.iter().map(|item| self.add_nested(item, depth + 1)).collect::<Result<_, _>>()?;
                Content::List(nodes)
            }
            Value::Object(members) => {
                let mut entries = Vec::with_capacity(members.len());
                for (key, value) in members.iter() {
                    entries.push((Arc::clone(key), self.add_nested(value, depth + 1)?));
                }
                Content::Map(entries)
            }
            scalar => Content::Scalar(Scalar::of(scalar)?),
        };
        Ok(self.add(content))
    }

    /// An empty map.
    pub(super) fn add_empty_map(&mut self) -> Node {
        self.add(Content::Map(Vec::new()))
    }

    /// A list of nodes.
    pub(super) fn add_list(&mut self, items: Vec<Node>) -> Node {
        self.add(Content::List(items))
    }

    /// A null.
    pub(super) fn add_null(&mut self) -> Node {
        self.add(Content::Scalar(Scalar::null()))
    }

    /// A scalar whose type follows from its text, as a merge key is written back into an item. Text that YAML 1.1 reads
    /// as something else is quoted, and so becomes text (kyaml `FieldSetter`).
    pub(super) fn add_open_scalar(&mut self, text: &str) -> Node {
        let quoted = reads_as_no_text(text);
        self.add(Content::Scalar(Scalar { text: text.into(), tag: Tag::Open, quoted }))
    }

    /// A copy that shares nothing.
    pub(super) fn copy(&mut self, node: Node) -> Node {
        let present = self.present(node).clone();
        let content = match present {
            Content::Map(entries) => {
                Content::Map(entries.into_iter().map(|(key, value)| (key, self.copy(value))).collect())
            }
            Content::List(items) => Content::List(items.into_iter().map(|item| self.copy(item)).collect()),
            alone @ (Content::Scalar(_) | Content::Folded(_)) => alone,
        };
        self.add(content)
    }

    /// Makes `node` hold what `from` holds; a scalar that replaces a scalar takes over the quotes of the old one, in both
    /// places.
    pub(super) fn overwrite(&mut self, node: Node, from: Node) {
        let quotes = match &*self.content(node) {
            Content::Scalar(old) => Some(old.quoted),
            _ => None,
        };
        if let (Some(quoted), Content::Scalar(new)) = (quotes, &mut *self.content_mut(from)) {
            new.quoted = quoted;
        }
        // Unfolded first: what is below is one and the same for both.
        let content = self.content(from).clone();
        *self.content_mut(node) = content;
    }

    pub(super) fn kind(&self, node: Node) -> Kind {
        match &*self.present(node) {
            Content::Map(_) | Content::Folded(Value::Object(_)) => Kind::Map,
            Content::List(_) | Content::Folded(Value::List(_)) => Kind::List,
            Content::Scalar(_) | Content::Folded(_) => Kind::Scalar,
        }
    }

    pub(super) fn is_null(&self, node: Node) -> bool {
        matches!(&*self.present(node), Content::Scalar(Scalar { tag: Tag::Null, .. }) | Content::Folded(Value::Null))
    }

    /// Whether there is nothing to see: no node, a null, or an empty map or list.
    pub(super) fn is_missing_or_empty(&self, node: Option<Node>) -> bool {
        node.is_none_or(|node| self.is_null(node) || self.is_empty(node))
    }

    /// Whether this is a map or list without content.
    pub(super) fn is_empty(&self, node: Node) -> bool {
        match &*self.content(node) {
            Content::Scalar(_) | Content::Folded(_) => false,
            Content::Map(entries) => entries.is_empty(),
            Content::List(items) => items.is_empty(),
        }
    }

    /// The text of a scalar; empty for maps and lists.
    pub(super) fn text(&self, node: Node) -> Arc<str> {
        match &*self.content(node) {
            Content::Scalar(scalar) => Arc::clone(&scalar.text),
            _ => "".into(),
        }
    }

    /// The first value of a key; nothing when this is no map.
    pub(super) fn field(&self, node: Node, key: &str) -> Option<Node> {
        match &*self.content(node) {
            Content::Map(entries) => entries.iter().find(|(name, _)| &**name == key).map(|&(_, value)| value),
            _ => None,
        }
    }

    /// The keys of a map in order, a repeated one repeatedly; none when this is no map.
    pub(super) fn keys(&self, node: Node) -> Vec<Arc<str>> {
        match &*self.content(node) {
            Content::Map(entries) => entries.iter().map(|(key, _)| Arc::clone(key)).collect(),
            _ => Vec::new(),
        }
    }

    /// The items of a list; none when this is no list.
    pub(super) fn items(&self, node: Node) -> Vec<Node> {
        match &*self.content(node) {
            Content::List(items) => items.clone(),
            _ => Vec::new(),
        }
    }

    /// Takes the first entry of a key away.
    pub(super) fn clear(&mut self, node: Node, key: &str) {
        if let Content::Map(entries) = &mut *self.content_mut(node)
            && let Some(at) = entries.iter().position(|(name, _)| &**name == key)
        {
            entries.remove(at);
        }
    }

    /// Renames the first entry of a key; the map may then hold the new key twice.
    pub(super) fn rename(&mut self, node: Node, key: &str, new: &str) {
        if let Content::Map(entries) = &mut *self.content_mut(node)
            && let Some(entry) = entries.iter_mut().find(|(name, _)| &**name == key)
        {
            entry.0 = new.into();
        }
    }

    /// Sets a field: an existing one is overwritten in place, a new one is appended and shares its node.
    pub(super) fn set_field(&mut self, node: Node, key: &str, value: Node) {
        match self.field(node, key) {
            Some(field) if field == value => {}
            Some(field) => self.overwrite(field, value),
            None => {
                if let Content::Map(entries) = &mut *self.content_mut(node) {
                    entries.push((key.into(), value));
                }
            }
        }
    }

    /// Appends an item to a list.
    pub(super) fn push(&mut self, list: Node, item: Node) {
        if let Content::List(items) = &mut *self.content_mut(list) {
            items.push(item);
        }
    }

    /// Replaces the items of a list.
    pub(super) fn set_items(&mut self, list: Node, items: Vec<Node>) {
        *self.content_mut(list) = Content::List(items);
    }

    /// Takes the item at a position away.
    ///
    /// # Errors
    /// When there is no such position: Kyverno crashes there.
    pub(super) fn remove_item(&mut self, list: Node, at: usize) -> Result<(), Fault> {
        if let Content::List(items) = &mut *self.content_mut(list) {
            if at >= items.len() {
                return Err(Fault::Crash(format!("slice bounds out of range [{}:{}]", at + 1, items.len())));
            }
            items.remove(at);
        }
        Ok(())
    }

    /// Checks that a node is of a kind; a missing or null one is of every kind.
    ///
    /// # Errors
    /// Kyverno's words for the clash.
    pub(super) fn expect(&self, node: Option<Node>, kind: Kind) -> Result<(), Fault> {
        match node {
            Some(node) if !self.is_null(node) && self.kind(node) != kind => {
                let mut text = String::new();
                self.write_flow(node, &mut text);
                Err(Fault::Other(format!(
                    "wrong node kind: expected {} but got {}: node contents:\n{text}\n",
                    kind.name(),
                    self.kind(node).name()
                )))
            }
            _ => Ok(()),
        }
    }

    fn write_flow(&self, node: Node, out: &mut String) {
        let quote = |text: &str| serde_json::to_string(text).unwrap_or_default();
        let content = self.content(node).clone();
        match &content {
            Content::Scalar(Scalar { text, tag: Tag::Text, .. }) => out.push_str(&quote(text)),
            Content::Scalar(scalar) => out.push_str(&scalar.text),
            // The content is unfolded.
            Content::Folded(_) => {}
            Content::Map(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    out.push_str(&quote(key));
                    out.push_str(": ");
                    self.write_flow(*value, out);
                }
                out.push('}');
            }
            Content::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    self.write_flow(*item, out);
                }
                out.push(']');
            }
        }
    }

    /// The value of a node.
    ///
    /// # Errors
    /// When a map holds a key twice.
    pub(super) fn to_value(&self, node: Node) -> Result<Value, Fault> {
        Ok(match &*self.present(node) {
            Content::Scalar(scalar) => scalar.to_value(),
            Content::Folded(value) => value.clone(),
            Content::List(items) => {
                Value::List(Arc::new(items.iter().map(|&item| self.to_value(item)).collect::<Result<_, _>>()?))
            }
            Content::Map(entries) => {
                let mut members = Object::new();
                for (key, value) in entries {
                    if members.insert(Arc::clone(key), self.to_value(*value)?).is_some() {
                        return Err(Fault::Other(format!(
                            "yaml: unmarshal errors:\n  line 1: mapping key {key:?} already defined at line 1"
                        )));
                    }
                }
                Value::Object(Arc::new(members))
            }
        })
    }
}

impl Scalar {
    /// A scalar value as it is written.
    fn of(value: &Value) -> Result<Self, Fault> {
        if let Value::Text(text) = value {
            return Ok(Self { text: Arc::clone(text), tag: Tag::Text, quoted: true });
        }
        let text = to_go_json(value).map_err(|error| Fault::Other(error.to_string()))?;
        let tag = match value {
            Value::Null => Tag::Null,
            Value::Bool(_) => Tag::Bool,
            _ => Tag::Number,
        };
        Ok(Self { text: text.into(), tag, quoted: false })
    }

    fn null() -> Self {
        Self { text: "null".into(), tag: Tag::Null, quoted: false }
    }

    fn to_value(&self) -> Value {
        match self.tag {
            Tag::Text => Value::Text(Arc::clone(&self.text)),
            _ if self.quoted => Value::Text(Arc::clone(&self.text)),
            _ => read_plain(&self.text),
        }
    }
}

/// What YAML makes of a scalar without quotes.
fn read_plain(text: &Arc<str>) -> Value {
    match &**text {
        "null" | "~" | "" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        other => match (other.parse::<i64>(), looks_numeric(other).then(|| other.parse::<f64>())) {
            (Ok(whole), _) => Value::Int(whole),
            (_, Some(Ok(number))) => Value::Float(number),
            _ => Value::Text(Arc::clone(text)),
        },
    }
}

/// Whether YAML 1.1 reads a text as a number, a truth value or null when it is not quoted.
fn reads_as_no_text(text: &str) -> bool {
    const WORDS: [&str; 10] = ["y", "yes", "on", "true", "n", "no", "off", "false", "null", "~"];
    looks_numeric(text) && text.parse::<f64>().is_ok() || WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Rust also reads words such as `inf` as numbers.
fn looks_numeric(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().all(|byte| b"0123456789+-.eE".contains(&byte))
}
