//! Kubernetes objects from files (Kyverno `cmd/cli/kubectl-kyverno/resource`).

use std::path::Path;
use std::sync::Arc;

use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, InheritedType, ListItem, Node, unpack_typed_list};
use dikast_stdlib::{Object, Value};

use super::InputError;
use super::file::File;
use super::scope::Scopes;

/// Maps that may stand there without a value: they count as empty, not as null.
const MAPS: [&str; 6] = ["annotations", "labels", "matchLabels", "nodeSelector", "data", "stringData"];

/// What tells objects apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ObjectKey {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    /// Empty for cluster scope.
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl ObjectKey {
    /// What an object says of itself.
    pub(crate) fn of(object: &Value) -> Self {
        let text = |path: &[&str]| object.at(path).and_then(Value::as_text).unwrap_or_default().to_owned();
        Self {
            api_version: text(&["apiVersion"]),
            kind: text(&["kind"]),
            namespace: text(&["metadata", "namespace"]),
            name: text(&["metadata", "name"]),
        }
    }

    /// The API group; empty for the core group.
    pub(crate) fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `apiVersion/Kind/namespace/name`, as result rows show it.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}/{}/{}", self.api_version, self.kind, self.namespace, self.name)
    }
}

/// The objects of a file. Objects of kinds with a namespace that name none are in `default`.
///
/// # Errors
/// When it cannot be read or holds something that is no object.
pub(crate) fn read(path: &Path) -> Result<Vec<Value>, InputError> {
    from_file(&File::read(path)?)
}

/// The objects of a file that is read already; those of lists, such as `kubectl get -o yaml` writes, one by one.
pub(crate) fn from_file(file: &File) -> Result<Vec<Value>, InputError> {
    let mut objects = Vec::new();
    for node in &file.documents {
        for object in of_document(node.clone(), &Scopes::default()) {
            objects.push(object.map_err(|refusal| file.error(refusal.span, refusal.why))?);
        }
    }
    Ok(objects)
}

/// Why something is no object, and where that is seen.
pub(super) struct Refusal {
    pub(super) span: Span,
    pub(super) why: String,
}

/// The objects of a document; none of an empty one.
pub(super) fn of_document(node: Node, scopes: &Scopes) -> impl Iterator<Item = Result<Value, Refusal>> {
    unpack_typed_list(node).into_iter().filter(|item| !item.node.is_null()).map(|ListItem { node, inherited }| {
        if let Some(refusal) = malformed(&node) {
            return Err(refusal);
        }
        let missing =
            |member| Refusal { span: node.span, why: format!("is no Kubernetes object: it has no `{member}`") };
        let object = typed(Value::from(&node), inherited.as_ref()).ok_or_else(|| missing("kind"))?;
        let is_versioned = object.get("apiVersion").and_then(Value::as_text).is_some_and(|version| !version.is_empty());
        if is_versioned { Ok(with_defaults(object, scopes)) } else { Err(missing("apiVersion")) }
    })
}

/// What every object has has one type (Kubernetes `TypeMeta` and `ObjectMeta`): nothing finds an object where that is
/// something else. Null stands for what is not there.
fn malformed(object: &Node) -> Option<Refusal> {
    let entry = |path: &[&str], name: &str| object.at(path)?.entry(name).filter(|entry| !entry.value.is_null());
    let refusal = |entry: &Entry, expected| Refusal {
        span: entry.value.span,
        why: format!(
            "is no Kubernetes object: `{}` is of type {}, not {expected}",
            entry.key.as_str(),
            entry.value.type_name()
        ),
    };
    if let Some(metadata) = entry(&[], "metadata").filter(|entry| entry.value.as_map().is_none()) {
        return Some(refusal(metadata, "object"));
    }
    let texts = [entry(&[], "apiVersion"), entry(&[], "kind")];
    let names = ["name", "namespace", "generateName"].map(|name| entry(&["metadata"], name));
    let wrong = texts.into_iter().chain(names).flatten().find(|entry| entry.value.as_str().is_none())?;
    Some(refusal(wrong, "string"))
}

/// Whether an object has a version, and the types that [`malformed`] looks for.
pub(super) fn is_well_formed(object: &Value) -> bool {
    let is_text = |path: &[&str]| object.at(path).is_none_or(|value| value.is_null() || value.as_text().is_some());
    object.get("metadata").is_none_or(|metadata| metadata.is_null() || metadata.as_object().is_some())
        && object.get("apiVersion").and_then(Value::as_text).is_some_and(|version| !version.is_empty())
        && ["name", "namespace", "generateName"].iter().all(|name| is_text(&["metadata", name]))
}

