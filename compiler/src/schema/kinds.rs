//! The kinds that an entry of `kinds` can mean (Kyverno `pkg/utils/kube/kind.go`).

use dikast_grammar::kind::KindSelector;
use dikast_stdlib::wildcard::{is_wildcard, matches};

use super::graph::{Kind, TypeId};
use super::{EMBEDDED, Schemas};
use crate::model::suggest;

/// What is known of an entry of `kinds`.
#[derive(Clone, Debug)]
pub enum Found<'s> {
    /// It means these.
    Kinds(Vec<Selected<'s>>),
    /// It may mean kinds that are not known.
    Unchecked,
    /// Nothing has this kind, and perhaps another one is meant.
    NoKind {
        /// What is meant.
        meant: Option<&'s str>,
    },
    /// The kind exists, but not in this group and version.
    NoVersion {
        /// Where it exists.
        instead: Vec<String>,
    },
    /// The kind has no such subresource.
    NoSubresource {
        /// Those that it has.
        known: Vec<&'s str>,
    },
}

/// A kind, and what requests for it or its subresource hold.
#[derive(Clone, Copy, Debug)]
pub struct Selected<'s> {
    /// The kind.
    pub kind: &'s Kind,
    /// The type of the object in a request.
    pub ty: TypeId,
}

impl Found<'_> {
    /// Whether no kind of this name is known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::NoKind { .. })
    }
}

impl Schemas {
    /// The kinds that an entry can mean. A kind without a version is one that is served today, if there is one.
    pub fn find(&self, entry: &str) -> Found<'_> {
        let selector = KindSelector::parse(entry);
        if is_wildcard(selector.kind) || selector.kind.is_empty() {
            return Found::Unchecked;
        }
        let named: Vec<&Kind> = self.named(selector.kind).collect();
        if named.is_empty() {
            let other_group = !is_wildcard(selector.group) && !self.is_group(selector.group);
            return match self.closest(selector.kind) {
                // A definition's group has a dot.
                meant if other_group && Self::is_no_group(selector.group) => match meant {
                    Some(meant) => Found::NoKind { meant: Some(meant) },
                    None => Found::NoVersion { instead: Vec::new() },
                },
                _ if other_group => Found::Unchecked,
                // Kubernetes' own groups have no kinds beside those that are known.
                None if !is_wildcard(selector.group) => Found::NoVersion { instead: Vec::new() },
                meant => Found::NoKind { meant },
            };
        }
        let fits = |kind: &&&Kind| {
            matches(selector.group, self.graph.name(kind.group))
                && matches(selector.version, self.graph.name(kind.version))
        };
        let mut kinds: Vec<&Kind> = named.iter().filter(fits).copied().collect();
        if kinds.is_empty() {
            let is_foreign =
                !is_wildcard(selector.group) && !self.is_group(selector.group) && !self.is_slip(selector.group, &named);
            let instead = named.iter().filter(|kind| self.is_served(kind)).map(|kind| self.api_version(kind)).collect();
            return if is_foreign { Found::Unchecked } else { Found::NoVersion { instead } };
        }
        if is_wildcard(selector.version) && kinds.iter().any(|kind| self.is_served(kind)) {
            kinds.retain(|kind| self.is_served(kind));
        }
        self.select(&kinds, selector.subresource)
    }

    fn select<'s>(&'s self, kinds: &[&'s Kind], subresource: &str) -> Found<'s> {
        if subresource.is_empty() {
            return Found::Kinds(kinds.iter().map(|kind| Selected { kind, ty: kind.ty }).collect());
        }
        let all = kinds.iter().flat_map(|kind| {
            kind.subresources.iter().map(move |&(name, ty)| (self.graph.name(name), Selected { kind, ty }))
        });
        // A subresource that is a wildcard may be none at all.
        let none = kinds.iter().filter(|_| matches(subresource, "")).map(|kind| Selected { kind, ty: kind.ty });
        let found: Vec<_> =
            all.clone().filter(|(name, _)| matches(subresource, name)).map(|(_, found)| found).chain(none).collect();
        if found.is_empty() {
            return Found::NoSubresource { known: all.map(|(name, _)| name).collect() };
        }
        Found::Kinds(found)
    }

    /// The kinds of `apiVersion` and `kind`; nothing when there are none that are known.
    pub fn of_object(&self, api_version: &str, kind: &str) -> Option<&Kind> {
        self.named(kind).find(|found| self.api_version(found) == api_version)
    }

    /// `GROUP/VERSION`, or the version alone in the core group.
    pub fn api_version(&self, kind: &Kind) -> String {
        let (group, version) = (self.graph.name(kind.group), self.graph.name(kind.version));
        if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
    }

    /// Kinds of a name, in all groups and versions.
    pub fn named<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s Kind> + use<'s> {
        let name = self.graph.find_name(name);
        self.graph.kinds().iter().filter(move |kind| Some(kind.kind) == name)
    }

    /// Whether a kind of an API version is known.
    pub fn is_api_version(&self, api_version: &str) -> bool {
        self.graph.kinds().iter().any(|kind| self.api_version(kind) == api_version)
    }

    /// Whether the last version of Kubernetes has a kind.
    pub fn is_served(&self, kind: &Kind) -> bool {
        kind.versions.contains(&self.newest)
    }

    /// Whether a kind of a group is known.
    pub fn is_group(&self, group: &str) -> bool {
        self.graph.kinds().iter().any(|kind| self.graph.name(kind.group) == group)
    }

    /// Whether no version of Kubernetes has a group, nor any definition, whose groups have a dot. What definitions among
    /// the files say is asked of [`Schemas::is_group`].
    pub fn is_no_group(group: &str) -> bool {
        let built_in = EMBEDDED.kinds().iter().any(|kind| EMBEDDED.name(kind.group) == group);
        !built_in && !group.contains('.')
    }

    /// Whether a group that is not known is one of these kinds' groups with a slip of the pen, or no group that a definition
    /// can have.
    fn is_slip(&self, group: &str, named: &[&Kind]) -> bool {
        let groups = named.iter().map(|kind| self.graph.name(kind.group));
        !group.contains('.') || suggest::closest(group, groups).is_some()
    }

    /// The kind that may be meant by a name that no kind has: written in small letters, in the plural, or with a slip.
    fn closest(&self, name: &str) -> Option<&str> {
        let all = || self.graph.kinds().iter().map(|kind| self.graph.name(kind.kind));
        let shortened = |length: usize| name.len().checked_sub(length).and_then(|end| name.split_at_checked(end));
        let is_plural = |ending: &str| shortened(ending.len()).filter(|(_, end)| end.eq_ignore_ascii_case(ending));
        let singulars = [Some(name), is_plural("s").map(|(one, _)| one), is_plural("es").map(|(one, _)| one)];
        let same = all().find(|kind| singulars.iter().flatten().any(|singular| kind.eq_ignore_ascii_case(singular)));
        same.or_else(|| suggest::closest(name, all()).filter(|meant| meant.len().abs_diff(name.len()) <= 2))
    }
}
