//! What an object says of itself, read as Kubernetes' `unstructured` accessors read it: a member of another type counts as
//! absent.

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_stdlib::Value;

use crate::request::GroupVersionKind;

/// `metadata.name`
pub(crate) fn name(object: &Value) -> &str {
    metadata_text(object, "name")
}

/// `metadata.name`, or the prefix that a name will be made from.
pub(crate) fn name_or_prefix(object: &Value) -> &str {
    match name(object) {
        "" => metadata_text(object, "generateName"),
        name => name,
    }
}

/// `metadata.namespace`
pub(crate) fn namespace(object: &Value) -> &str {
    metadata_text(object, "namespace")
}

/// `kind`
pub(crate) fn kind(object: &Value) -> &str {
    object.get("kind").and_then(Value::as_text).unwrap_or_default()
}

/// `metadata.labels` or `metadata.annotations`: nothing when any of them is no text.
pub(crate) fn texts<'o>(object: &'o Value, member: &str) -> BTreeMap<&'o str, &'o str> {
    let members = object.at(&["metadata", member]).and_then(Value::as_object);
    let texts = members.map(|members| members.iter().map(|(key, value)| Some((&**key, value.as_text()?))).collect());
    texts.flatten().unwrap_or_default()
}

fn metadata_text<'o>(object: &'o Value, member: &str) -> &'o str {
    object.at(&["metadata", member]).and_then(Value::as_text).unwrap_or_default()
}

/// An object of a request as the engine works on it: its kind and namespace are those of the request
/// (Kyverno `pkg/utils/admission/resource.go`, `ConvertResource`). No object stays none.
pub(crate) fn of_request(object: &Value, kind: &GroupVersionKind, request_namespace: &str) -> Value {
    let Value::Object(members) = object else { return Value::Null };
    let mut members = (**members).clone();
    let version = match &*kind.group {
        "" => kind.version.to_string(),
        group => format!("{group}/{}", kind.version),
    };
    for (member, text) in [("apiVersion", &*version), ("kind", &*kind.kind)] {
        members.insert(member.into(), Value::text(text));
    }
    let is_namespace = &*kind.kind == "Namespace";
    if is_namespace || !request_namespace.is_empty() {
        let metadata = members.get("metadata").and_then(Value::as_object);
        let mut metadata = metadata.cloned().unwrap_or_default();
        if is_namespace {
            metadata.remove("namespace");
        } else {
            metadata.insert("namespace".into(), Value::text(request_namespace));
        }
        if !metadata.is_empty() || members.contains_key("metadata") {
            members.insert("metadata".into(), Value::Object(Arc::new(metadata)));
        }
    }
    Value::Object(Arc::new(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn kind_and_namespace_come_from_the_request() {
        let kind =
            |group: &str, kind: &str| GroupVersionKind { group: group.into(), version: "v1".into(), kind: kind.into() };
        assert_eq!(
            of_request(&value(r#"{"kind":"X","spec":1}"#), &kind("apps", "Deployment"), "ns"),
            value(r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"ns"},"spec":1}"#)
        );
        assert_eq!(
            of_request(&value(r#"{"metadata":{"namespace":"a"}}"#), &kind("", "Namespace"), "b"),
            value(r#"{"apiVersion":"v1","kind":"Namespace","metadata":{}}"#)
        );
        assert_eq!(of_request(&Value::Null, &kind("", "Pod"), "ns"), Value::Null);
    }

    #[test]
    fn labels_that_are_no_texts_hide_all_labels() {
        assert_eq!(texts(&value(r#"{"metadata":{"labels":{"a":"b"}}}"#), "labels"), BTreeMap::from([("a", "b")]));
        assert!(texts(&value(r#"{"metadata":{"labels":{"a":"b","c":1}}}"#), "labels").is_empty());
    }
}
