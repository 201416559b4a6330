//! Conjunctions of criteria.

use dikast_grammar::kind::KindSelector;
use dikast_grammar::yaml::Text;

use super::glob;
use super::labels::{self, Requirement};
use super::operations::Operations;
use crate::model::Filter;

/// One of several wildcards.
type OneOf<'t> = Vec<&'t str>;

/// Group, version, kind and subresource, each a wildcard.
type KindPattern<'t> = [&'t str; 4];

/// A conjunction of criteria.
#[derive(Clone, Debug)]
pub(crate) struct Region<'t> {
    kinds: Vec<Vec<KindPattern<'t>>>,
    operations: Operations,
    names: Vec<OneOf<'t>>,
    namespaces: Vec<OneOf<'t>>,
    labels: Vec<Requirement<'t>>,
    namespace_labels: Vec<Requirement<'t>>,
    annotations: Vec<(&'t str, &'t str)>,
    users: Vec<Users<'t>>,
    /// An empty filter takes part, which lets nothing in.
    is_never: bool,
}

/// What a filter asks of the user.
#[derive(Clone, Debug, PartialEq)]
struct Users<'t> {
    roles: Vec<&'t str>,
    cluster_roles: Vec<&'t str>,
    /// Kind, namespace and name.
    subjects: Vec<[&'t str; 3]>,
}

/// What a filter can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Criterion {
    Kinds,
    Operations,
    Names,
    Namespaces,
    Labels,
    NamespaceLabels,
}

impl Criterion {
    /// Its field.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Kinds => "kinds",
            Self::Operations => "operations",
            Self::Names => "names",
            Self::Namespaces => "namespaces",
            Self::Labels => "selector",
            Self::NamespaceLabels => "namespaceSelector",
        }
    }
}

impl<'t> Region<'t> {
    /// What a filter lets in.
    pub(crate) fn of(filter: &Filter<'t>) -> Self {
        let one_of = |texts: &[&'t Text]| -> Vec<OneOf<'t>> {
            // `*` is met by everything, by no namespace too.
            let asks = !texts.is_empty() && texts.iter().all(|text| text.as_str() != "*");
            asks.then(|| strings(texts)).into_iter().collect()
        };
        let pattern = |text: &&'t Text| {
            let KindSelector { group, version, kind, subresource } = KindSelector::parse(text.as_str());
            [group, version, kind, subresource]
        };
        let kinds: Vec<_> = filter.kinds.iter().map(pattern).collect();
        let operations = filter.operations.iter().map(|name| Operations::named(name.as_str())).reduce(Operations::or);
        let users = Users {
            roles: strings(&filter.roles),
            cluster_roles: strings(&filter.cluster_roles),
            subjects: (filter.subjects.iter())
                .map(|subject| {
                    [subject.kind.as_str(), subject.namespace.map_or("", Text::as_str), subject.name.as_str()]
                })
                .collect(),
        };
        let asks_users = !(users.roles.is_empty() && users.cluster_roles.is_empty() && users.subjects.is_empty());
        let mut names = one_of(&filter.names);
        names.extend(filter.name.map(|name| vec![name.as_str()]));
        Self {
            kinds: (!kinds.is_empty()).then_some(kinds).into_iter().collect(),
            operations: operations.unwrap_or(Operations::ALL),
            names,
            namespaces: one_of(&filter.namespaces),
            labels: filter.selector.as_ref().map(labels::requirements).unwrap_or_default(),
            namespace_labels: filter.namespace_selector.as_ref().map(labels::requirements).unwrap_or_default(),
            annotations: filter.annotations.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
            users: asks_users.then_some(users).into_iter().collect(),
            is_never: filter.is_empty(),
        }
    }

    /// What is in both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.kinds.extend(other.kinds);
        self.operations = self.operations.and(other.operations);
        self.names.extend(other.names);
        self.namespaces.extend(other.namespaces);
        self.labels.extend(other.labels);
        self.namespace_labels.extend(other.namespace_labels);
        self.annotations.extend(other.annotations);
        self.users.extend(other.users);
        self.is_never |= other.is_never;
        self
    }

    /// The operations that can come.
    pub(crate) fn operations(&self) -> Operations {
        self.operations
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_never || self.contradiction().is_some()
    }

    /// A criterion that nothing can meet.
    pub(crate) fn contradiction(&self) -> Option<Criterion> {
        let kinds_meet = |left: &KindPattern<'_>, right: &KindPattern<'_>| {
            left.iter().zip(right).all(|(left, right)| glob::intersect(left, right))
        };
        let texts_meet = |left: &&str, right: &&str| glob::intersect(left, right);
        if !pairwise(&self.kinds, kinds_meet) {
            Some(Criterion::Kinds)
        } else if self.operations == Operations::NONE {
            Some(Criterion::Operations)
        } else if !pairwise(&self.names, texts_meet) {
            Some(Criterion::Names)
        } else if !pairwise(&self.namespaces, texts_meet) {
            Some(Criterion::Namespaces)
        } else if labels::contradiction(&self.labels).is_some() {
            Some(Criterion::Labels)
        } else {
            labels::contradiction(&self.namespace_labels).map(|_| Criterion::NamespaceLabels)
        }
    }

    /// Whether all of another region is in this one.
    pub(crate) fn covers(&self, part: &Self) -> bool {
        if part.is_empty() {
            return true;
        }
        let kind_in = |whole: &KindPattern<'_>, part: &KindPattern<'_>| {
            whole.iter().zip(part).all(|(whole, part)| glob::covers(whole, part))
        };
        let text_in = |whole: &&str, part: &&str| glob::covers(whole, part);
        !self.is_never
            && implied(&self.kinds, &part.kinds, kind_in)
            && self.operations.covers(part.operations)
            && implied(&self.names, &part.names, text_in)
            && implied(&self.namespaces, &part.namespaces, text_in)
            && self.labels.iter().all(|wanted| *wanted != Requirement::Never && part.labels.contains(wanted))
            && (self.namespace_labels.iter())
                .all(|wanted| *wanted != Requirement::Never && part.namespace_labels.contains(wanted))
            && self.annotations.iter().all(|wanted| part.annotations.contains(wanted))
            && self.users.iter().all(|wanted| part.users.contains(wanted))
    }
}

fn strings<'t>(texts: &[&'t Text]) -> Vec<&'t str> {
    texts.iter().map(|text| text.as_str()).collect()
}

/// Whether each two choices have something in common.
fn pairwise<T>(choices: &[Vec<T>], meet: impl Fn(&T, &T) -> bool) -> bool {
    choices.iter().enumerate().all(|(at, left)| {
        let others = choices.iter().skip(at + 1);
        others.into_iter().all(|right| left.iter().any(|left| right.iter().any(|right| meet(left, right))))
    })
}

/// Whether each choice of the whole is one that the part makes more narrowly.
fn implied<T>(whole: &[Vec<T>], part: &[Vec<T>], holds: impl Fn(&T, &T) -> bool) -> bool {
    whole
        .iter()
        .all(|wide| part.iter().any(|narrow| narrow.iter().all(|narrow| wide.iter().any(|wide| holds(wide, narrow)))))
}
