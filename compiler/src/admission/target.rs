//! What rules change or make (Kyverno `api/kyverno/v1/{rule,common}_types.go`).

use dikast_grammar::yaml::Text;

use super::fault::RefusedTarget;
use crate::diagnostic::Diagnostics;
use crate::model::{Fields, Generate, Mutate, Policy};
use crate::schema::Schemas;

/// A `Policy` changes objects of its own namespace only.
pub(super) fn check_mutation(policy: &Policy<'_>, mutate: &Mutate<'_>, diagnostics: &mut Diagnostics) {
    let Some(own) = policy.namespace else { return };
    for target in &mutate.targets {
        if let Some(namespace) = target.node.nonempty("namespace").filter(|other| other.as_str() != own.as_str()) {
            diagnostics.report(elsewhere(namespace, own));
        }
    }
}

/// A `Policy` makes and copies objects of its own namespace only; what is copied at once has one scope.
pub(super) fn check_generation(
    policy: &Policy<'_>,
    generate: &Generate<'_>,
    schemas: Option<&Schemas>,
    diagnostics: &mut Diagnostics,
) {
    for pattern in &generate.patterns {
        let namespaces = pattern.node.nonempty("namespace");
        if let Some(kind) = pattern.node.nonempty("kind").filter(|_| schemas.is_none() && namespaces.is_none()) {
            diagnostics.report(RefusedTarget {
                span: kind.span(),
                problem: format!("a `{}` to generate without its namespace", kind.as_str()),
                help: "add `namespace`, which Kyverno's command line asks for even where the kind has none".to_owned(),
            });
        }
        if let Some(own) = policy.namespace {
            let sources =
                ["clone", "cloneList"].iter().filter_map(|name| pattern.node.given(name)?.nonempty("namespace"));
            let places = pattern.node.nonempty("namespace").into_iter().chain(sources);
            for other in places.filter(|other| other.as_str() != own.as_str() && !other.as_str().contains("{{")) {
                diagnostics.report(elsewhere(other, own));
            }
        }
        let kinds = pattern.node.given("cloneList").map(|list| list.texts("kinds")).unwrap_or_default();
        let scope = |kind: &Text| {
            let (api_version, kind) = kind.as_str().rsplit_once('/')?;
            schemas?.of_object(api_version, kind).map(|kind| kind.is_namespaced)
        };
        let first = kinds.first().and_then(|kind| scope(kind));
        if let Some(other) =
            kinds.iter().find(|kind| first.is_some() && scope(kind).is_some_and(|is| Some(is) != first))
        {
            diagnostics.report(RefusedTarget {
                span: other.span(),
                problem: "kinds with and without a namespace in one `cloneList`".to_owned(),
                help: "write a rule for each".to_owned(),
            });
        }
    }
}

fn elsewhere(namespace: &Text, own: &Text) -> RefusedTarget {
    RefusedTarget {
        span: namespace.span(),
        problem: format!("a `Policy` in `{}` reaches nothing in `{}`", own.as_str(), namespace.as_str()),
        help: "use its own namespace, or make it a `ClusterPolicy`".to_owned(),
    }
}
