//! Entries of the global context.

use dikast_grammar::yaml::{Node, Text};

use super::fault::{MissingField, RepeatsEntryName};
use super::node::Fields;
use super::schema::global::RESOURCE;
use crate::diagnostic::Diagnostics;

/// A `GlobalContextEntry`.
#[derive(Clone, Debug)]
pub(crate) struct GlobalEntry<'n> {
    pub(crate) node: &'n Node,
    name: &'n Text,
    resource: Option<&'n Node>,
    /// Name and expression of each projection.
    pub(crate) projections: Vec<(&'n Text, &'n Text)>,
}

impl<'n> GlobalEntry<'n> {
    /// Reads a document, as far as it is one.
    pub(super) fn read(node: &'n Node) -> Option<Self> {
        let spec = node.given("spec")?;
        let projections = spec.list("projections").iter();
        Some(Self {
            node,
            name: node.given("metadata")?.text("name")?,
            resource: spec.given("kubernetesResource"),
            projections: projections.filter_map(|item| Some((item.text("name")?, item.text("jmesPath")?))).collect(),
        })
    }

    /// Reports what no schema says (Kyverno `api/kyverno/v2beta1/global_context_entry_types.go`).
    pub(crate) fn check(&self, diagnostics: &mut Diagnostics) {
        if let Some(resource) = self.resource
            && resource.nonempty("group").is_none()
            && resource.text("version").is_some_and(|version| version.as_str() != "v1")
            && let Some(field) = RESOURCE.field("group")
        {
            let span = resource.entries().first().map_or(resource.span, |entry| entry.key.span());
            diagnostics.report(MissingField { span, owner: RESOURCE.title, field: field.name, doc: field.doc });
        }
        for (name, _) in self.projections.iter().filter(|(name, _)| name.as_str() == self.name.as_str()) {
            diagnostics.report(RepeatsEntryName { span: name.span(), name: name.as_str().to_owned() });
        }
    }
}
