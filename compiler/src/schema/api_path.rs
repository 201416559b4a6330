//! What the API server answers at a path.

use super::graph::Kind;
use super::{Schemas, TypeId};
use crate::model::suggest;

/// What is at a path of the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<'s> {
    /// An object of this type.
    Object(TypeId),
    /// A list of objects of this type, under `items`.
    List(TypeId),
    /// A list of objects that are not known.
    AnyList,
    /// Not known.
    Unknown,
    /// A group, or a version of it, that no API server has.
    NoGroup {
        /// What is meant by the first step, if that is wrong.
        meant: Option<&'static str>,
        /// The steps that name it.
        named: String,
    },
    /// A group and version of Kubernetes that has no such resource.
    NoResource {
        /// The resource that may be meant.
        meant: Option<String>,
        /// Where it would be served.
        api_version: &'s str,
    },
}

impl Schemas {
    /// What is at `/api/VERSION/...` or `/apis/GROUP/VERSION/...`. A step that is `None` is only known at run time.
    pub fn answer_at<'s>(&self, steps: &[Option<&'s str>]) -> Answer<'s> {
        let (group, version, rest) = match steps {
            [Some("api"), Some(version), rest @ ..] => ("", *version, rest),
            [Some("apis"), Some(group), Some(version), rest @ ..] => (*group, *version, rest),
            [Some(first), ..] if !matches!(*first, "api" | "apis") => {
                let meant = suggest::closest(first, ["api", "apis"]);
                return meant.map_or(Answer::Unknown, |meant| Answer::NoGroup {
                    meant: Some(meant),
                    named: (*first).to_owned(),
                });
            }
            _ => return Answer::Unknown,
        };
        let is_version =
            |kind: &Kind| self.graph().name(kind.group) == group && self.graph().name(kind.version) == version;
        if (self.is_group(group) || Self::is_no_group(group)) && !self.graph().kinds().iter().any(is_version) {
            let named = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            return Answer::NoGroup { meant: None, named };
        }
        let rest = match rest {
            [Some("namespaces"), _, plural, rest @ ..] if !is_subresource(*plural) => {
                return self.collection(group, version, *plural, rest);
            }
            rest => rest,
        };
        match rest {
            [plural, rest @ ..] => self.collection(group, version, *plural, rest),
            [] => Answer::Unknown,
        }
    }

    fn collection<'s>(&self, group: &str, version: &'s str, plural: Option<&str>, rest: &[Option<&str>]) -> Answer<'s> {
        let Some(plural) = plural else { return Answer::Unknown };
        let in_group =
            |kind: &&Kind| self.graph().name(kind.group) == group && self.graph().name(kind.version) == version;
        let all = || self.graph().kinds().iter().filter(in_group).map(|kind| (kind, self.plural(kind)));
        let found = all().find(|(_, name)| name == plural).map(|(kind, _)| kind);
        match (found, rest) {
            (Some(kind), [] | [Some("")]) => Answer::List(kind.ty),
            (Some(kind), [_]) => Answer::Object(kind.ty),
            (Some(_), _) => Answer::Unknown,
            (None, _) => {
                let names: Vec<String> = all().map(|(_, name)| name).collect();
                if names.is_empty() {
                    return if rest.is_empty() { Answer::AnyList } else { Answer::Unknown };
                }
                let meant = suggest::closest(plural, names.iter().map(String::as_str)).map(str::to_owned);
                Answer::NoResource { meant, api_version: version }
            }
        }
    }

    /// The name of a kind's collection: its plural in small letters, by the rules that Kubernetes names its own by
    /// (`k8s.io/apimachinery/pkg/api/meta`, `UnsafeGuessKindToResource`).
    pub(crate) fn plural(&self, kind: &Kind) -> String {
        Self::plural_of(self.graph().name(kind.kind))
    }

    /// The same for a kind that is not known.
    pub(crate) fn plural_of(kind: &str) -> String {
        let singular = kind.to_lowercase();
        if singular == "endpoints" {
            return singular;
        }
        match singular.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None if singular.ends_with('s') => format!("{singular}es"),
            None => format!("{singular}s"),
        }
    }
}

/// Parts of a Namespace itself.
fn is_subresource(step: Option<&str>) -> bool {
    matches!(step, Some("status" | "finalize" | ""))
}
