//! Fields and values of policies.

use dikast_compiler::policy_schema::{Field, Object, Type};
use dikast_compiler::schema::graph::Kind;
use dikast_grammar::yaml::Node;
use dikast_stdlib::condition::{Operator, OperatorKind};
use lsp_types::CompletionItemKind;

use super::Proposal;
use crate::feature::words;
use crate::meaning::{Cursor, Meaning};
use crate::syntax::{Spot, Step};
use crate::workspace::Workspace;

/// The fields that can be added to the object at a place: needed ones first, deprecated ones last.
pub(super) fn keys(cursor: &Cursor<'_>, schema: Object, meaning: Option<Meaning>) -> Vec<Proposal> {
    let (object, in_list) = match meaning {
        None if cursor.place.path.is_empty() => (schema, false),
        Some(Meaning::Own(ty)) => match (ty.object(), ty.item().and_then(Type::object)) {
            (Some(object), _) => (object, false),
            // A list of objects whose next item has no dash yet.
            (None, Some(object)) => (object, true),
            (None, None) => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let written = match &cursor.place.spot {
        Spot::Key(range) => cursor.text.part(range.clone()),
        _ => "",
    };
    let present: Vec<&str> = if in_list { Vec::new() } else { present(cursor, written) };
    let is_free = |field: &Field| {
        !present.contains(&field.name()) && !object.excluded_by(field.name()).any(|other| present.contains(&other))
    };
    let mut fields: Vec<Field> = object.fields().filter(is_free).collect();
    fields.sort_by_key(|field| (field.successor().is_some(), !field.is_required()));
    let has_colon = matches!(cursor.place.spot, Spot::Key(_)) && in_block(cursor);
    fields.into_iter().map(|field| proposal(field, object, in_list, has_colon)).collect()
}

fn proposal(field: Field, owner: Object, in_list: bool, has_colon: bool) -> Proposal {
    let takes = field.takes();
    let dash = if in_list { "- " } else { "" };
    let end = match () {
        () if has_colon => "",
        () if takes.object().is_some() || takes.is_list() || takes.member().is_some() => ":",
        () => ": ",
    };
    Proposal {
        text: Some(format!("{dash}{}{end}", field.name())),
        detail: takes.words().to_owned(),
        doc: words::policy_field(field, Some(owner)),
        is_deprecated: field.successor().is_some(),
        ..Proposal::new(field.name(), CompletionItemKind::PROPERTY)
    }
}

/// Whether the key at the cursor has its colon already: keys on lines of their own are only known by it.
fn in_block(cursor: &Cursor<'_>) -> bool {
    let Spot::Key(range) = &cursor.place.spot else { return false };
    cursor.text.as_str().get(range.end..).is_some_and(|rest| rest.trim_start_matches([' ', '"', '\'']).starts_with(':'))
}

/// The keys of the object at the cursor, without the one that is being written.
fn present<'c>(cursor: &'c Cursor<'_>, written: &str) -> Vec<&'c str> {
    let entries = cursor.value().map(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| entry.key.as_str()).filter(|key| *key != written).collect()
}

/// The values that a field can have.
pub(super) fn values(cursor: &Cursor<'_>, workspace: &Workspace, meaning: Option<Meaning>) -> Vec<Proposal> {
    let Some(Meaning::Own(ty)) = meaning else { return Vec::new() };
    let is_item = matches!(cursor.place.path.last(), Some(Step::Item(_)));
    let mut keys = cursor.place.keys().rev();
    let last = keys.next().unwrap_or_default();
    let takes = match ty.item() {
        Some(item) if !is_item => item,
        _ => ty,
    };
    if takes.object().is_some() {
        return Vec::new();
    }
    let choices = takes.choices();
    if !choices.is_empty() {
        return choices.iter().map(|choice| Proposal::new(*choice, CompletionItemKind::ENUM_MEMBER)).collect();
    }
    match (last, keys.next()) {
        ("operator", Some("any" | "all" | "preconditions" | "conditions")) => operators(),
        ("operator", Some("matchExpressions")) => names(&["In", "NotIn", "Exists", "DoesNotExist"]),
        ("kinds", Some("resources")) => kinds(workspace),
        ("apiVersion", None) => names(&["kyverno.io/v1", "kyverno.io/v2", "cli.kyverno.io/v1alpha1"]),
        ("kind", None) => names(&[
            "ClusterPolicy",
            "Policy",
            "PolicyException",
            "ClusterCleanupPolicy",
            "CleanupPolicy",
            "GlobalContextEntry",
            "Test",
            "Values",
            "UserInfo",
        ]),
        ("ruleNames", Some("exceptions")) => rules(cursor, workspace, "policyName"),
        ("rule", Some("results")) => rules(cursor, workspace, "policy"),
        ("kind", Some("results")) => kinds(workspace),
        ("kind", Some("subjects")) => names(&["ServiceAccount", "User", "Group"]),
        ("policyName", Some("exceptions")) | ("policy", Some("results")) => {
            let names = workspace.policies().iter().map(|policy| &policy.name);
            names.map(|name| Proposal::new(name, CompletionItemKind::REFERENCE)).collect()
        }
        _ => Vec::new(),
    }
}

/// The rules of the policy that `field` names beside the place.
fn rules(cursor: &Cursor<'_>, workspace: &Workspace, field: &str) -> Vec<Proposal> {
    let named = cursor.beside(field).unwrap_or_default();
    let meant = workspace.policies().iter().filter(|policy| named.is_empty() || named.ends_with(&policy.name));
    let rules = meant.flat_map(|policy| &policy.rules);
    rules.map(|rule| Proposal::new(rule, CompletionItemKind::REFERENCE)).collect()
}

fn names(names: &[&str]) -> Vec<Proposal> {
    names.iter().map(|name| Proposal::new(*name, CompletionItemKind::ENUM_MEMBER)).collect()
}

fn operators() -> Vec<Proposal> {
    let is_old = |name: &str| {
        matches!(Operator::new(name).kind(), OperatorKind::In | OperatorKind::NotIn | OperatorKind::Duration(_))
    };
    // of two names for the same, the one that Kyverno's documents use
    let mut names: Vec<&str> = Operator::names().filter(|name| !matches!(*name, "Equal" | "NotEqual")).collect();
    names.sort_by_key(|name| is_old(name));
    let proposal = |name: &str| Proposal {
        doc: words::operator(name).unwrap_or_default(),
        is_deprecated: is_old(name),
        ..Proposal::new(name, CompletionItemKind::OPERATOR)
    };
    names.into_iter().map(proposal).collect()
}

/// Kinds that are served; those of Kubernetes' core first.
fn kinds(workspace: &Workspace) -> Vec<Proposal> {
    let schemas = workspace.schemas();
    let name = |id| schemas.graph().name(id);
    let mut kinds: Vec<_> = schemas.graph().kinds().iter().filter(|kind| schemas.is_served(kind)).collect();
    kinds.sort_by_key(|kind| (name(kind.group), name(kind.kind)));
    kinds.dedup_by_key(|kind| (name(kind.group), name(kind.kind)));
    let proposal = |kind: &&Kind| Proposal {
        detail: schemas.api_version(kind),
        ..Proposal::new(name(kind.kind), CompletionItemKind::CLASS)
    };
    kinds.iter().map(proposal).collect()
}
