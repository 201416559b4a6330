//! Match and exclude blocks as documents (Kyverno `api/kyverno/v1/match_resources_types.go`).

use dikast_grammar::Span;
use dikast_grammar::yaml::{Node, Text};

use super::node::Fields;
use crate::ir::Quantifier;

/// `match` or `exclude` in the form that counts: `any` before `all` before the deprecated fields beside them.
#[derive(Clone, Debug)]
pub(crate) struct MatchBlock<'n> {
    pub(crate) quantifier: Quantifier,
    pub(crate) filters: Vec<Filter<'n>>,
}

/// One filter.
#[derive(Clone, Debug)]
pub(crate) struct Filter<'n> {
    pub(crate) kinds: Vec<&'n Text>,
    pub(crate) name: Option<&'n Text>,
    pub(crate) names: Vec<&'n Text>,
    pub(crate) namespaces: Vec<&'n Text>,
    pub(crate) annotations: Vec<(&'n Text, &'n Text)>,
    pub(crate) selector: Option<Selector<'n>>,
    pub(crate) namespace_selector: Option<Selector<'n>>,
    pub(crate) operations: Vec<&'n Text>,
    pub(crate) roles: Vec<&'n Text>,
    pub(crate) cluster_roles: Vec<&'n Text>,
    pub(crate) subjects: Vec<Subject<'n>>,
    /// Lists of users were given, all of them empty.
    pub(crate) empty_user_info: bool,
    pub(crate) span: Span,
}

/// A label selector.
#[derive(Clone, Debug)]
pub(crate) struct Selector<'n> {
    pub(crate) match_labels: Vec<(&'n Text, &'n Text)>,
    /// Key, operator, values.
    pub(crate) match_expressions: Vec<(&'n Text, &'n Text, Vec<&'n Text>)>,
    pub(crate) span: Span,
}

/// A subject.
#[derive(Clone, Debug)]
pub(crate) struct Subject<'n> {
    pub(crate) kind: &'n Text,
    pub(crate) name: &'n Text,
    pub(crate) namespace: Option<&'n Text>,
}

impl<'n> MatchBlock<'n> {
    /// Reads a block. Without `any` and `all` it has one filter, which may be empty.
    pub(crate) fn read(node: &'n Node) -> Self {
        for (name, quantifier) in [("any", Quantifier::Any), ("all", Quantifier::All)] {
            let filters = node.list(name);
            if !filters.is_empty() {
                return Self { quantifier, filters: filters.iter().map(Filter::read).collect() };
            }
        }
        Self { quantifier: Quantifier::All, filters: vec![Filter::read(node)] }
    }

    /// Whether the block says nothing at all, which counts as no `exclude`.
    pub(super) fn is_empty(&self) -> bool {
        self.filters.iter().all(Filter::is_empty) && self.filters.len() == 1
    }
}

impl<'n> Filter<'n> {
    fn read(node: &'n Node) -> Self {
        let subjects: Vec<_> = node.list("subjects").iter().filter_map(Subject::read).collect();
        let (roles, cluster_roles) = (node.texts("roles"), node.texts("clusterRoles"));
        let users_given = ["subjects", "roles", "clusterRoles"].iter().any(|&name| node.given(name).is_some());
        let resources = node.given("resources");
        let texts = |name| resources.map(|node| node.texts(name)).unwrap_or_default();
        let selector = |name| {
            let entry = resources?.entry(name).filter(|entry| !entry.value.is_null())?;
            Some(Selector { span: entry.key.span().to(entry.value.span), ..Selector::read(&entry.value) })
        };
        Self {
            kinds: texts("kinds"),
            name: resources.and_then(|node| node.nonempty("name")),
            names: texts("names"),
            namespaces: texts("namespaces"),
            annotations: resources.map(|node| node.text_map("annotations")).unwrap_or_default(),
            selector: selector("selector"),
            namespace_selector: selector("namespaceSelector"),
            operations: texts("operations"),
            empty_user_info: users_given && subjects.is_empty() && roles.is_empty() && cluster_roles.is_empty(),
            roles,
            cluster_roles,
            subjects,
            span: node.span,
        }
    }

    /// Whether the filter asks nothing: it never matches then.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { kinds, name, names, namespaces, annotations, selector, namespace_selector, operations, .. } = self;
        let no_resources = [kinds, names, namespaces, operations].iter().all(|list| list.is_empty())
            && name.is_none()
            && annotations.is_empty()
            && selector.is_none()
            && namespace_selector.is_none();
        let no_users = self.roles.is_empty() && self.cluster_roles.is_empty() && self.subjects.is_empty();
        no_resources && no_users && !self.empty_user_info
    }
}

impl<'n> Selector<'n> {
    /// Whether it selects nothing without labels.
    pub(crate) fn wants_label(&self) -> bool {
        let wants = |operator: &Text| matches!(operator.as_str(), "In" | "Exists");
        !self.match_labels.is_empty() || self.match_expressions.iter().any(|(_, operator, _)| wants(operator))
    }

    /// Reads a label selector.
    pub(super) fn read(node: &'n Node) -> Self {
        let requirement = |node: &'n Node| Some((node.text("key")?, node.text("operator")?, node.texts("values")));
        Self {
            match_labels: node.text_map("matchLabels"),
            match_expressions: node.list("matchExpressions").iter().filter_map(requirement).collect(),
            span: node.span,
        }
    }
}

impl<'n> Subject<'n> {
    fn read(node: &'n Node) -> Option<Self> {
        Some(Self { kind: node.text("kind")?, name: node.text("name")?, namespace: node.nonempty("namespace") })
    }
}
