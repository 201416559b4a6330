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
//! | `narrowed` | what fields of Kubernetes' own types hold beyond what their schemas say |
//! | `format`, `address` | texts of a format |
//! | [`kinds`] | the kinds that an entry of `kinds` can mean |
//! | [`api_path`] | what the API server answers at a path |
//! | `request` | the parts of an admission request |
//! | `words` | types in words |

mod address;
pub mod api_path;
pub mod bundle;
mod format;
pub mod graph;
pub mod kinds;
mod narrowed;
mod openapi;
pub mod published;
mod request;
mod resource_definition;
mod words;

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock, OnceLock};

use dikast_grammar::yaml::Node;

pub(crate) use address::{is_address, is_block};
pub use graph::{Bounds, Field, Format, Graph, Object, Type, TypeId};
pub use kinds::{Found, Selected};
pub(crate) use request::RequestTypes;

/// The bundle and the descriptions of its fields, as `bundle-schemas` wrote them.
static KUBERNETES: &[u8] = include_bytes!("../../schemas/kubernetes.bin");
static DESCRIPTIONS: &[u8] = include_bytes!("../../schemas/descriptions.bin");

static EMBEDDED: LazyLock<Arc<Graph>> = LazyLock::new(|| {
    let mut graph = bundle::decode(KUBERNETES).unwrap_or_default();
    graph.index();
    narrowed::apply(&mut graph);
    request::add(&mut graph);
    Arc::new(graph)
});

/// A version of Kubernetes, written as `1.29` or `v1.29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KubernetesVersion(u8);

impl FromStr for KubernetesVersion {
    type Err = MalformedVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let minor = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.").and_then(|minor| minor.parse().ok());
        minor.map(Self).ok_or_else(|| MalformedVersion(text.to_owned()))
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "1.{}", self.0)
    }
}

/// A text that is no version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version of Kubernetes: write it like `1.29`")]
pub struct MalformedVersion(String);

/// A version of Kubernetes whose types are not embedded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the types of Kubernetes {version} are not known, only those of 1.{oldest} to 1.{newest}")]
pub struct UnknownKubernetes {
    version: KubernetesVersion,
    oldest: u8,
    newest: u8,
}

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

    /// Kubernetes' own types as one version of it has them.
    ///
    /// # Errors
    /// When it is not one of those that are embedded.
    pub fn of_version(version: KubernetesVersion) -> Result<Self, UnknownKubernetes> {
        let mut schemas = Self::embedded();
        let KubernetesVersion(minor) = version;
        let kinds = schemas.graph.kinds().iter();
        let oldest = kinds.map(|kind| *kind.versions.start()).min().unwrap_or_default();
        if !(oldest..=schemas.newest).contains(&minor) {
            return Err(UnknownKubernetes { version, oldest, newest: schemas.newest });
        }
        if minor != schemas.newest {
            Arc::make_mut(&mut schemas.graph).keep_version(minor);
            schemas.newest = minor;
        }
        Ok(schemas)
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
