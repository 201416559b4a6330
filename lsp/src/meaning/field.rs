//! The place in the policy schema.

use dikast_compiler::policy_schema::{self, Object, Type};
use dikast_grammar::yaml::Node;

use crate::syntax::Step;

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning {
    /// A value of a policy's own, and what it takes.
    Own(Type),
    /// Part of a free-form document: a pattern, a patch, a value.
    Free {
        /// How many steps lead to the field that holds the document.
        depth: usize,
    },
}

/// What a path from the root of a document of a kind leads to; nothing where the schema has no such place.
pub(crate) fn meaning_of(root: Object, path: &[Step]) -> Option<Meaning> {
    let mut at = At::Object(root);
    for (depth, step) in path.iter().enumerate() {
        if matches!(at, At::Type(ty) if ty.is_any()) {
            return Some(Meaning::Free { depth });
        }
        at = match (at, step) {
            (at, Step::Key(key)) => match (at.object(), at) {
                (Some(object), _) => At::Type(object.field(key)?.takes()),
                (None, At::Type(ty)) => At::Type(ty.member()?),
                (None, At::Object(_)) => return None,
            },
            (At::Type(ty), Step::Item(_)) => At::Type(ty.item()?),
            (At::Object(_), Step::Item(_)) => return None,
        };
    }
    match at {
        At::Object(_) => None,
        At::Type(ty) if ty.is_any() => Some(Meaning::Free { depth: path.len() }),
        At::Type(ty) => Some(Meaning::Own(ty)),
    }
}

/// The schema that a document's `kind` names, if it is one of Kyverno's.
pub(crate) fn document_kind(document: Option<&Node>) -> Option<Object> {
    let text = |name: &str| document.and_then(|document| document.get(name)).and_then(Node::as_str);
    match (text("apiVersion"), text("kind")) {
        (Some(version), Some(kind)) if version.starts_with("kyverno.io/") => policy_schema::document(kind),
        (Some(version), kind) if version.starts_with("cli.kyverno.io/") => {
            policy_schema::document(kind.unwrap_or("Test"))
        }
        (Some(version), None) if version.starts_with("kyverno.io/") => policy_schema::document("ClusterPolicy"),
        (None, Some(kind @ ("ClusterPolicy" | "PolicyException"))) => policy_schema::document(kind),
        (None, None) if document.is_none_or(|document| document.is_null() || is_sketch(document)) => {
            policy_schema::document("ClusterPolicy")
        }
        _ => None,
    }
}

/// Whether a document has nothing yet that says what it is.
fn is_sketch(document: &Node) -> bool {
    document.as_str().is_some()
}

#[derive(Clone, Copy)]
enum At {
    Object(Object),
    Type(Type),
}

impl At {
    fn object(self) -> Option<Object> {
        match self {
            Self::Object(object) => Some(object),
            Self::Type(ty) => ty.object(),
        }
    }
}
