//! Entries of the global context that stand among the resources
//! (Kyverno `cmd/cli/kubectl-kyverno/commands/apply/global_context.go`).

use dikast_stdlib::Value;

use super::data::answer;
use super::expression;

/// Takes the entries out of the resources: their names and values.
pub(crate) fn take_entries(resources: &mut Vec<Value>) -> Vec<(String, Result<Value, String>)> {
    let is_entry = |object: &Value| {
        let text = |member| object.get(member).and_then(Value::as_text).unwrap_or_default();
        text("kind") == "GlobalContextEntry" && text("apiVersion").starts_with("kyverno.io/")
    };
    let (entries, rest): (Vec<Value>, Vec<Value>) = resources.drain(..).partition(is_entry);
    *resources = rest;
    let name = |entry: &Value| entry.at(&["metadata", "name"]).and_then(Value::as_text).unwrap_or_default().to_owned();
    entries.iter().map(|entry| (name(entry), value(entry, resources))).collect()
}

/// What an entry holds: a list of objects, the answer of a call, or projections of either.
fn value(entry: &Value, objects: &[Value]) -> Result<Value, String> {
    let spec = entry.get("spec").cloned().unwrap_or_default();
    let path = match (spec.get("kubernetesResource"), spec.at(&["apiCall", "urlPath"])) {
        (Some(resource), _) => path_of(resource),
        (None, Some(path)) => path.as_text().unwrap_or_default().to_owned(),
        (None, None) => return Err("the entry names neither `kubernetesResource` nor `apiCall.urlPath`".to_owned()),
    };
    let found = answer(objects, &path).ok_or_else(|| format!("nothing is known of {path}"))?.to_floats();
    let found = match spec.get("kubernetesResource") {
        Some(_) => found.get("items").cloned().unwrap_or_default(),
        None => found,
    };
    let projections = spec.get("projections").and_then(Value::as_list).unwrap_or_default();
    if projections.is_empty() {
        return Ok(found);
    }
    let mut members = Vec::new();
    for projection in projections {
        let text = |member| projection.get(member).and_then(Value::as_text).unwrap_or_default();
        members.push((text("name").to_owned(), expression::ask(text("jmesPath"), &found)?));
    }
    Ok(Value::object(members))
}

fn path_of(resource: &Value) -> String {
    let text = |member| resource.get(member).and_then(Value::as_text).unwrap_or_default();
    let root = match text("group") {
        "" => format!("/api/{}", text("version")),
        group => format!("/apis/{group}/{}", text("version")),
    };
    match text("namespace") {
        "" => format!("{root}/{}", text("resource")),
        namespace => format!("{root}/namespaces/{namespace}/{}", text("resource")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_lists_of_objects_or_projections_of_them() {
        let value = |json: &str| serde_json::from_str::<Value>(json).unwrap();
        let mut resources = vec![
            value(r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"x"}}"#),
            value(
                r#"{"apiVersion":"kyverno.io/v2","kind":"GlobalContextEntry","metadata":{"name":"e"},"spec":{
                "kubernetesResource":{"group":"apps","version":"v1","resource":"deployments","namespace":"x"},
                "projections":[{"name":"names","jmesPath":"[].metadata.name"}]}}"#,
            ),
        ];
        let entries = take_entries(&mut resources);
        assert_eq!(entries, [("e".to_owned(), Ok(value(r#"{"names":["a"]}"#)))]);
        assert_eq!(resources.len(), 1);
    }
}
