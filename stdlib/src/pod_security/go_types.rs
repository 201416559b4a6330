//! Whether an object has the types that its members have in Go, told as Go's `encoding/json` tells it.
//!
//! Kyverno decodes the whole object into Kubernetes' Go types before it checks a Pod. A member of another type makes the rule
//! an error whose text names Go's types; the first one counts, in the order of the keys. As in Go, a type that reads itself, such
//! as a quantity, ends the reading where it fails, and names match regardless of case when there is no exact one.
//!
//! `go_types.txt` has the types: a line for each struct, with its members. `=Name` is a text whose type has a name, `+Name` a
//! struct whose members stand among the others.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::PodSecurityError;
use crate::encode::to_go_json;
use crate::quantity::Quantity;
use crate::{Object, Value};

type Structs = HashMap<&'static str, Struct>;

/// The structs by their names.
static STRUCTS: LazyLock<Structs> = LazyLock::new(|| include_str!("go_types.txt").lines().filter_map(parse).collect());

/// A struct of Go.
#[derive(Debug, Default)]
struct Struct {
    members: Vec<(&'static str, Type)>,
    /// Structs whose members stand among its own.
    embedded: Vec<&'static str>,
}

/// A type of Go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Type {
    /// A text, of this type.
    Text(String),
    Bool,
    Int32,
    Int64,
    Quantity,
    IntOrString,
    Time,
    /// A map from text to text.
    TextMap,
    /// A `v1.ResourceList`.
    Quantities,
    Struct(&'static str),
    List(Box<Type>),
}

fn parse(line: &'static str) -> Option<(&'static str, Struct)> {
    let (name, members) = line.split_once(": ")?;
    let mut found = Struct::default();
    for member in members.split(", ") {
        match (member.strip_prefix('+'), member.split_once(' ')) {
            (Some(embedded), _) => found.embedded.push(embedded),
            (None, Some((name, of))) => found.members.push((name, Type::parse(of))),
            (None, None) => {}
        }
    }
    Some((name, found))
}

impl Type {
    fn parse(text: &'static str) -> Self {
        match text {
            "string" | "types.UID" => Self::Text(text.to_owned()),
            "bool" => Self::Bool,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "quantity" => Self::Quantity,
            "int-or-string" => Self::IntOrString,
            "time" => Self::Time,
            "map" => Self::TextMap,
            "quantities" => Self::Quantities,
            _ => match (text.strip_prefix("[]"), text.strip_prefix('=')) {
                (Some(item), _) => Self::List(Box::new(Self::parse(item))),
                (None, Some(name)) => Self::Text(format!("v1.{name}")),
                (None, None) => Self::Struct(text),
            },
        }
    }

    /// Its name in Go's errors.
    fn name(&self) -> String {
        match self {
            Self::Text(name) => name.clone(),
            Self::Bool => "bool".to_owned(),
            Self::Int32 | Self::IntOrString => "int32".to_owned(),
            Self::Int64 => "int64".to_owned(),
            Self::Quantity => "resource.Quantity".to_owned(),
            Self::Time => "string".to_owned(),
            Self::TextMap => "map[string]string".to_owned(),
            Self::Quantities => "v1.ResourceList".to_owned(),
            Self::Struct(name) => format!("v1.{name}"),
            Self::List(item) => format!("[]{}", item.name()),
        }
    }
}

/// The way from the root of a document to a member. Positions in lists and keys of maps do not show.
#[derive(Clone, Copy)]
struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    name: &'static str,
}

impl Place<'_> {
    fn path(&self) -> String {
        match self.parent {
            Some(parent) if parent.parent.is_some() => format!("{}.{}", parent.path(), self.name),
            _ => self.name.to_owned(),
        }
    }
}

/// Checks an object of a kind that has a struct of this name.
///
/// # Errors
/// The first member of another type.
pub(super) fn check(members: &Object, struct_name: &'static str) -> Result<(), PodSecurityError> {
    let mut found = None;
    check_struct(members, struct_name, &Place { parent: None, name: "" }, &mut found)?;
    found.map_or(Ok(()), Err)
}

/// The first mismatch so far.
type Found = Option<PodSecurityError>;

