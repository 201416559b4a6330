//! Reading typed members of a document, with the errors of Go's `encoding/json`.
//!
//! Kyverno decodes the object into Kubernetes' Go types before it checks a Pod; a member of the wrong type makes the
//! rule an error whose text names Go's types. As there, names match regardless of case when the exact name is missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::PodSecurityError;
use crate::encode::to_go_json;
use crate::{Object, Value};

/// The way from the root of a document to a member, for errors. Positions in lists do not show.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    name: &'static str,
}

impl<'p> Place<'p> {
    pub(super) const ROOT: Place<'static> = Place { parent: None, name: "" };

    fn child(&'p self, name: &'static str) -> Place<'p> {
        Place { parent: Some(self), name }
    }

    fn path(&self) -> String {
        match self.parent {
            Some(parent) if parent.parent.is_some() => format!("{}.{}", parent.path(), self.name),
            _ => self.name.to_owned(),
        }
    }
}

/// Texts by their names, such as annotations.
pub(super) type TextMap = BTreeMap<Arc<str>, Arc<str>>;

/// The members of a struct that is written as null.
static NOTHING: Object = Object::new();

/// An object that stands for a Go struct.
#[derive(Clone, Copy)]
pub(super) struct Reader<'v, 'p> {
    members: &'v Object,
    /// Go's name of the struct.
    owner: &'static str,
    place: &'p Place<'p>,
}

impl<'v, 'p> Reader<'v, 'p> {
    pub(super) fn new(members: &'v Object, owner: &'static str, place: &'p Place<'p>) -> Self {
        Self { members, owner, place }
    }

    /// The members of a struct that Go embeds: they stand in the same object, but errors name the embedded struct.
    pub(super) fn embedded<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Reader<'v, '_>) -> Result<T, PodSecurityError>,
    ) -> Result<T, PodSecurityError> {
        let place = self.place.child(name);
        read(&Reader { place: &place, ..*self })
    }

    /// A member that is there and not null.
    fn get(&self, name: &str) -> Option<&'v Value> {
        let folded = || self.members.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let member = self.members.get(name).or_else(|| folded().map(|(_, member)| member));
        member.filter(|member| !member.is_null())
    }

    fn mismatch(&self, name: &'static str, found: &Value, go_type: &str) -> PodSecurityError {
        let what = match found {
            Value::Text(_) => "string".to_owned(),
            Value::Bool(_) => "bool".to_owned(),
            Value::List(_) => "array".to_owned(),
            Value::Object(_) => "object".to_owned(),
            number if go_type.starts_with("int") => format!("number {}", to_go_json(number).unwrap_or_default()),
            _ => "number".to_owned(),
        };
        let path = self.place.child(name).path();
        PodSecurityError::Type { found: what, field: format!("{}.{path}", self.owner), go_type: go_type.to_owned() }
    }

    /// A text.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<Arc<str>>, PodSecurityError> {
        self.text_as(name, "string")
    }

    /// A text whose Go type has a name of its own.
    pub(super) fn text_as(&self, name: &'static str, go_type: &str) -> Result<Option<Arc<str>>, PodSecurityError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(Arc::clone(text))),
            Some(other) => Err(self.mismatch(name, other, go_type)),
        }
    }

    /// A truth value.
    pub(super) fn truth(&self, name: &'static str) -> Result<Option<bool>, PodSecurityError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(truth)) => Ok(Some(*truth)),
            Some(other) => Err(self.mismatch(name, other, "bool")),
        }
    }

    /// A whole number of 32 or 64 bits.
    pub(super) fn int(&self, name: &'static str, go_type: &'static str) -> Result<Option<i64>, PodSecurityError> {
        let number = match self.get(name) {
            None => return Ok(None),
            Some(Value::Int(number)) => Some(*number),
            // Whole floats are written without fraction, and large ones with an exponent that Go refuses.
            Some(Value::Float(number)) if number.fract() == 0.0 && number.abs() < 1e18 => Some(*number as i64),
            Some(_) => None,
        };
        let fits = |number: &i64| go_type == "int64" || i32::try_from(*number).is_ok();
        match number.filter(fits) {
            Some(number) => Ok(Some(number)),
            None => Err(self.mismatch(name, self.get(name).unwrap_or(&Value::Null), go_type)),
        }
    }

    /// An object that stands for a struct of a type such as `v1.PodSpec`.
    pub(super) fn structure<T>(
        &self,
        name: &'static str,
        go_type: &'static str,
        read: impl FnOnce(&Reader<'v, '_>) -> Result<T, PodSecurityError>,
    ) -> Result<Option<T>, PodSecurityError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(members)) => {
                let place = self.place.child(name);
                read(&Reader::new(members, struct_name(go_type), &place)).map(Some)
            }
            Some(other) => Err(self.mismatch(name, other, go_type)),
        }
    }

    /// A list of objects that stand for structs; an item that is null is an empty one.
    pub(super) fn structures<T>(
        &self,
        name: &'static str,
        go_type: &'static str,
        read: impl Fn(&Reader<'v, '_>) -> Result<T, PodSecurityError>,
    ) -> Result<Vec<T>, PodSecurityError> {
        let place = self.place.child(name);
        let read_item = |item: &'v Value| match item {
            Value::Object(members) => read(&Reader::new(members, struct_name(go_type), &place)),
            Value::Null => read(&Reader::new(&NOTHING, struct_name(go_type), &place)),
            other => Err(self.mismatch(name, other, go_type)),
        };
        self.items(name, go_type)?.iter().map(read_item).collect()
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &'static str, go_type: &'static str) -> Result<Vec<Arc<str>>, PodSecurityError> {
        let read_item = |item: &Value| match item {
            Value::Text(text) => Ok(Arc::clone(text)),
            Value::Null => Ok(Arc::from("")),
            other => Err(self.mismatch(name, other, go_type)),
        };
        self.items(name, go_type)?.iter().map(read_item).collect()
    }

    /// The members of a map from text to text; null is the empty text.
    pub(super) fn text_map(&self, name: &'static str) -> Result<TextMap, PodSecurityError> {
        let read_member = |(key, member): (&Arc<str>, &Value)| match member {
            Value::Text(text) => Ok((Arc::clone(key), Arc::clone(text))),
            Value::Null => Ok((Arc::clone(key), Arc::from(""))),
            other => Err(self.mismatch(name, other, "string")),
        };
        match self.get(name) {
            None => Ok(TextMap::new()),
            Some(Value::Object(members)) => members.iter().map(read_member).collect(),
            Some(other) => Err(self.mismatch(name, other, "map[string]string")),
        }
    }

    fn items(&self, name: &'static str, go_type: &'static str) -> Result<&'v [Value], PodSecurityError> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(self.mismatch(name, other, &format!("[]{go_type}"))),
        }
    }
}

fn struct_name(go_type: &'static str) -> &'static str {
    go_type.rsplit_once('.').map_or(go_type, |(_, name)| name)
}
