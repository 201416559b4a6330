//! What a rule says of the objects to make, after its variables are replaced.

use std::sync::Arc;

use dikast_grammar::kind::KindSelector;
use dikast_stdlib::{Object, Value, encode};

use super::downstream::Identity;
use crate::interpreter::Fault;

/// One pattern.
pub(super) struct Pattern {
    /// The object to make; of several copies only the namespace.
    pub(super) target: Identity,
    pub(super) source: Source,
}

/// What the object is made from.
pub(super) enum Source {
    /// `data`; nothing of it makes an object that has only a name.
    Data(Object),
    /// `clone`
    Clone { namespace: Arc<str>, name: Arc<str> },
    /// `cloneList`
    CloneList {
        kinds: Vec<Kind>,
        namespace: Arc<str>,
        /// As JSON.
        selector: Option<Arc<str>>,
    },
}

/// An entry of `cloneList.kinds` (Kyverno `pkg/utils/kube/kind.go`, `GetKindFromGVK`).
pub(super) struct Kind {
    /// Empty for any.
    pub(super) api_version: Arc<str>,
    /// With a subresource after a slash.
    pub(super) kind: Arc<str>,
}

impl Pattern {
    pub(super) fn read(pattern: &Value) -> Result<Self, Fault> {
        let target = Identity {
            api_version: text(pattern, "apiVersion")?,
            kind: text(pattern, "kind")?,
            namespace: text(pattern, "namespace")?,
            name: text(pattern, "name")?,
        };
        Ok(Self { target, source: Source::read(pattern)? })
    }
}

impl Source {
    fn read(pattern: &Value) -> Result<Self, Fault> {
        if let Some(clone) = pattern.get("clone") {
            let (namespace, name) = (text(clone, "namespace")?, text(clone, "name")?);
            if !name.is_empty() {
                return Ok(Self::Clone { namespace, name });
            }
        }
        if let Some(list) = pattern.get("cloneList") {
            let kinds = list.get("kinds").and_then(Value::as_list).unwrap_or_default();
            let kinds: Vec<Kind> = kinds.iter().filter_map(Value::as_text).map(Kind::read).collect();
            let selector = match list.get("selector").filter(|selector| !selector.is_null()) {
                None => None,
                Some(selector) => {
                    Some(encode::to_go_json(selector).map_err(|error| Fault::error(error.to_string()))?.into())
                }
            };
            if !kinds.is_empty() {
                return Ok(Self::CloneList { kinds, namespace: text(list, "namespace")?, selector });
            }
        }
        let go_type = match pattern.get("data") {
            None | Some(Value::Null) => return Ok(Self::Data(Object::new())),
            Some(Value::Object(members)) => return Ok(Self::Data((**members).clone())),
            Some(Value::List(_)) => "array",
            Some(Value::Text(_)) => "string",
            Some(Value::Bool(_)) => "bool",
            Some(Value::Int(_) | Value::Float(_)) => "number",
        };
        Err(Fault::error(format!("json: cannot unmarshal {go_type} into Go value of type map[string]interface {{}}")))
    }
}

impl Kind {
    fn read(entry: &str) -> Self {
        let selector = KindSelector::parse(entry);
        let api_version = match (selector.group, selector.version) {
            ("*", "*") => "".into(),
            ("*", version) => version.into(),
            (group, version) => format!("{group}/{version}").into(),
        };
        let kind = match selector.subresource {
            "" => selector.kind.into(),
            subresource => format!("{}/{subresource}", selector.kind).into(),
        };
        Self { api_version, kind }
    }
}

/// A text; empty when it is absent.
fn text(of: &Value, member: &str) -> Result<Arc<str>, Fault> {
    match of.get(member) {
        None | Some(Value::Null) => Ok("".into()),
        Some(Value::Text(text)) => Ok(Arc::clone(text)),
        Some(other) => {
            Err(Fault::error(format!("`{member}` of an object to generate is no text but {}", other.type_name())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Pattern, Fault> {
        Pattern::read(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_name_makes_a_clone_and_kinds_make_a_list() {
        let clone = read(r#"{"kind":"Secret","clone":{"namespace":"a","name":"b"}}"#).unwrap();
        assert!(matches!(clone.source, Source::Clone { name, .. } if &*name == "b"));
        let list = read(r#"{"cloneList":{"namespace":"a","kinds":["v1/Secret","apps/v1/Deployment","Pod"]}}"#).unwrap();
        let Source::CloneList { kinds, .. } = list.source else { panic!("a list") };
        let kinds: Vec<_> = kinds.iter().map(|kind| (&*kind.api_version, &*kind.kind)).collect();
        assert_eq!(kinds, [("v1", "Secret"), ("apps/v1", "Deployment"), ("", "Pod")]);
        assert!(matches!(read(r#"{"clone":{}}"#).unwrap().source, Source::Data(data) if data.is_empty()));
    }

    #[test]
    fn data_is_an_object_and_names_are_texts() {
        let words = |json| read(json).err().map(|fault| fault.to_string()).unwrap_or_default();
        assert_eq!(
            words(r#"{"data":[1]}"#),
            "json: cannot unmarshal array into Go value of type map[string]interface {}"
        );
        assert!(words(r#"{"name":1}"#).contains("`name`"));
    }
}
