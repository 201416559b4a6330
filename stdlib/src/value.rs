//! The value type that policies compute with.
//!
//! Whole numbers and fractions are kept apart, because Kyverno's patterns, conditions and list equality tell Go's
//! `int64` from `float64`. Which of the two a number is depends on where it came from, see [`Value::to_floats`].
//! Values are cheap to clone: text, lists and objects are shared. Objects are sorted by key, as Go's JSON encoder
//! prints them, so every walk over one has the same order.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Members of an object, sorted by key in byte order.
pub type Object = BTreeMap<Arc<str>, Value>;

/// A JSON value with Go's two number types.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number as Kubernetes' JSON decoder reads one (Go `int64`).
    Int(i64),
    /// Any other number (Go `float64`).
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A list.
    List(Arc<Vec<Value>>),
    /// An object.
    Object(Arc<Object>),
}

impl Value {
    /// Text from anything that is text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A list of values.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(Arc::new(items.into_iter().collect()))
    }

    /// An object of members; the last of two equal keys wins.
    pub fn object<K: Into<Arc<str>>>(members: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Object(Arc::new(members.into_iter().map(|(key, value)| (key.into(), value)).collect()))
    }

    /// Whether this equals another value, which is certain without a look inside wherever they share their content.
    pub fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::List(one), Self::List(other)) => {
                let equal =
                    || one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| one.is_same(other));
                Arc::ptr_eq(one, other) || equal()
            }
            (Self::Object(one), Self::Object(other)) => {
                let equal = || {
                    let mut members = one.iter().zip(other.iter());
                    one.len() == other.len()
                        && members.all(|((key, one), (name, other))| key == name && one.is_same(other))
                };
                Arc::ptr_eq(one, other) || equal()
            }
            (one, other) => one == other,
        }
    }

    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// A number of either type as a float.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether JMESPath takes this for true: everything but `null`, `false` and empty texts, lists and objects. Zero is
    /// true (`go-jmespath/util.go`, `isFalse`).
    pub fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::Int(_) | Self::Float(_) => true,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Object(members) => !members.is_empty(),
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The member `key` of an object; nothing when it is absent or this is no object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The value at a path of member names; nothing when a step is absent.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The same value with every whole number made a float, as Go's `encoding/json` decodes into `interface{}`.
    ///
    /// The JSON context of a fresh admission request is in this form (Kyverno `pkg/engine/context/context.go`,
    /// `AddRequest`); resources that patterns see are not.
    ///
    /// What holds no whole number is shared.
    pub fn to_floats(&self) -> Value {
        self.with_floats().unwrap_or_else(|| self.clone())
    }

    /// The same with floats, if that is another value.
    fn with_floats(&self) -> Option<Value> {
        match self {
            Self::Int(number) => Some(Self::Float(*number as f64)),
            Self::List(items) => {
                let (first, changed) =
                    items.iter().enumerate().find_map(|(at, item)| Some((at, item.with_floats()?)))?;
                let mut floats = Vec::with_capacity(items.len());
                floats.extend(items.iter().take(first).cloned());
                floats.push(changed);
                floats.extend(items.iter().skip(first + 1).map(Self::to_floats));
                Some(Self::List(Arc::new(floats)))
            }
            Self::Object(members) => {
                let mut changed = members.iter().filter_map(|(key, value)| Some((key, value.with_floats()?)));
                let first = changed.next()?;
                let mut floats = Object::clone(members);
                for (key, value) in std::iter::once(first).chain(changed) {
                    if let Some(place) = floats.get_mut(key) {
                        *place = value;
                    }
                }
                Some(Self::Object(Arc::new(floats)))
            }
            Self::Null | Self::Bool(_) | Self::Float(_) | Self::Text(_) => None,
        }
    }

    /// The word that diagnostics use for the type of this value.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::Float(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The name of the type in Go, as Kyverno's messages have it.
    pub fn go_type(&self) -> &'static str {
        match self {
            Self::Null => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int64",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(_) => "[]interface {}",
            Self::Object(_) => "map[string]interface {}",
        }
    }
}

