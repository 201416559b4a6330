//! The documents that Kubernetes publishes (`api/openapi-spec/swagger.json`, `/openapi/v2`), one for each version, joined
//! to one graph.

use std::collections::{BTreeMap, HashMap};

use dikast_stdlib::Value;

use super::graph::{Field, Format, Graph, Kind, Type, TypeId, Versions};
use super::openapi::Converter;

/// A document and the minor version of Kubernetes that it is of.
#[derive(Clone, Debug)]
pub struct Published {
    /// The version.
    pub minor: u8,
    /// The document.
    pub document: Value,
}

/// The graph of all documents; what several of them say is taken from the last.
pub fn join(documents: &[Published]) -> Graph {
    let mut graph = Graph::default();
    let mut names = HashMap::new();
    let mut kinds: BTreeMap<[String; 3], Known> = BTreeMap::new();
    for Published { minor, document } in documents {
        let versions = *minor..=*minor;
        let mut converter = Converter { graph: &mut graph, definitions: names, versions };
        add_definitions(document, &mut converter);
        add_kinds(document, &mut converter, &mut kinds);
        names = converter.definitions;
    }
    for ([group, version, kind], known) in kinds {
        let [group, version, kind] = [group, version, kind].map(|text| graph.add_name(&text));
        let subresources = known.subresources.into_iter().map(|(name, ty)| (graph.add_name(&name), ty)).collect();
        let Known { ty, versions, is_namespaced, .. } = known;
        graph.kinds.push(Kind { group, version, kind, is_namespaced, versions, ty, subresources });
    }
    graph
}

/// What is known of a kind so far.
struct Known {
    ty: TypeId,
    versions: Versions,
    is_namespaced: bool,
    subresources: BTreeMap<String, TypeId>,
}

fn members<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = (&'v str, &'v Value)> {
    value.get(name).and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (&**name, value))
}

fn add_definitions(document: &Value, converter: &mut Converter<'_>) {
    let objects = || members(document, "definitions").filter(|(_, schema)| schema.get("properties").is_some());
    // All of them get their places first, because they name each other.
    for (name, _) in objects() {
        if !converter.definitions.contains_key(name) {
            let short = name.rsplit('.').next().unwrap_or(name);
            let object = converter.graph.add_object(short);
            converter.definitions.insert(name.to_owned(), object);
        }
    }
    for (name, schema) in objects() {
        if let Some(&object) = converter.definitions.get(name) {
            converter.fields(object, schema, 0);
        }
    }
}

/// Kinds and their subresources are read from the paths at which they are served.
fn add_kinds(document: &Value, converter: &mut Converter<'_>, kinds: &mut BTreeMap<[String; 3], Known>) {
    let mut served = HashMap::new();
    for (path, operations) in members(document, "paths") {
        let Some(place) = Place::of(path) else { continue };
        let Some((kind, operation)) = kind_of(operations) else { continue };
        if place.subresource.is_empty() {
            let Some(ty) = type_of(document, &kind, converter) else { continue };
            let versions = converter.versions.clone();
            let is_namespaced = place.is_namespaced;
            let fresh = Known { ty, versions: versions.clone(), is_namespaced, subresources: BTreeMap::new() };
            let known = kinds.entry(kind.clone()).or_insert(fresh);
            known.versions = *known.versions.start()..=*versions.end();
            served.insert(place.collection, kind);
        } else if let Some(owner) = served.get(&place.collection).and_then(|kind| kinds.get_mut(kind)) {
            let ty = type_of(document, &kind, converter);
            let ty = ty.unwrap_or_else(|| options(document, &[operations, operation], converter));
            owner.subresources.insert(place.subresource.to_owned(), ty);
        }
    }
}

/// What a path serves.
struct Place<'p> {
    collection: &'p str,
    is_namespaced: bool,
    subresource: &'p str,
}

impl<'p> Place<'p> {
    /// The place of an object or a subresource: `.../PLURAL/{name}` or `.../PLURAL/{name}/SUBRESOURCE`.
    fn of(path: &'p str) -> Option<Self> {
        let (collection, rest) = path.split_once("/{name}")?;
        let subresource = rest.strip_prefix('/').unwrap_or(rest);
        let is_namespaced = collection.contains("/namespaces/{namespace}/");
        (!subresource.contains('/')).then_some(Self { collection, is_namespaced, subresource })
    }
}

/// Group, version and kind of the first operation that names them.
fn kind_of(operations: &Value) -> Option<([String; 3], &Value)> {
    ["put", "post", "get", "delete"].into_iter().find_map(|operation| {
        let operation = operations.get(operation)?;
        let named = operation.get("x-kubernetes-group-version-kind")?;
        let part = |name: &str| Some(named.get(name)?.as_text()?.to_owned());
        Some(([part("group")?, part("version")?, part("kind")?], operation))
    })
}

/// The definition of a kind.
fn type_of(document: &Value, kind: &[String; 3], converter: &mut Converter<'_>) -> Option<TypeId> {
    let is_kind = |named: &Value| {
        let part = |name: &str| named.get(name).and_then(Value::as_text).unwrap_or_default();
        [part("group"), part("version"), part("kind")] == [kind[0].as_str(), &kind[1], &kind[2]]
    };
    let (name, _) = members(document, "definitions").find(|(_, schema)| {
        let named = schema.get("x-kubernetes-group-version-kind").and_then(Value::as_list);
        named.is_some_and(|named| named.iter().any(is_kind))
    })?;
    let object = *converter.definitions.get(name)?;
    Some(converter.graph.add_type(Type::Object(object)))
}

/// The options of a connection, such as `PodExecOptions`, which are published as parameters only. Whether one of text is a
/// list there is not said.
fn options(document: &Value, owners: &[&Value], converter: &mut Converter<'_>) -> TypeId {
    let object = converter.graph.add_object("");
    let resolve = |parameter: &'_ Value| match parameter.get("$ref").and_then(Value::as_text) {
        Some(reference) => document.at(&["parameters", reference.rsplit('/').next()?]).cloned(),
        None => Some(parameter.clone()),
    };
    let parameters = owners.iter().filter_map(|owner| owner.get("parameters")).filter_map(Value::as_list).flatten();
    let mut fields = Vec::new();
    for parameter in parameters.filter_map(resolve) {
        let Some(name) = parameter.get("name").and_then(Value::as_text) else { continue };
        if parameter.get("in").and_then(Value::as_text) == Some("query") {
            let ty = match converter.convert(&parameter, 0) {
                ty if matches!(converter.graph.ty(ty), Type::Text(_)) => converter.graph.add_type(Type::Any),
                ty => ty,
            };
            fields.push((name.to_owned(), ty));
        }
    }
    let text = converter.graph.add_type(Type::Text(Format::Plain));
    for (name, ty) in fields.into_iter().chain(["apiVersion", "kind"].map(|name| (name.to_owned(), text))) {
        let doc = converter.graph.add_doc("");
        let name = converter.graph.add_name(&name);
        let versions = converter.versions.clone();
        converter.graph.add_field(object, Field { name, ty, versions, required: false, doc });
    }
    converter.graph.add_type(Type::Object(object))
}
