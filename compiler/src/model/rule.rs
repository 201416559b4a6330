//! Rules.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::condition::Conditions;
use super::context::{ContextEntry, read_context};
use super::fault::{UnsupportedCel, UnsupportedImageExtractors, UnsupportedManifests, UnsupportedVerifyImages};
use super::generate::Generate;
use super::matching::MatchBlock;
use super::mutate::Mutate;
use super::node::Fields;
use super::validate::Validate;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule<'n> {
    pub(crate) name: &'n Text,
    pub(crate) matching: MatchBlock<'n>,
    pub(crate) exclude: Option<MatchBlock<'n>>,
    pub(crate) context: Vec<ContextEntry<'n>>,
    pub(crate) preconditions: Option<Conditions<'n>>,
    pub(crate) body: Body<'n>,
    pub(crate) report_properties: Vec<(&'n Text, &'n Node)>,
    pub(crate) skip_background_requests: bool,
    /// The document, which standard mutation substitutes as a whole.
    pub(crate) node: &'n Node,
}

/// What a rule does.
#[derive(Clone, Debug)]
pub(crate) enum Body<'n> {
    Validate(Validate<'n>),
    Mutate(Mutate<'n>),
    Generate(Generate<'n>),
}

impl<'n> Rule<'n> {
    /// Reads a rule of a checked document. A part that is not supported yet is reported and leaves the rule out.
    pub(crate) fn read(node: &'n Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let unsupported = unsupported_part(node);
        if let Some(fault) = unsupported {
            diagnostics.report(fault);
            return None;
        }
        let body = if let Some(validate) = node.given("validate") {
            Body::Validate(Validate::read(validate))
        } else if let Some(mutate) = node.given("mutate") {
            Body::Mutate(Mutate::read(mutate))
        } else {
            Body::Generate(Generate::read(node.given("generate")?))
        };
        let properties = node.get("reportProperties").map(Node::entries).unwrap_or_default();
        Some(Self {
            name: node.text("name")?,
            matching: MatchBlock::read(node.get("match")?),
            exclude: node.given("exclude").map(MatchBlock::read).filter(|block| !block.is_empty()),
            context: read_context(node),
            preconditions: node.given("preconditions").map(Conditions::read),
            body,
            report_properties: properties.iter().map(|entry| (&entry.key, &entry.value)).collect(),
            skip_background_requests: node.flag("skipBackgroundRequests", true),
            node,
        })
    }
}

/// The name in a rule's document.
pub(crate) fn rule_name_text(node: &Node) -> Option<&Text> {
    node.text("name")
}

/// The first part of a rule that cannot be run yet. `manifests` without attestors and `cel` beside `podSecurity` are
/// never looked at (Kyverno `pkg/engine/validation.go`).
fn unsupported_part(node: &Node) -> Option<Diagnostic> {
    if let Some(span) = key_of(node, "verifyImages") {
        return Some(UnsupportedVerifyImages { span }.into());
    }
    if let Some(span) = key_of(node, "imageExtractors") {
        return Some(UnsupportedImageExtractors { span }.into());
    }
    let validate = node.given("validate")?;
    if let Some(span) = key_of(validate, "manifests") {
        return Some(UnsupportedManifests { span }.into());
    }
    key_of(validate, "cel").map(|span| UnsupportedCel { span }.into())
}

/// The place of a field's name, if the field is given.
fn key_of(node: &Node, name: &str) -> Option<Span> {
    node.given(name).and(node.entry(name)).map(|entry| entry.key.span())
}
