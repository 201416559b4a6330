//! Context entries as documents.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::node::Fields;

/// An entry of `context`.
#[derive(Clone, Debug)]
pub(crate) struct ContextEntry<'n> {
    pub(crate) name: &'n Text,
    pub(crate) source: ContextSource<'n>,
    pub(crate) span: Span,
}

/// Where its value comes from.
#[derive(Clone, Debug)]
pub(crate) enum ContextSource<'n> {
    Variable { value: Option<&'n Node>, jmespath: Option<&'n Text>, default: Option<&'n Node> },
    ConfigMap { name: &'n Node, namespace: Option<&'n Node> },
    ApiCall(ApiCall<'n>),
    ImageRegistry { reference: &'n Node, jmespath: Option<&'n Text>, credentials: Option<Credentials<'n>> },
    GlobalReference { name: &'n Node, jmespath: Option<&'n Text> },
}

/// `imageRegistryCredentials`
#[derive(Clone, Debug)]
pub(crate) struct Credentials<'n> {
    pub(crate) is_insecure: bool,
    pub(crate) providers: Vec<&'n Text>,
    pub(crate) secrets: Vec<&'n Text>,
}

/// `apiCall`
#[derive(Clone, Debug)]
pub(crate) struct ApiCall<'n> {
    pub(crate) post: bool,
    pub(crate) url_path: Option<&'n Node>,
    pub(crate) service: Option<Service<'n>>,
    pub(crate) data: Vec<(&'n Text, &'n Node)>,
    pub(crate) jmespath: Option<&'n Text>,
    pub(crate) default: Option<&'n Node>,
}

/// `apiCall.service`
#[derive(Clone, Debug)]
pub(crate) struct Service<'n> {
    pub(crate) url: &'n Node,
    pub(crate) ca_bundle: Option<&'n Node>,
    pub(crate) headers: Vec<(&'n Text, &'n Node)>,
}

/// Reads the entries of the field `context` of a rule, a loop or a target.
pub(super) fn read_context(owner: &Node) -> Vec<ContextEntry<'_>> {
    owner.list("context").iter().filter_map(read_entry).collect()
}

/// Several sources in one entry are refused by the schema, so their order here does not matter.
fn read_entry(node: &Node) -> Option<ContextEntry<'_>> {
    let source = if let Some(from) = node.given("configMap") {
        ContextSource::ConfigMap { name: from.get("name")?, namespace: filled(from, "namespace") }
    } else if let Some(from) = node.given("apiCall") {
        ContextSource::ApiCall(read_api_call(from))
    } else if let Some(from) = node.given("globalReference") {
        ContextSource::GlobalReference { name: from.get("name")?, jmespath: from.nonempty("jmesPath") }
    } else if let Some(from) = node.given("imageRegistry") {
        ContextSource::ImageRegistry {
            reference: from.get("reference")?,
            jmespath: from.nonempty("jmesPath"),
            credentials: from.given("imageRegistryCredentials").map(|credentials| Credentials {
                is_insecure: credentials.flag("allowInsecureRegistry", false),
                providers: credentials.texts("providers"),
                secrets: credentials.texts("secrets"),
            }),
        }
    } else {
        let from = node.given("variable")?;
        ContextSource::Variable {
            value: from.given("value"),
            jmespath: from.nonempty("jmesPath"),
            default: from.given("default"),
        }
    };
    Some(ContextEntry { name: node.text("name")?, source, span: node.span })
}

fn read_api_call(node: &Node) -> ApiCall<'_> {
    let service = node.given("service").and_then(|service| {
        Some(Service {
            url: service.get("url")?,
            ca_bundle: filled(service, "caBundle"),
            headers: pairs(service.list("headers")),
        })
    });
    ApiCall {
        post: node.text("method").is_some_and(|method| method.as_str() == "POST"),
        url_path: filled(node, "urlPath"),
        service,
        data: pairs(node.list("data")),
        jmespath: node.nonempty("jmesPath"),
        default: node.given("default"),
    }
}

/// Lists of objects with `key` and `value`.
fn pairs(items: &[Node]) -> Vec<(&Text, &Node)> {
    items.iter().filter_map(|item| Some((item.text("key")?, item.get("value")?))).collect()
}

/// A text field that is not empty, as a node.
fn filled<'n>(owner: &'n Node, name: &str) -> Option<&'n Node> {
    owner.get(name).filter(|node| node.as_str().is_some_and(|text| !text.is_empty()))
}
