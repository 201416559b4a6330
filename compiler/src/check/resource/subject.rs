//! The kinds that a rule names: those that it matches, changes and generates.

use std::rc::Rc;

use dikast_grammar::kind::KindSelector;
use dikast_grammar::yaml::{Node, Text};

use super::fault::{ClusterScoped, ImpossibleName, UnknownKind, UnknownSubresource, UnknownVersion};
use super::lookup::add;
use super::{Checker, Findings, Unchecked};
use crate::ir::Quantifier;
use crate::model::{self, Fields, Filter, MatchBlock, suggest};
use crate::schema::graph::Kind;
use crate::schema::{Format, Found, Schemas, Selected, TypeId};

/// The types of the objects that a rule with this `match` and `exclude` can be asked of. When some are not known, that is what all objects have.
pub(super) fn of_match(
    matching: &MatchBlock<'_>,
    exclude: Option<&MatchBlock<'_>>,
    schemas: &Schemas,
    findings: &mut Findings<'_>,
    unchecked: &mut Vec<Unchecked>,
) -> Vec<TypeId> {
    for filter in exclude.iter().flat_map(|block| &block.filters) {
        of_filter(filter, schemas, findings, &mut Vec::new());
    }
    let filters = &matching.filters;
    let all: Vec<_> = filters.iter().map(|filter| (filter, of_filter(filter, schemas, findings, unchecked))).collect();
    let types = match matching.quantifier {
        Quantifier::Any => all.into_iter().try_fold(Vec::new(), |mut types, (_, found)| {
            found?.into_iter().for_each(|ty| add(&mut types, ty));
            Some(types)
        }),
        // A filter without kinds takes nothing away.
        Quantifier::All => all
            .into_iter()
            .filter(|(filter, _)| !filter.kinds.is_empty())
            .map(|(_, found)| found)
            .reduce(|types, found| {
                Some(types?.into_iter().filter(|ty| found.as_ref().is_none_or(|all| all.contains(ty))).collect())
            })
            .flatten(),
    };
    types.filter(|types| !types.is_empty()).unwrap_or_else(|| vec![schemas.request().resource])
}

/// A filter of more kinds than clusters have is not looked at: each one that is not known is held against all that are.
const MOST_KINDS: usize = 1000;

/// The types of the kinds of a filter; nothing when it names none, or one that is not known.
fn of_filter(
    filter: &Filter<'_>,
    schemas: &Schemas,
    findings: &mut Findings<'_>,
    unchecked: &mut Vec<Unchecked>,
) -> Option<Vec<TypeId>> {
    if filter.kinds.len() > MOST_KINDS {
        return None;
    }
    let mut types = (!filter.kinds.is_empty()).then(Vec::new);
    let mut kinds: Vec<&Kind> = Vec::new();
    for entry in &filter.kinds {
        let found = schemas.find(entry.as_str());
        if let Found::Kinds(found) = found {
            kinds.extend(found.iter().map(|found| found.kind));
            if let Some(types) = &mut types {
                found.iter().for_each(|found| add(types, found.ty));
            }
            continue;
        }
        types = None;
        if !report(entry, &found, true, schemas, findings) {
            unchecked.push(Unchecked { span: entry.span(), kind: entry.as_str().to_owned() });
        }
    }
    if let Some(first) = kinds.first().filter(|_| types.is_some())
        && kinds.iter().all(|kind| !kind.is_namespaced && schemas.graph().name(kind.kind) != "Namespace")
    {
        let kind = || schemas.graph().name(first.kind).to_owned();
        if let Some(namespace) = filter.namespaces.first() {
            findings.report(ClusterScoped { span: namespace.span(), field: "namespaces", kind: kind() });
        }
        if let Some(selector) = filter.namespace_selector.as_ref().filter(|selector| selector.wants_label()) {
            findings.report(ClusterScoped { span: selector.span, field: "namespaceSelector", kind: kind() });
        }
    }
    let has_plain_names = |kind: &&Kind| schemas.graph().name(kind.group) != "rbac.authorization.k8s.io";
    if types.is_some() && kinds.iter().all(has_plain_names) {
        for name in filter.names.iter().copied().chain(filter.name) {
            let is_open = name.as_str().contains("{{") || name.as_str().starts_with('!');
            if !is_open && !Format::Subdomain.is_like(name.as_str()) {
                findings.report(ImpossibleName { span: name.span(), name: name.as_str().to_owned() });
            }
        }
    }
    types
}

