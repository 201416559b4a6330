//! Match and exclude blocks (Kyverno `pkg/engine/utils/match.go`).

pub use dikast_stdlib::selector::RequirementOperator;

use super::{NameId, Program};
use dikast_stdlib::selector;

/// A match or exclude block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MatchBlock {
    /// How the filters combine.
    pub quantifier: Quantifier,
    /// The filters. An empty filter never matches.
    pub filters: Vec<Filter>,
}

/// How filters combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantifier {
    /// One must match.
    #[default]
    Any,
    /// All must match.
    All,
}

/// One filter: every criterion that is given must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// One of these kinds.
    pub kinds: Vec<KindSelector>,
    /// Wildcard on the name.
    pub name: Option<NameId>,
    /// One of these wildcards on the name.
    pub names: Vec<NameId>,
    /// One of these wildcards on the namespace.
    pub namespaces: Vec<NameId>,
    /// Each entry needs an annotation whose key and value match.
    pub annotations: Vec<(NameId, NameId)>,
    /// Labels of the object.
    pub selector: Option<LabelSelector>,
    /// Labels of the object's namespace.
    pub namespace_selector: Option<LabelSelector>,
    /// One of these operations, exactly.
    pub operations: Vec<NameId>,
    /// One of these roles (`namespace:name`), exactly.
    pub roles: Vec<NameId>,
    /// One of these cluster roles, exactly.
    pub cluster_roles: Vec<NameId>,
    /// One of these subjects.
    pub subjects: Vec<Subject>,
    /// User info was given as lists that are all empty: the filter is not empty, yet asks nothing of the user.
    pub empty_user_info: bool,
}

/// A `kinds` entry, parsed (Kyverno `pkg/utils/kube/kind.go`, `ParseKindSelector`); each part is a wildcard.
#[derive(Clone, Debug, PartialEq)]
pub struct KindSelector {
    /// API group.
    pub group: NameId,
    /// API version.
    pub version: NameId,
    /// Kind.
    pub kind: NameId,
    /// Subresource; empty for none.
    pub subresource: NameId,
}

/// A label selector; all requirements must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelSelector {
    /// `matchLabels`: key and value, wildcards allowed in both.
    pub match_labels: Vec<(NameId, NameId)>,
    /// `matchExpressions`, without wildcards.
    pub match_expressions: Vec<LabelRequirement>,
    /// The selector cannot be converted (an illegal operator or value list): it never matches.
    pub invalid: bool,
}

impl LabelSelector {
    /// The same selector by itself, without the program whose names it uses.
    pub fn resolved(&self, program: &Program) -> selector::LabelSelector {
        let text = |id: NameId| program.name(id).to_string();
        let match_expressions = self.match_expressions.iter().map(|requirement| selector::Requirement {
            key: text(requirement.key),
            operator: requirement.operator,
            values: requirement.values.iter().copied().map(text).collect(),
        });
        selector::LabelSelector {
            match_labels: self.match_labels.iter().map(|&(key, value)| (text(key), text(value))).collect(),
            match_expressions: match_expressions.collect(),
        }
    }
}

/// One entry of `matchExpressions`.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelRequirement {
    /// Label key.
    pub key: NameId,
    /// How to compare.
    pub operator: RequirementOperator,
    /// Values for `In` and `NotIn`.
    pub values: Vec<NameId>,
}

/// A subject of `subjects`.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// What kind of subject.
    pub kind: SubjectKind,
    /// Wildcard on the user name, a group, or for a service account on the text `system:serviceaccount:NAMESPACE:NAME`.
    pub pattern: NameId,
}

/// Kinds of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// A user name.
    User,
    /// A group of the user.
    Group,
    /// A service account.
    ServiceAccount,
    /// Any other kind never matches.
    Unknown,
}
