//! The cluster that an example's files describe: objects, answers of services, labels of namespaces.

use std::collections::BTreeMap;

use dikast_examples::Example;
use dikast_runtime::host::OfflineHost;
use dikast_stdlib::Value;

use crate::evaluation::data::OfflineData;
use crate::input::file::File;

/// The host of an example.
///
/// # Errors
/// When a file of the example is no YAML.
pub(super) fn host(example: &Example) -> anyhow::Result<OfflineHost> {
    let mut data = OfflineData::default();
    let mut namespaces = BTreeMap::new();
    let mut objects = Vec::new();
    if let Some(file) = example.cluster {
        for document in File::parse(file.name, file.text.to_owned())?.values() {
            objects.extend(document.at(&["spec", "resources"]).and_then(Value::as_list).unwrap_or_default().to_vec());
        }
    }
    for object in &objects {
        if object.get("kind").and_then(Value::as_text) == Some("Namespace") {
            let text = |path: &[&str]| object.at(path).and_then(Value::as_text).unwrap_or_default();
            let labels = object.at(&["metadata", "labels"]).and_then(Value::as_object).cloned().unwrap_or_default();
            let labels =
                labels.iter().filter_map(|(key, label)| Some((key.clone(), label.as_text()?.into()))).collect();
            namespaces.insert(text(&["metadata", "name"]).into(), labels);
        }
    }
    data.set_cluster(objects);
    for document in File::parse(example.test.name, example.test.text.to_owned())?.values() {
        for answer in document.get("apiCallResponses").and_then(Value::as_list).unwrap_or_default() {
            let text = |name| answer.get(name).and_then(Value::as_text);
            let status = answer.at(&["response", "statusCode"]).and_then(Value::as_number).unwrap_or(200.0);
            let body = answer.at(&["response", "body"]).cloned().unwrap_or_default();
            if let Some(url) = text("url").or(text("urlPath")) {
                data.add_call(text("method"), url, status as i64, body);
            }
        }
    }
    Ok(OfflineHost { data: Box::new(data), namespaces })
}
