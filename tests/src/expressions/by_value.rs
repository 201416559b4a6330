//! What somebody would write instead of an expression who has the document as a value.

use dikast_stdlib::Value;

fn texts<'a>(values: impl IntoIterator<Item = &'a Value>) -> Value {
    Value::list(values.into_iter().filter(|value| !value.is_null()).cloned())
}

fn items<'a>(of: &'a Value, path: &[&str]) -> &'a [Value] {
    of.at(path).and_then(Value::as_list).unwrap_or_default()
}

pub(super) fn operation(document: &Value) -> Option<Value> {
    let operation = document.at(&["request", "operation"]).filter(|operation| operation.is_true());
    Some(operation.cloned().unwrap_or_else(|| Value::text("BACKGROUND")))
}

pub(super) fn name(document: &Value) -> Option<Value> {
    document.at(&["request", "object", "metadata", "name"]).cloned()
}

pub(super) fn namespace(document: &Value) -> Option<Value> {
    document.at(&["request", "namespace"]).cloned()
}

pub(super) fn annotation(document: &Value) -> Option<Value> {
    document.at(&["request", "object", "metadata", "annotations", "role"]).cloned()
}

pub(super) fn element(document: &Value) -> Option<Value> {
    document.at(&["element", "image"]).cloned()
}

pub(super) fn all_images(document: &Value) -> Option<Value> {
    let spec = document.at(&["request", "object", "spec"])?;
    let lists = ["ephemeralContainers", "initContainers", "containers"];
    let containers = lists.iter().flat_map(|list| items(spec, &[list]));
    Some(texts(containers.filter_map(|container| container.get("image"))))
}

pub(super) fn dropped(document: &Value) -> Option<Value> {
    let containers = items(document, &["request", "object", "spec", "containers"]).iter();
    Some(texts(containers.flat_map(|container| items(container, &["securityContext", "capabilities", "drop"]))))
}

pub(super) fn registries(document: &Value) -> Option<Value> {
    let images = document.at(&["images", "containers"])?.as_object()?;
    Some(texts(images.values().filter_map(|image| image.get("registry"))))
}

pub(super) fn init_containers(document: &Value) -> Option<Value> {
    let containers = items(document, &["request", "object", "spec", "initContainers"]);
    Some(Value::Float(containers.len() as f64))
}

pub(super) fn owner(document: &Value) -> Option<Value> {
    let owners = items(document, &["request", "object", "metadata", "ownerReferences"]);
    let kind = owners.first().and_then(|owner| owner.get("kind")).filter(|kind| kind.is_true());
    Some(kind.cloned().unwrap_or_else(|| Value::text("")))
}
