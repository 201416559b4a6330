//! Writing into the context's document (Kyverno `pkg/engine/context/utils.go`).

use std::sync::Arc;

use dikast_stdlib::Value;

/// What becomes of a value that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// Objects are merged, member by member and deeply; anything else is replaced.
    Merge,
    /// It is replaced.
    Replace,
}

/// Writes a value at a path of member names. What stands in the way and is no object is replaced by one.
pub(super) fn write(document: &mut Value, value: Value, path: &[&str], writing: Writing) {
    match path {
        [] if writing == Writing::Merge => merge(document, value),
        [] => *document = value,
        [first, rest @ ..] => {
            let mut members = match std::mem::take(document) {
                Value::Object(members) => members,
                _ => Arc::default(),
            };
            write(Arc::make_mut(&mut members).entry((*first).into()).or_default(), value, rest, writing);
            *document = Value::Object(members);
        }
    }
}

fn merge(into: &mut Value, value: Value) {
    match (into, value) {
        (Value::Object(present), Value::Object(added)) => {
            let present = Arc::make_mut(present);
            for (name, value) in added.iter() {
                merge(present.entry(Arc::clone(name)).or_default(), value.clone());
            }
        }
        (into, value) => *into = value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn objects_merge_and_other_values_are_replaced() {
        let mut document = value(r#"{"a":{"b":{"c":1,"d":[1]}}}"#);
        write(&mut document, value(r#"{"b":{"d":[2],"e":3}}"#), &["a"], Writing::Merge);
        assert_eq!(document, value(r#"{"a":{"b":{"c":1,"d":[2],"e":3}}}"#));
        write(&mut document, value("1"), &["a", "b"], Writing::Merge);
        assert_eq!(document, value(r#"{"a":{"b":1}}"#));
        write(&mut document, value(r#"{"x":1}"#), &["a"], Writing::Replace);
        assert_eq!(document, value(r#"{"a":{"x":1}}"#));
    }
}
