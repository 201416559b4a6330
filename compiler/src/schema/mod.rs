//! What the API server knows of resources: kinds, their fields and types.
//!
//! Kubernetes' own types are embedded, those of several versions joined to one [`Graph`]; `compiler/schemas/README.md`
//! says where they come from. CustomResourceDefinitions are added to it.
//!
//! | module | what |
//! |---|---|
//! | [`graph`] | the types |
//! | `openapi` | OpenAPI schemas to types |
//! | [`published`] | the documents that Kubernetes publishes to a graph |
//! | [`bundle`] | the compact form in which the graph is embedded |
//! | `resource_definition` | CustomResourceDefinitions |
//! | [`kinds`] | the kinds that an entry of `kinds` can mean |
//! | [`api_path`] | what the API server answers at a path |
//! | `request` | the parts of an admission request |
//! | `words` | types in words |

pub mod api_path;
pub mod bundle;
pub mod graph;
pub mod kinds;
mod openapi;
pub mod published;
mod request;
mod resource_definition;
mod words;

use std::sync::{Arc, LazyLock, OnceLock};

use dikast_grammar::yaml::Node;

pub use graph::{Field, Format, Graph, Object, Type, TypeId};
pub use kinds::{Found, Selected};
pub(crate) use request::RequestTypes;

/// The bundle and the descriptions of its fields, as `bundle-schemas` wrote them.
static KUBERNETES: &[u8] = include_bytes!("../../schemas/kubernetes.bin");
static DESCRIPTIONS: &[u8] = include_bytes!("../../schemas/descriptions.bin");

static EMBEDDED: LazyLock<Arc<Graph>> = LazyLock::new(|| {
    let mut graph = bundle::decode(KUBERNETES).unwrap_or_default();
    graph.index();
    request::add(&mut graph);
    Arc::new(graph)
});

/// All types and kinds that are known.
#[derive(Clone, Debug)]
pub struct Schemas {
    graph: Arc<Graph>,
    request: RequestTypes,
    /// The last version of Kubernetes in the bundle.
    newest: u8,
}

impl Schemas {
    /// Kubernetes' own types.
    pub fn embedded() -> Self {
        let graph = Arc::clone(&EMBEDDED);
        let newest = graph.kinds().iter().map(|kind| *kind.versions.end()).max().unwrap_or_default();
        Self { request: RequestTypes::of(&graph), graph, newest }
    }

    /// Adds the kinds of a CustomResourceDefinition. Gives whether the document is one.
    pub fn add_definition(&mut self, document: &Node) -> bool {
        if !resource_definition::is_definition(document) {
            return false;
        }
        resource_definition::add(document, Arc::make_mut(&mut self.graph), self.newest);
        true
    }

    /// The types.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What `request` is in expressions. Its `object` and `oldObject` are of the kinds that a rule matches.
    pub fn request_type(&self) -> TypeId {
        self.request.request
    }

    /// What `images` is in expressions.
    pub fn images_type(&self) -> TypeId {
        self.request.images
    }

    /// The types of a request's parts.
    pub(crate) fn request(&self) -> &RequestTypes {
        &self.request
    }

    /// The description of a field: its first sentence.
    pub fn description(&self, field: &Field) -> &str {
        static LINES: OnceLock<Vec<Box<str>>> = OnceLock::new();
        let text = match field.doc.checked_sub(self.graph.first_doc) {
            Some(at) => self.graph.docs.get(at as usize),
            None => {
                let lines = LINES.get_or_init(|| bundle::decode_docs(DESCRIPTIONS).unwrap_or_default());
                lines.get(field.doc as usize)
            }
        };
        text.map_or("", |text| text)
    }
}

#[cfg(test)]
mod tests;
