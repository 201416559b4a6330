//! Comparing an object with the one that a file expects (Kyverno `cmd/cli/kubectl-kyverno/resource`).

use std::path::Path;
use std::sync::Arc;

use dikast_stdlib::{Object, Value};

use crate::input::resources::{self, ObjectKey, with_member};
use crate::output::{difference, yaml};

/// What comparing comes to.
pub(crate) enum Comparison {
    /// The objects are equal.
    Same,
    /// They are not; the differing lines.
    Different(String),
    /// The file has no such object, or cannot be read; in Kyverno's words.
    Failed(String),
}

/// Compares an object with that of the same kind, namespace and name in a file. `what` is the field that names the file.
pub(crate) fn with_file(actual: &Value, path: &Path, what: &str) -> Comparison {
    let key = ObjectKey::of(actual);
    let expected = match resources::read(path) {
        Ok(objects) => objects.into_iter().find(|object| ObjectKey::of(object) == key),
        Err(error) => return Comparison::Failed(format!("error: failed to load {what} resource ({error})")),
    };
    let Some(expected) = expected else {
        return Comparison::Failed(format!(
            "error: failed to load {what} resource (resource with name {} not found in manifest)",
            key.name
        ));
    };
    let (actual, expected) = (comparable(actual), comparable(&expected));
    if actual == expected {
        Comparison::Same
    } else {
        Comparison::Different(difference::lines(&yaml::write(&expected), &yaml::write(&actual)))
    }
}

/// The object without what is not compared: labels of generated objects, nulls, empty maps and lists, and the type of
/// numbers.
fn comparable(object: &Value) -> Value {
    let metadata = object.get("metadata").cloned().unwrap_or_default();
    let mut labels = Object::new();
    let given = metadata.get("labels").and_then(Value::as_object);
    // labels that are no texts count as none
    if let Some(given) = given.filter(|labels| labels.values().all(|label| label.as_text().is_some())) {
        labels.extend(given.iter().map(|(key, label)| (Arc::clone(key), label.clone())));
    }
    labels.retain(|key, _| !key.starts_with("generate.kyverno.io/"));
    labels.entry("app.kubernetes.io/managed-by".into()).or_insert_with(|| Value::text("kyverno"));
    let metadata = with_member(&metadata, "labels", Value::Object(Arc::new(labels)));
    tidy(&with_member(object, "metadata", metadata)).unwrap_or_default().to_floats()
}

fn tidy(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let members: Object =
                members.iter().filter_map(|(key, value)| Some((Arc::clone(key), tidy(value)?))).collect();
            (!members.is_empty()).then(|| Value::Object(Arc::new(members)))
        }
        Value::List(items) => {
            let items: Vec<Value> = items.iter().filter_map(tidy).collect();
            (!items.is_empty()).then(|| Value::List(Arc::new(items)))
        }
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn emptiness_number_types_and_labels_of_generation_do_not_count() {
        let one = r#"{"kind":"A","metadata":{"name":"n","labels":{"generate.kyverno.io/x":"y"}},"spec":{"n":1,"e":{},"z":null,"l":[{}]}}"#;
        let other = r#"{"kind":"A","metadata":{"name":"n"},"spec":{"n":1.0}}"#;
        assert_eq!(comparable(&value(one)), comparable(&value(other)));
        assert_ne!(
            comparable(&value(other)),
            comparable(&value(r#"{"kind":"A","metadata":{"name":"n"},"spec":{"n":2}}"#))
        );
    }
}
