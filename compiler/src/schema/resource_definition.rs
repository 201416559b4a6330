//! CustomResourceDefinitions (`apiextensions.k8s.io/v1`, and `v1beta1` as older manifests have it).

use std::collections::HashMap;

use dikast_grammar::yaml::Node;
use dikast_stdlib::Value;

use super::graph::{Field, Format, Graph, Kind, Type, TypeId};
use super::openapi::Converter;

/// Whether a document is a CustomResourceDefinition.
pub(super) fn is_definition(document: &Node) -> bool {
    let text = |name: &str| document.get(name).and_then(Node::as_str);
    text("kind") == Some("CustomResourceDefinition")
        && text("apiVersion").is_some_and(|version| version.starts_with("apiextensions.k8s.io/"))
}

/// Adds the kinds of a definition, one for each of its versions. What it does not say is not checked.
pub(super) fn add(document: &Node, graph: &mut Graph, newest: u8) {
    let Some(spec) = document.get("spec") else { return };
    let text = |path: &[&str]| spec.at(path).and_then(Node::as_str);
    let (Some(group), Some(kind)) = (text(&["group"]), text(&["names", "kind"])) else { return };
    let shared = spec.at(&["validation", "openAPIV3Schema"]);
    let mut versions: Vec<(&str, Option<&Node>, Option<&Node>)> = Vec::new();
    for version in spec.get("versions").map(Node::items).unwrap_or_default() {
        let Some(name) = version.get("name").and_then(Node::as_str) else { continue };
        let schema = version.at(&["schema", "openAPIV3Schema"]).or(shared);
        versions.push((name, schema, version.get("subresources").or(spec.get("subresources"))));
    }
    if let (true, Some(name)) = (versions.is_empty(), text(&["version"])) {
        versions.push((name, shared, spec.get("subresources")));
    }
    let scale = graph.kinds.iter().find(|kind| graph.name(kind.kind) == "Scale").map(|kind| kind.ty);
    let is_namespaced = text(&["scope"]) != Some("Cluster");
    for (version, schema, subresources) in versions {
        let ty = match schema {
            Some(schema) => root(&Value::from(schema), graph, newest),
            None => graph.add_type(Type::Any),
        };
        let any = graph.add_type(Type::Any);
        let has = |name: &str| subresources.is_some_and(|all| all.entry(name).is_some());
        let subresources = [("status", ty), ("scale", scale.unwrap_or(any))];
        let subresources = subresources.into_iter().filter(|(name, _)| has(name)).collect::<Vec<_>>();
        let subresources = subresources.into_iter().map(|(name, ty)| (graph.add_name(name), ty)).collect();
        let [group, version, kind] = [group, version, kind].map(|text| graph.add_name(text));
        graph.kinds.push(Kind { group, version, kind, is_namespaced, versions: newest..=newest, ty, subresources });
    }
}

/// The type of a whole object, which has `apiVersion`, `kind` and `metadata` whatever its schema says.
fn root(schema: &Value, graph: &mut Graph, newest: u8) -> TypeId {
    let mut converter = Converter { graph, definitions: HashMap::new(), versions: newest..=newest };
    let ty = converter.convert(schema, 0);
    let Type::Object(object) = *graph.ty(ty) else { return ty };
    let text = graph.add_type(Type::Text(Format::Plain));
    let metadata = graph.objects.iter().position(|object| graph.name(object.name) == "ObjectMeta");
    let metadata = match metadata {
        Some(at) => graph.add_type(Type::Object(super::graph::ObjectId::of(at))),
        None => graph.add_type(Type::Any),
    };
    for (name, ty) in [("apiVersion", text), ("kind", text), ("metadata", metadata)] {
        let doc = graph.add_doc("");
        let name = graph.add_name(name);
        graph.add_field(object, Field { name, ty, versions: newest..=newest, required: true, doc });
    }
    ty
}
