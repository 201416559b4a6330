//! The parts of an admission request as expressions see them (`k8s.io/api/admission/v1`; Kyverno
//! `pkg/engine/context/context.go`), and of `images` (`pkg/utils/image/infos.go`).

use super::graph::{Bounds, Field, Format, Graph, ObjectId, Type, TypeId};

/// The names under which the types stand in the graph.
const REQUEST: &str = "AdmissionRequest";
const IMAGES: &str = "Images";
const CONFIG_MAP: &str = "ConfigMap entry";
const RESOURCE: &str = "resource";
const FIRST: &str = "GroupVersionKind";

const COUNT: Type = Type::Integer(Bounds { least: 0, most: i64::MAX });

/// Types of what is always in the context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestTypes {
    /// `request`; its `object` and `oldObject` depend on the rule.
    pub(crate) request: TypeId,
    /// The number of something, such as `length` gives it.
    pub(crate) count: TypeId,
    /// `images`
    pub(crate) images: TypeId,
    /// An entry of the context that is a ConfigMap.
    pub(crate) config_map: TypeId,
    /// An object of which only that is known what all objects have.
    pub(crate) resource: TypeId,
    /// The first of the types that belong to them.
    first: TypeId,
}

impl RequestTypes {
    /// Whether a type is one of these or of their parts: all that [`add`] put into the graph.
    pub(crate) fn has(&self, ty: TypeId) -> bool {
        (self.first..=self.images).contains(&ty)
    }

    /// The types that [`add`] put into a graph.
    pub(super) fn of(graph: &Graph) -> Self {
        let named = |name: &str| {
            let of_name = |ty: &&Type| matches!(ty, Type::Object(object) if is_named(graph, *object, name));
            graph.types.iter().rposition(|ty| of_name(&ty)).map(TypeId::of).unwrap_or(TypeId(0))
        };
        let config_map = named(CONFIG_MAP);
        let resource = named(RESOURCE);
        let is_count = |ty: &Type| *ty == COUNT;
        let count = graph.types.iter().position(is_count).map_or(TypeId(0), TypeId::of);
        Self { count, resource, request: named(REQUEST), images: named(IMAGES), config_map, first: named(FIRST) }
    }
}

fn is_named(graph: &Graph, object: ObjectId, name: &str) -> bool {
    graph.objects.get(object.index()).is_some_and(|object| graph.name(object.name) == name)
}

/// Adds the types.
pub(super) fn add(graph: &mut Graph) {
    graph.add_type(COUNT);
    let namespace = graph.add_type(Type::Text(Format::DnsLabel));
    let any = graph.add_type(Type::Any);
    let bool = graph.add_type(Type::Bool);
    let text = graph.add_type(Type::Text(Format::Plain));
    let texts = graph.add_type(Type::List { item: text, keys: Vec::new() });
    let metadata = graph.objects.iter().position(|object| graph.name(object.name) == "ObjectMeta");
    let metadata = metadata.map_or(any, |at| graph.add_type(Type::Object(ObjectId::of(at))));
    object(graph, RESOURCE, &[("apiVersion", text), ("kind", text), ("metadata", metadata)]);
    if let Some(resource) = graph.objects.last_mut() {
        resource.is_open = true;
    }
    let kind = object(graph, "GroupVersionKind", &[("group", text), ("version", text), ("kind", text)]);
    let resource = object(graph, "GroupVersionResource", &[("group", text), ("version", text), ("resource", text)]);
    let extra = graph.add_type(Type::Map(texts));
    let user = object(graph, "UserInfo", &[("username", text), ("uid", text), ("groups", texts), ("extra", extra)]);
    let operations = ["CREATE", "UPDATE", "DELETE", "CONNECT"].map(|name| graph.add_name(name)).to_vec();
    let operation = graph.add_type(Type::Enum(operations));
    let request = [
        ("uid", text),
        ("kind", kind),
        ("resource", resource),
        ("subResource", text),
        ("requestKind", kind),
        ("requestResource", resource),
        ("requestSubResource", text),
        ("name", text),
        ("namespace", namespace),
        ("operation", operation),
        ("userInfo", user),
        ("roles", texts),
        ("clusterRoles", texts),
        ("object", any),
        ("oldObject", any),
        ("dryRun", bool),
        ("options", any),
    ];
    object(graph, REQUEST, &request);
    let data = graph.add_type(Type::Map(text));
    object(graph, CONFIG_MAP, &[("data", data), ("metadata", metadata)]);
    let image = ["registry", "name", "path", "tag", "digest", "reference", "referenceWithTag", "jsonPointer"];
    let image = object(graph, "ImageInfo", &image.map(|name| (name, text)));
    let images = graph.add_type(Type::Map(image));
    object(graph, IMAGES, &[("containers", images), ("initContainers", images), ("ephemeralContainers", images)]);
}

fn object(graph: &mut Graph, name: &str, fields: &[(&str, TypeId)]) -> TypeId {
    let id = graph.add_object(name);
    for &(name, ty) in fields {
        let doc = graph.add_doc("");
        let name = graph.add_name(name);
        graph.add_field(id, Field { name, ty, versions: 0..=u8::MAX, required: false, doc });
    }
    graph.add_type(Type::Object(id))
}
