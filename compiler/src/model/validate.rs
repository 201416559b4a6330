//! `validate` as a document.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::condition::{AnyAll, Conditions};
use super::context::{ContextEntry, read_context};
use super::node::Fields;
use super::policy::{Override, is_enforce, read_overrides};

/// `validate`
#[derive(Clone, Debug)]
pub(crate) struct Validate<'n> {
    pub(crate) message: Option<&'n Node>,
    pub(crate) enforce: Option<bool>,
    pub(crate) overrides: Vec<Override<'n>>,
    pub(crate) allow_existing_violations: bool,
    pub(crate) action: ValidateAction<'n>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) enum ValidateAction<'n> {
    Pattern(&'n Node),
    AnyPattern(&'n [Node]),
    Deny(Option<Conditions<'n>>),
    Foreach(Vec<ValidateLoop<'n>>),
    PodSecurity(PodSecurity<'n>),
    Nothing,
}

/// An entry of `foreach`.
#[derive(Clone, Debug)]
pub(crate) struct ValidateLoop<'n> {
    pub(crate) list: Option<&'n Text>,
    pub(crate) element_scope: Option<bool>,
    pub(crate) context: Vec<ContextEntry<'n>>,
    pub(crate) preconditions: Option<AnyAll<'n>>,
    pub(crate) action: ValidateAction<'n>,
    pub(crate) span: Span,
}

/// `podSecurity`
#[derive(Clone, Debug)]
pub(crate) struct PodSecurity<'n> {
    pub(crate) level: Option<&'n Text>,
    pub(crate) version: Option<&'n Text>,
    pub(crate) exclude: Vec<PodSecurityExclude<'n>>,
}

/// An entry of `podSecurity.exclude`.
#[derive(Clone, Debug)]
pub(crate) struct PodSecurityExclude<'n> {
    pub(crate) control: &'n Text,
    pub(crate) images: Vec<&'n Text>,
    pub(crate) restricted_field: Option<&'n Text>,
    pub(crate) values: Vec<&'n Text>,
}

impl<'n> Validate<'n> {
    /// Reads the block.
    pub(super) fn read(node: &'n Node) -> Self {
        let pod_security = node.given("podSecurity").map(|node| ValidateAction::PodSecurity(PodSecurity::read(node)));
        Self {
            message: node.given("message").filter(|message| message.as_str() != Some("")),
            enforce: node.text("failureAction").map(is_enforce),
            overrides: read_overrides(node, "failureActionOverrides"),
            allow_existing_violations: node.flag("allowExistingViolations", true),
            action: pod_security.unwrap_or_else(|| read_action(node)),
        }
    }
}

/// One of several questions, in the order in which Kyverno looks for them
/// (`pkg/engine/handlers/validation/validate_resource.go`).
fn read_action(node: &Node) -> ValidateAction<'_> {
    if let Some(deny) = node.given("deny") {
        ValidateAction::Deny(deny.given("conditions").map(Conditions::read))
    } else if let Some(pattern) = node.given("pattern") {
        ValidateAction::Pattern(pattern)
    } else if let Some(patterns) = node.given("anyPattern") {
        ValidateAction::AnyPattern(patterns.items())
    } else if let Some(loops) = node.given("foreach") {
        ValidateAction::Foreach(loops.items().iter().map(ValidateLoop::read).collect())
    } else {
        ValidateAction::Nothing
    }
}

impl<'n> ValidateLoop<'n> {
    fn read(node: &'n Node) -> Self {
        Self {
            list: node.text("list"),
            element_scope: node.get("elementScope").and_then(Node::as_bool),
            context: read_context(node),
            preconditions: node.given("preconditions").map(AnyAll::read),
            action: read_action(node),
            span: node.span,
        }
    }
}

impl<'n> PodSecurity<'n> {
    fn read(node: &'n Node) -> Self {
        Self {
            level: node.text("level"),
            version: node.text("version"),
            exclude: read_pod_security_excludes(node, "exclude"),
        }
    }
}

/// Reads a list of excluded controls, which policies and exceptions have.
pub(super) fn read_pod_security_excludes<'n>(owner: &'n Node, name: &str) -> Vec<PodSecurityExclude<'n>> {
    let read = |node: &'n Node| {
        Some(PodSecurityExclude {
            control: node.text("controlName")?,
            images: node.texts("images"),
            restricted_field: node.nonempty("restrictedField"),
            values: node.texts("values"),
        })
    };
    owner.list(name).iter().filter_map(read).collect()
}