impl From<&dikast_grammar::yaml::Node> for Value {
    /// A YAML value without its places.
    fn from(node: &dikast_grammar::yaml::Node) -> Self {
        use dikast_grammar::yaml::NodeValue;
        match &node.value {
            NodeValue::Null => Self::Null,
            NodeValue::Bool(truth) => Self::Bool(*truth),
            NodeValue::Int(number) => Self::Int(*number),
            NodeValue::Float(number) => Self::Float(*number),
            NodeValue::Text(text) => Self::text(text.as_str()),
            NodeValue::List(items) => Self::list(items.iter().map(Self::from)),
            NodeValue::Map(entries) => {
                Self::object(entries.iter().map(|entry| (entry.key.as_str(), Self::from(&entry.value))))
            }
        }
    }
}

impl From<&dikast_grammar::json::Json> for Value {
    /// A JSON value as Go's `encoding/json` decodes it: all numbers are floats.
    fn from(json: &dikast_grammar::json::Json) -> Self {
        use dikast_grammar::json::Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => Self::Float(*number),
            Json::Text(text) => Self::text(text.as_str()),
            Json::List(items) => Self::list(items.iter().map(Self::from)),
            Json::Object(members) => {
                Self::object(members.iter().map(|(name, value)| (name.as_str(), Self::from(value))))
            }
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<serde_json::Value> for Value {
    /// Numbers without fraction and exponent that fit are whole numbers, all others floats, as Kubernetes'
    /// `sigs.k8s.io/json` decodes.
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Bool(truth),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::Int(whole),
                None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) => Self::text(text),
            serde_json::Value::Array(items) => Self::list(items.into_iter().map(Self::from)),
            serde_json::Value::Object(members) => {
                Self::object(members.into_iter().map(|(key, value)| (key, Self::from(value))))
            }
        }
    }
}

/// Builds values straight from a parser: no second tree between the text and the value.
impl<'de> serde::Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> serde::de::Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Float(number as f64), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or(0).min(1024));
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(Arc::new(list)))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some((key, value)) = members.next_entry::<String, Value>()? {
            object.insert(key.into(), value);
        }
        Ok(Value::Object(Arc::new(object)))
    }
}

/// Whole floats are written without a fraction, as Go writes them; NaN and infinities cannot be written.
impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) if !number.is_finite() => Err(S::Error::custom(format!("unsupported value: {number}"))),
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 => {
                serializer.serialize_i64(*number as i64)
            }
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items.iter()),
            Self::Object(members) => serializer.collect_map(members.iter().map(|(key, value)| (&**key, value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_go_type() {
        let value: Value = serde_json::from_str(r#"[1, 1.0, 1e3, 18446744073709551615]"#).unwrap();
        assert_eq!(
            value,
            Value::list([Value::Int(1), Value::Float(1.0), Value::Float(1000.0), Value::Float(18446744073709551615.0)])
        );
        assert_eq!(value.to_floats().as_list().unwrap()[0], Value::Float(1.0));
    }

    #[test]
    fn what_has_no_whole_number_is_shared() {
        let value: Value = serde_json::from_str(r#"{"a":[{"b":"c"},[true]],"d":{"e":[0.5,1,{}]}}"#).unwrap();
        let floats = value.to_floats();
        assert_eq!(floats, serde_json::from_str(r#"{"a":[{"b":"c"},[true]],"d":{"e":[0.5,1.0,{}]}}"#).unwrap());
        let (Some(Value::List(before)), Some(Value::List(after))) = (value.get("a"), floats.get("a")) else { panic!() };
        assert!(Arc::ptr_eq(before, after));
        assert!(value.is_same(&value.clone()) && !value.is_same(&floats));
    }

    #[test]
    fn whole_floats_print_without_fraction() {
        let value = Value::list([Value::Float(5.0), Value::Float(0.5), Value::Int(7)]);
        assert_eq!(serde_json::to_string(&value).unwrap(), "[5,0.5,7]");
    }
}
