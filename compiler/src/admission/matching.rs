//! `match` and `exclude` (Kyverno `api/kyverno/v1/{match_resources,resource_description,user_info}_types.go`).

use dikast_grammar::template::find_variables;
use dikast_grammar::yaml::{Node, NodeValue, Text};

use super::fault::RefusedFilter;
use super::filters;
use crate::diagnostic::Diagnostics;
use crate::ir::PolicyKind;
use crate::lint::json_patch::Covered;
use crate::model::{Body, Fields, MatchBlock, MutateAction, Policy, Rule, ValidateAction};
use crate::schema::{Found, Schemas};

/// Looks at a block as it is written.
pub(super) fn check_block(block: &Node, policy: &Policy<'_>, schemas: Option<&Schemas>, diagnostics: &mut Diagnostics) {
    let has_lists = ["any", "all"].iter().any(|name| !block.list(name).is_empty());
    if let Some(entry) = block.entry("resources").filter(|entry| has_lists && !entry.value.entries().is_empty()) {
        diagnostics.report(RefusedFilter {
            span: entry.key.span(),
            problem: "`resources` beside `any` or `all`".to_owned(),
            help: "write it as a filter of that list".to_owned(),
        });
    }
    variables(block, diagnostics);
    for filter in filters(block) {
        check_users(filter, diagnostics);
        let Some(resources) = filter.given("resources") else { continue };
        check_selector(resources, diagnostics);
        if policy.kind == PolicyKind::Policy {
            check_scope(resources, schemas, diagnostics);
        }
    }
}

/// Every filter of `match` names kinds.
pub(super) fn check_kinds(block: &MatchBlock<'_>, diagnostics: &mut Diagnostics) {
    for filter in block.filters.iter().filter(|filter| filter.kinds.is_empty() && !filter.is_empty()) {
        diagnostics.report(RefusedFilter {
            span: filter.span,
            problem: "a filter without `kinds`".to_owned(),
            help: "name the kinds that the rule is for".to_owned(),
        });
    }
}

/// A filter for all kinds (Kyverno `validateWildcard` in `pkg/validation/policy/validate.go`).
pub(super) fn check_wildcards(rule: &Rule<'_>, background: bool, diagnostics: &mut Diagnostics) {
    let filters = rule.matching.filters.iter().chain(rule.exclude.iter().flat_map(|block| &block.filters));
    for kinds in filters.map(|filter| &filter.kinds) {
        let Some(all) = kinds.iter().find(|kind| kind.as_str() == "*") else { continue };
        let (problem, help) = if background {
            ("background scans do not go over all kinds", "set `background: false` under `spec`, or name the kinds")
        } else if kinds.len() > 1 {
            ("`*` beside other kinds", "remove the others")
        } else if let Some(problem) = beyond_metadata(rule) {
            (problem, "name the kinds")
        } else {
            continue;
        };
        let (problem, help) = (problem.to_owned(), help.to_owned());
        diagnostics.report(RefusedFilter { span: all.span(), problem, help });
    }
}

/// Background scans do not go over subresources (Kyverno `validKinds`); which those are, schemas know.
pub(super) fn check_subresources(rule: &Rule<'_>, schemas: &Schemas, diagnostics: &mut Diagnostics) {
    let filters = rule.matching.filters.iter().chain(rule.exclude.iter().flat_map(|block| &block.filters));
    for kind in filters.flat_map(|filter| &filter.kinds) {
        let Found::Kinds(found) = schemas.find(kind.as_str()) else { continue };
        if found.iter().any(|found| found.ty != found.kind.ty) {
            diagnostics.report(RefusedFilter {
                span: kind.span(),
                problem: format!("background scans do not go over subresources such as `{}`", kind.as_str()),
                help: "set `background: false` under `spec`".to_owned(),
            });
        }
    }
}

