//! Exceptions from policies.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::condition::AnyAll;
use super::matching::MatchBlock;
use super::node::Fields;
use super::validate::{PodSecurityExclude, read_pod_security_excludes};

/// A `PolicyException`.
#[derive(Clone, Debug)]
pub(crate) struct Exception<'n> {
    pub(crate) name: &'n Text,
    pub(crate) namespace: Option<&'n Text>,
    pub(crate) background: bool,
    pub(crate) matching: MatchBlock<'n>,
    pub(crate) conditions: Option<AnyAll<'n>>,
    /// Policy name and wildcards on rule names.
    pub(crate) excepted: Vec<(&'n Text, Vec<&'n Text>)>,
    pub(crate) pod_security: Vec<PodSecurityExclude<'n>>,
    pub(crate) span: Span,
}

impl<'n> Exception<'n> {
    /// Reads a checked document.
    pub(super) fn read(node: &'n Node) -> Option<Self> {
        let (metadata, spec) = (node.given("metadata")?, node.given("spec")?);
        let excepted = spec.list("exceptions").iter();
        Some(Self {
            name: metadata.text("name")?,
            namespace: metadata.nonempty("namespace"),
            background: spec.flag("background", true),
            matching: MatchBlock::read(spec.get("match")?),
            conditions: spec.given("conditions").map(AnyAll::read),
            excepted: excepted.filter_map(|node| Some((node.text("policyName")?, node.texts("ruleNames")))).collect(),
            pod_security: read_pod_security_excludes(spec, "podSecurity"),
            span: metadata.text("name")?.span(),
        })
    }
}