/// Tells of an entry that means nothing. Gives whether there was something to tell.
pub(super) fn report(
    entry: &Text,
    found: &Found<'_>,
    in_filter: bool,
    schemas: &Schemas,
    findings: &mut Findings<'_>,
) -> bool {
    // The kinds of a made rule are not its author's.
    if findings.is_copy {
        return true;
    }
    let selector = KindSelector::parse(entry.as_str());
    match found {
        Found::Kinds(_) | Found::Unchecked | Found::NoKind { meant: None } => return false,
        // The lint of filters tells of these.
        Found::NoKind { .. } if in_filter && selector.kind.starts_with(|first: char| first.is_ascii_lowercase()) => {}
        Found::NoKind { meant: Some(meant) } => {
            let start = entry.as_str().find(selector.kind).unwrap_or_default();
            let span = entry.span_of(start..start + selector.kind.len());
            findings.report(UnknownKind { span, kind: selector.kind.to_owned(), meant: (*meant).to_owned() });
        }
        Found::NoVersion { instead } => {
            let instead = quoted(instead.iter().map(String::as_str));
            findings.report(UnknownVersion { span: entry.span(), kind: entry.as_str().to_owned(), instead });
        }
        Found::NoSubresource { known } => {
            // A definition may have more than its manifest says.
            if known.is_empty() && schemas.named(selector.kind).next().is_none() {
                return false;
            }
            let (kind, subresource) = (selector.kind.to_owned(), selector.subresource.to_owned());
            let known = quoted(known.iter().copied());
            findings.report(UnknownSubresource { span: entry.span(), kind, subresource, known });
        }
    }
    true
}

fn quoted<'t>(names: impl Iterator<Item = &'t str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    suggest::alternatives(&names)
}

impl<'a> Checker<'a, '_> {
    /// The types of the targets of a mutation.
    pub(super) fn targets(&mut self, mutate: &model::Mutate<'_>) -> Option<Rc<[TypeId]>> {
        let mut types = Some(Vec::new());
        for target in &mutate.targets {
            let kind = self.named_kind(target.node);
            self.target(target.node, kind);
            match (kind, &mut types) {
                (Some(kind), Some(types)) => add(types, kind.ty),
                (None, _) => types = None,
                (Some(_), None) => {}
            }
        }
        types.map(Into::into)
    }

    /// The kind that `apiVersion` and `kind` of an object name; nothing when it is not known.
    pub(super) fn named_kind(&mut self, node: &Node) -> Option<&'a Kind> {
        let (api_version, kind) = (node.given("apiVersion")?.as_text()?, node.given("kind")?.as_text()?);
        let (version, name) = (api_version.as_str(), kind.as_str());
        if version.contains("{{") || name.contains("{{") {
            return None;
        }
        let schemas = self.schemas;
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let found = schemas.of_object(version, name);
        if let Some(gone) = found.filter(|kind| !schemas.is_served(kind)) {
            let served =
                schemas.named(name).filter(|kind| schemas.is_served(kind) && kind.is_namespaced == gone.is_namespaced);
            let instead: Vec<String> = served.map(|kind| schemas.api_version(kind)).collect();
            let instead = quoted(instead.iter().map(String::as_str));
            self.findings.report(UnknownVersion {
                span: api_version.span(),
                kind: format!("{version}/{name}"),
                instead,
            });
        }
        if found.is_none() && !schemas.is_group(group) && Schemas::is_no_group(group) && schemas.find(name).is_unknown()
        {
            // A definition's group has a dot.
            let (kind, instead) = (format!("{version}/{name}"), String::new());
            self.findings.report(UnknownVersion { span: api_version.span(), kind, instead });
        } else if found.is_none() {
            match schemas.find(name) {
                other @ Found::NoKind { .. } if schemas.is_group(group) => {
                    let is_told = report(kind, &other, false, schemas, &mut self.findings);
                    if !is_told {
                        let span = if schemas.is_api_version(version) { kind.span() } else { api_version.span() };
                        let (kind, instead) = (format!("{version}/{name}"), String::new());
                        self.findings.report(UnknownVersion { span, kind, instead });
                    }
                }
                Found::Kinds(known) => {
                    let is_near = |found: &&Selected<'_>| {
                        schemas.is_group(group)
                            || Schemas::is_no_group(group)
                            || suggest::closest(version, [schemas.api_version(found.kind).as_str()]).is_some()
                    };
                    let instead: Vec<String> =
                        known.iter().filter(is_near).map(|found| schemas.api_version(found.kind)).collect();
                    if !instead.is_empty() {
                        let instead = quoted(instead.iter().map(String::as_str));
                        let named = format!("{version}/{name}");
                        self.findings.report(UnknownVersion { span: api_version.span(), kind: named, instead });
                    }
                }
                _ => {}
            }
        }
        found
    }
}