/// The object with the kind that its list says it has, where it has none itself; nothing when nobody says.
pub(super) fn typed(object: Value, inherited: Option<&InheritedType>) -> Option<Value> {
    if object.get("kind").and_then(Value::as_text).is_some_and(|kind| !kind.is_empty()) {
        return Some(object);
    }
    let InheritedType { kind, api_version } = inherited.filter(|_| object.as_object().is_some())?;
    let object = with_member(&object, "kind", Value::text(kind.as_str()));
    Some(with_member(&object, "apiVersion", Value::text(api_version.as_str())))
}

/// The object with its namespace filled in and maps in the place of missing ones.
pub(super) fn with_defaults(object: Value, scopes: &Scopes) -> Value {
    let object = if has_null_map(&object) { without_null_maps(&object) } else { object };
    let text = |path: &[&str]| object.at(path).and_then(Value::as_text).unwrap_or_default();
    let is_placed = !text(&["metadata", "namespace"]).is_empty();
    if is_placed || scopes.is_cluster_scoped(text(&["apiVersion"]), text(&["kind"])) {
        return object;
    }
    let mut metadata = object.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    metadata.insert("namespace".into(), Value::text("default"));
    with_member(&object, "metadata", Value::Object(Arc::new(metadata)))
}

fn has_null_map(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(key, value)| value.is_null() && MAPS.contains(&&**key) || has_null_map(value))
        }
        Value::List(items) => items.iter().any(has_null_map),
        _ => false,
    }
}

/// The object with one member set.
pub(crate) fn with_member(object: &Value, name: &str, value: Value) -> Value {
    let mut members = object.as_object().cloned().unwrap_or_default();
    members.insert(name.into(), value);
    Value::Object(Arc::new(members))
}

fn without_null_maps(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(Arc::new(
            members
                .iter()
                .map(|(key, value)| {
                    let empty = value.is_null() && MAPS.contains(&&**key);
                    let value = if empty { Value::Object(Arc::new(Object::new())) } else { without_null_maps(value) };
                    (Arc::clone(key), value)
                })
                .collect(),
        )),
        Value::List(items) => Value::list(items.iter().map(without_null_maps)),
        other => other.clone(),
    }
}

/// The objects without repetitions, and what was repeated. Versions of an API group do not tell objects apart.
pub(crate) fn distinct(objects: Vec<Value>) -> (Vec<Value>, Vec<ObjectKey>) {
    let (mut kept, mut repeated) = (Vec::new(), Vec::new());
    let mut seen = std::collections::HashSet::new();
    for object in objects {
        let key = ObjectKey::of(&object);
        if seen.insert((key.group().to_owned(), key.kind.clone(), key.namespace.clone(), key.name.clone())) {
            kept.push(object);
        } else {
            repeated.push(key);
        }
    }
    (kept, repeated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(text: &str) -> Vec<Value> {
        from_file(&File::parse("r.yaml", text.to_owned()).unwrap()).unwrap()
    }

    #[test]
    fn objects_without_a_namespace_are_in_default() {
        let read = objects(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\n",
        );
        assert_eq!(ObjectKey::of(&read[0]).path(), "v1/Pod/default/a");
        assert_eq!(ObjectKey::of(&read[1]).path(), "v1/Node//b");
    }

    #[test]
    fn maps_without_a_value_are_empty() {
        let read = objects("apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\nspec:\n  volumes:\n");
        assert_eq!(read[0].at(&["metadata", "annotations"]), Some(&Value::object::<&str>([])));
        assert_eq!(read[0].at(&["spec", "volumes"]), Some(&Value::Null));
    }

    #[test]
    fn lists_are_unpacked() {
        let read = objects("kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: a}}\n");
        assert_eq!(ObjectKey::of(&read[0]).path(), "v1/Node//a");
    }

    #[test]
    fn items_without_a_kind_have_that_of_their_list() {
        let read = objects(
            "kind: PodList\napiVersion: v1\nitems:\n- {metadata: {name: a}}\n- {apiVersion: v1, kind: Node, metadata: {name: b}}\n",
        );
        assert_eq!(ObjectKey::of(&read[0]).path(), "v1/Pod/default/a");
        assert_eq!(ObjectKey::of(&read[1]).kind, "Node");
        let file = File::parse("r.yaml", "kind: List\nitems:\n- {metadata: {name: a}}\n".to_owned()).unwrap();
        assert_eq!(from_file(&file).unwrap_err().place, "r.yaml:3:3");
    }

    #[test]
    fn repetitions_are_told_apart_from_the_rest() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
        let (kept, repeated) = distinct(objects(&format!("{pod}---\n{pod}")));
        assert_eq!((kept.len(), repeated.len()), (1, 1));
    }
}