/// What a rule for all kinds may not have: all objects have `metadata` in common, and no more.
fn beyond_metadata(rule: &Rule<'_>) -> Option<&'static str> {
    let is_beyond = |node: &Node| node.entries().iter().any(|entry| entry.key.as_str() != "metadata");
    let refused = match &rule.body {
        Body::Generate(_) => return Some("rules for all kinds generate nothing"),
        Body::Validate(validate) => match &validate.action {
            ValidateAction::Foreach(_) => return Some("rules for all kinds have no `foreach`"),
            ValidateAction::Pattern(pattern) => is_beyond(pattern),
            ValidateAction::AnyPattern(patterns) => patterns.iter().any(is_beyond),
            _ => is_of_specs(rule.node.at(&["validate", "deny", "conditions"])),
        },
        Body::Mutate(mutate) => match &mutate.action {
            MutateAction::Merge(overlay) => is_beyond(overlay),
            MutateAction::Json(_) => {
                let text = rule.node.at(&["mutate", "patchesJson6902"]).and_then(Node::as_text);
                // Kyverno reads only patches that are JSON here.
                let json = text.filter(|text| text.as_str().trim_start().starts_with('['));
                let document = json.and_then(|text| Covered::new(text).document());
                let paths = document.iter().flat_map(Node::items).filter_map(|operation| operation.get("path"));
                paths.filter_map(Node::as_str).any(|path| !path.starts_with("/metadata"))
            }
            _ => false,
        },
    };
    refused.then_some("rules for all kinds look at `metadata` only")
}

/// Whether conditions in their old form ask for more than metadata and the request.
fn is_of_specs(conditions: Option<&Node>) -> bool {
    let keys = conditions.map(Node::items).unwrap_or_default().iter().filter_map(|condition| condition.get("key"));
    keys.filter_map(Node::as_str).any(|key| {
        let is_of_request = find_variables(key).iter().any(|found| {
            let inner = key.get(found.start + 2..found.end).unwrap_or_default().trim_start();
            ["request.", "serviceAccountName", "serviceAccountNamespace"].iter().any(|name| inner.starts_with(name))
        });
        !key.contains("request.object.metadata.") && (!is_of_request || key.contains("request.object.spec"))
    })
}

fn check_users(filter: &Node, diagnostics: &mut Diagnostics) {
    for role in filter.texts("roles").into_iter().filter(|role| role.as_str().split(':').count() != 2) {
        diagnostics.report(RefusedFilter {
            span: role.span(),
            problem: format!("`{}` is no role", role.as_str()),
            help: "write it as `NAMESPACE:NAME`".to_owned(),
        });
    }
    for subject in filter.list("subjects") {
        let kind = subject.text("kind");
        if let Some(kind) =
            kind.filter(|kind| kind.as_str() == "ServiceAccount" && subject.nonempty("namespace").is_none())
        {
            diagnostics.report(RefusedFilter {
                span: kind.span(),
                problem: "a service account without its namespace".to_owned(),
                help: "add `namespace`".to_owned(),
            });
        }
    }
}

fn check_selector(resources: &Node, diagnostics: &mut Diagnostics) {
    let Some(entry) = resources.entry("selector").filter(|entry| matches!(entry.value.value, NodeValue::Map(_))) else {
        return;
    };
    if entry.value.text_map("matchLabels").is_empty() && entry.value.list("matchExpressions").is_empty() {
        diagnostics.report(RefusedFilter {
            span: entry.key.span(),
            problem: "a selector that asks for nothing".to_owned(),
            help: "remove it, or ask for labels".to_owned(),
        });
    }
}

/// A `Policy` is for objects of its own namespace.
fn check_scope(resources: &Node, schemas: Option<&Schemas>, diagnostics: &mut Diagnostics) {
    if let Some(entry) = resources.entry("namespaces").filter(|_| !resources.list("namespaces").is_empty()) {
        diagnostics.report(RefusedFilter {
            span: entry.key.span(),
            problem: "a `Policy` is for its own namespace only".to_owned(),
            help: "remove `namespaces`, or make it a `ClusterPolicy`".to_owned(),
        });
    }
    for kind in resources.texts("kinds") {
        let name = kind.as_str();
        let is_cluster_wide = match schemas.map(|schemas| schemas.find(name)) {
            Some(Found::Kinds(found)) => !found.is_empty() && found.iter().all(|found| !found.kind.is_namespaced),
            _ => false,
        };
        if is_cluster_wide {
            diagnostics.report(RefusedFilter {
                span: kind.span(),
                problem: format!("`{name}` belongs to no namespace, and a `Policy` is for its own only"),
                help: "make it a `ClusterPolicy`".to_owned(),
            });
        }
    }
}

/// Parsing bounds how deeply a node nests.
fn variables(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.value {
        NodeValue::Text(text) => check_text(text, diagnostics),
        NodeValue::List(items) => items.iter().for_each(|item| variables(item, diagnostics)),
        NodeValue::Map(entries) => entries.iter().for_each(|entry| {
            check_text(&entry.key, diagnostics);
            variables(&entry.value, diagnostics);
        }),
        _ => {}
    }
}

fn check_text(text: &Text, diagnostics: &mut Diagnostics) {
    if !find_variables(text.as_str()).is_empty() {
        diagnostics.report(RefusedFilter {
            span: text.span(),
            problem: "variables are not replaced in `match` and `exclude`".to_owned(),
            help: "compare it in `preconditions`".to_owned(),
        });
    }
}