/// Errors end the reading, and mismatches do not.
fn check_struct(
    members: &Object,
    owner: &'static str,
    place: &Place<'_>,
    found: &mut Found,
) -> Result<(), PodSecurityError> {
    for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let exact = member(owner, &|name| name == &**key);
        let Some((embedded, name, of)) = exact.or_else(|| member(owner, &|name| name.eq_ignore_ascii_case(key))) else {
            continue;
        };
        let inner = embedded.map(|name| Place { parent: Some(place), name });
        let place = Place { parent: Some(inner.as_ref().unwrap_or(place)), name };
        check_value(value, of, owner, &place, found)?;
    }
    Ok(())
}

/// A member of a struct: the embedded struct that it belongs to, its name and its type.
fn member(owner: &str, is_it: &dyn Fn(&str) -> bool) -> Option<(Option<&'static str>, &'static str, &'static Type)> {
    let found = STRUCTS.get(owner)?;
    let own = |found: &'static Struct| found.members.iter().find(|(name, _)| is_it(name)).map(|(name, of)| (*name, of));
    own(found).map(|(name, of)| (None, name, of)).or_else(|| {
        let mut embedded = found.embedded.iter();
        embedded.find_map(|inner| own(STRUCTS.get(inner)?).map(|(name, of)| (Some(*inner), name, of)))
    })
}

fn check_value(
    value: &Value,
    of: &'static Type,
    owner: &'static str,
    place: &Place<'_>,
    found: &mut Found,
) -> Result<(), PodSecurityError> {
    let mut differs = |value: &Value, go_type: String| {
        found.get_or_insert_with(|| mismatch(value, go_type, owner, place));
        Ok(())
    };
    let is_small = |number: &Value| whole(number).is_some_and(|number| i32::try_from(number).is_ok());
    match (of, value) {
        (_, Value::Null) | (Type::Bool, Value::Bool(_)) => Ok(()),
        (Type::Text(_) | Type::Time | Type::IntOrString, Value::Text(_)) => Ok(()),
        (Type::Int32 | Type::IntOrString, number) if is_small(number) => Ok(()),
        (Type::Int64, number) if whole(number).is_some() => Ok(()),
        (Type::Time | Type::IntOrString, other) => Err(mismatch(other, of.name(), owner, place)),
        (Type::Quantity, value) => check_quantity(value),
        (Type::Struct(name), Value::Object(members)) => check_struct(members, name, place, found),
        (Type::List(item), Value::List(items)) => {
            items.iter().try_for_each(|value| check_value(value, item, owner, place, found))
        }
        (Type::Quantities, Value::Object(members)) => {
            members.values().filter(|value| !value.is_null()).try_for_each(check_quantity)
        }
        (Type::TextMap, Value::Object(members)) => {
            let is_text = |value: &&Value| matches!(value, Value::Text(_) | Value::Null);
            members.values().find(|value| !is_text(value)).map_or(Ok(()), |other| differs(other, "string".to_owned()))
        }
        (of, other) => differs(other, of.name()),
    }
}

/// A number that Go reads as whole. Whole floats are written without fraction, and large ones with an exponent that Go refuses.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e18 => Some(*number as i64),
        _ => None,
    }
}

/// A quantity is read from its text, or from the text of whatever else stands there.
fn check_quantity(value: &Value) -> Result<(), PodSecurityError> {
    let text = match value {
        Value::Text(text) => text.to_string(),
        other => to_go_json(other).unwrap_or_default(),
    };
    Quantity::parse(text.trim()).map(|_| ()).map_err(|error| PodSecurityError::Quantity(error.to_string()))
}

fn mismatch(found: &Value, go_type: String, owner: &str, place: &Place<'_>) -> PodSecurityError {
    let found = match found {
        Value::Text(_) => "string".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::List(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
        number if go_type.starts_with("int") => format!("number {}", to_go_json(number).unwrap_or_default()),
        _ => "number".to_owned(),
    };
    PodSecurityError::Type { found, field: format!("{owner}.{}", place.path()), go_type }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_struct_that_is_named_is_there() {
        fn structs(of: &Type) -> Option<&str> {
            match of {
                Type::Struct(name) => Some(name),
                Type::List(item) => structs(item),
                _ => None,
            }
        }
        for (name, found) in STRUCTS.iter() {
            let used = found.members.iter().filter_map(|(_, of)| structs(of)).chain(found.embedded.iter().copied());
            used.for_each(|used| assert!(STRUCTS.contains_key(used), "{name}: {used}"));
        }
        assert!(STRUCTS.len() > 100);
    }
}
