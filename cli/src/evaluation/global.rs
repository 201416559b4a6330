//! Entries of the global context without a cluster: those that stand among the resources, and those of test files
//! (Kyverno `cmd/cli/kubectl-kyverno/commands/apply/global_context.go`, `store/mock.go`).

use dikast_runtime::data::DataKey;
use dikast_runtime::global::{GlobalEntry, GlobalSnapshot, GlobalSource};
use dikast_stdlib::Value;

use super::data::answer;
use super::world::Machine;

/// What an entry holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GlobalValue {
    /// What a `GlobalContextEntry` asks for.
    Entry(GlobalSnapshot),
    /// What a test file says; projections are its members.
    Mock(Value),
}

impl GlobalValue {
    /// All of it, or a projection.
    ///
    /// # Errors
    /// When there is no such projection.
    pub(crate) fn get(&self, projection: Option<&str>) -> Result<Value, String> {
        match (self, projection) {
            (Self::Entry(snapshot), _) => snapshot.get(projection),
            (Self::Mock(value), None) => Ok(value.to_floats()),
            (Self::Mock(value), Some(name)) => match (value.get(name), value.as_object()) {
                (Some(value), _) => Ok(value.to_floats()),
                (None, Some(_)) => Err(format!("global context mock: projection \"{name}\" not found")),
                (None, None) => {
                    let words = "requested but value is not an object";
                    Err(format!("global context mock: projection \"{name}\" {words}"))
                }
            },
        }
    }
}

/// Takes the entries out of the resources: their names and values.
pub(crate) fn take_entries(resources: &mut Vec<Value>) -> Vec<(String, Result<GlobalValue, String>)> {
    let is_entry = |object: &Value| {
        let text = |member| object.get(member).and_then(Value::as_text).unwrap_or_default();
        text("kind") == "GlobalContextEntry" && text("apiVersion").starts_with("kyverno.io/")
    };
    let (entries, rest): (Vec<Value>, Vec<Value>) = resources.drain(..).partition(is_entry);
    *resources = rest;
    let name = |entry: &Value| entry.at(&["metadata", "name"]).and_then(Value::as_text).unwrap_or_default().to_owned();
    entries.iter().map(|entry| (name(entry), snapshot(entry, resources).map(GlobalValue::Entry))).collect()
}

/// What an entry holds where these are the objects of the cluster: a list of objects, or the answer of a call.
fn snapshot(entry: &Value, objects: &[Value]) -> Result<GlobalSnapshot, String> {
    let entry = GlobalEntry::from_value(entry)?;
    let found = |path: &str| answer(objects, path).ok_or_else(|| format!("nothing is known of {path}"));
    match &entry.source {
        GlobalSource::Objects(resource) => {
            let list = found(&resource.path())?.get("items").cloned().unwrap_or_default();
            let (snapshot, faults) = GlobalSnapshot::of_objects(list, &entry.projections, None, &Machine);
            faults.into_iter().next().map_or(Ok(snapshot), Err)
        }
        GlobalSource::Call { key: DataKey::ApiCall { path, .. }, .. } => {
            GlobalSnapshot::of_answer(&found(path)?, &entry.projections, &Machine).map_err(|fault| fault.to_string())
        }
        GlobalSource::Call { .. } => Err("services are not called".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn entries_are_lists_of_objects_with_projections() {
        let deployment = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"x"}}"#;
        let mut resources = vec![
            value(deployment),
            value(
                r#"{"apiVersion":"kyverno.io/v2","kind":"GlobalContextEntry","metadata":{"name":"e"},"spec":{
                "kubernetesResource":{"group":"apps","version":"v1","resource":"deployments","namespace":"x"},
                "projections":[{"name":"names","jmesPath":"[].metadata.name"}]}}"#,
            ),
        ];
        let entries = take_entries(&mut resources);
        assert_eq!(resources.len(), 1);
        let [(name, Ok(entry))] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!((name.as_str(), entry.get(Some("names"))), ("e", Ok(value(r#"["a"]"#))));
        assert_eq!(entry.get(None), Ok(value(&format!("[{deployment}]"))));
        assert_eq!(entry.get(Some("other")), Err("projection \"other\" not found".to_owned()));
    }

    #[test]
    fn mocks_have_members_for_projections() {
        let mock = GlobalValue::Mock(value(r#"{"a":1}"#));
        assert_eq!(mock.get(Some("a")), Ok(Value::Float(1.0)));
        assert!(mock.get(Some("b")).unwrap_err().ends_with("projection \"b\" not found"));
        assert!(GlobalValue::Mock(value("[]")).get(Some("b")).unwrap_err().ends_with("is not an object"));
    }
}
