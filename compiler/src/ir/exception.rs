//! Policy exceptions (Kyverno `api/kyverno/v2/policy_exception_types.go`).

use dikast_grammar::Span;

use super::{ConditionBlock, MatchBlock, NameId, PodSecurityExclude};

/// A PolicyException.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// Its namespace; reports name it as `namespace/name`.
    pub namespace: Option<NameId>,
    /// Its name.
    pub name: NameId,
    /// The rules that it exempts from.
    pub exempts: Vec<Exemption>,
    /// Whether it counts in background scans, true by default.
    pub background: bool,
    /// The objects that it exempts. Without filters it never matches.
    pub matching: MatchBlock,
    /// Further conditions; an empty `any` counts as absent here.
    pub conditions: Option<ConditionBlock>,
    /// Pod Security controls that it relaxes instead of skipping the rule.
    pub pod_security: Vec<PodSecurityExclude>,
    /// Where it stands.
    pub span: Option<Span>,
}

/// One entry of `exceptions`.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemption {
    /// The policy, exactly: `name`, or `namespace/name` for a namespaced one.
    pub policy: NameId,
    /// Wildcards on rule names; autogen's rules have names of their own.
    pub rules: Vec<NameId>,
}
