//! Reading the members of an object that has the right types. As in Go, names match regardless of case when the exact name
//! is missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Object, Value};

/// Texts by their names, such as annotations.
pub(super) type TextMap = BTreeMap<Arc<str>, Arc<str>>;

/// The members of a struct that is written as null.
static NOTHING: Object = Object::new();

/// An object that stands for a Go struct. What is absent, null or of another type has the empty value of its type.
#[derive(Clone, Copy)]
pub(super) struct Reader<'v>(&'v Object);

impl<'v> Reader<'v> {
    pub(super) fn new(members: &'v Object) -> Self {
        Self(members)
    }

    /// A member that is there and not null.
    fn get(&self, name: &str) -> Option<&'v Value> {
        let folded = || self.0.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let member = self.0.get(name).or_else(|| folded().map(|(_, member)| member));
        member.filter(|member| !member.is_null())
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Arc<str> {
        self.get(name).map(text).unwrap_or_default()
    }

    /// A text, if it is there.
    pub(super) fn given_text(&self, name: &str) -> Option<Arc<str>> {
        self.get(name).map(text)
    }

    /// A truth value, if it is there.
    pub(super) fn truth(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Value::Bool(truth)) => Some(*truth),
            _ => None,
        }
    }

    /// A whole number, if it is there.
    pub(super) fn int(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Int(number)) => Some(*number),
            Some(Value::Float(number)) => Some(*number as i64),
            _ => None,
        }
    }

    /// A struct, if it is there.
    pub(super) fn structure(&self, name: &str) -> Option<Self> {
        self.get(name).and_then(Value::as_object).map(Self)
    }

    /// A list of structs; an item that is null is an empty one.
    pub(super) fn structures(&self, name: &str) -> impl Iterator<Item = Self> + use<'v> {
        self.items(name).iter().map(|item| Self(item.as_object().unwrap_or(&NOTHING)))
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Vec<Arc<str>> {
        self.items(name).iter().map(text).collect()
    }

    /// The members of a map from text to text; null is the empty text.
    pub(super) fn text_map(&self, name: &str) -> TextMap {
        let members = self.get(name).and_then(Value::as_object).into_iter().flatten();
        members.map(|(key, member)| (Arc::clone(key), text(member))).collect()
    }

    fn items(&self, name: &str) -> &'v [Value] {
        self.get(name).and_then(Value::as_list).unwrap_or_default()
    }
}

fn text(value: &Value) -> Arc<str> {
    match value {
        Value::Text(text) => Arc::clone(text),
        _ => Arc::default(),
    }
}
