//! What Kyverno's controllers must be allowed to do for a rule: to write what it generates, changes later or cleans up.
//!
//! A rule that they have no permissions for is refused by a cluster, or does nothing (Kyverno `pkg/policy/auth`). Permissions are
//! given by ClusterRoles with a label; what a plain installation has is in Kyverno's `charts/kyverno/templates`.

use std::fmt::Write;

use dikast_grammar::Span;
use dikast_grammar::kind::KindSelector;
use dikast_grammar::yaml::{Node, Text};
use dikast_stdlib::wildcard::is_wildcard;

use crate::diagnostic::{Diagnostics, faults};
use crate::model::Fields;
use crate::schema::{Found, Schemas};

/// A part of Kyverno that acts on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controller {
    /// It generates and changes existing objects.
    Background,
    /// It deletes.
    Cleanup,
}

impl Controller {
    /// The label of ClusterRoles that give it permissions.
    pub fn label(self) -> &'static str {
        match self {
            Self::Background => "rbac.kyverno.io/aggregate-to-background-controller",
            Self::Cleanup => "rbac.kyverno.io/aggregate-to-cleanup-controller",
        }
    }

    /// Whether a plain installation may write these resources.
    fn may_write(self, group: &str, resource: &str) -> bool {
        let known: &[&str] = match group {
            "" => &["configmaps", "limitranges", "resourcequotas"],
            "networking.k8s.io" => &["ingressclasses", "ingresses", "networkpolicies"],
            "rbac.authorization.k8s.io" => &["rolebindings", "roles"],
            "resource.k8s.io" => &["resourceclaims", "resourceclaimtemplates"],
            "kyverno.io" => {
                &["clusterpolicies", "globalcontextentries", "policies", "policyexceptions", "updaterequests"]
            }
            "policies.kyverno.io" => &[
                "generatingpolicies",
                "mutatingpolicies",
                "namespacedgeneratingpolicies",
                "namespacedmutatingpolicies",
                "policyexceptions",
            ],
            _ => &[],
        };
        self == Self::Background && known.contains(&resource)
    }
}

/// Something that a controller must be allowed to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Who.
    pub controller: Controller,
    /// The API group; empty for the core group.
    pub group: String,
    /// The resources, such as `networkpolicies`.
    pub resource: String,
    /// What it does with them beside reading.
    pub verbs: &'static [&'static str],
    /// Where the policy names the kind.
    pub span: Span,
}

impl Permission {
    /// Whether no installation of Kyverno has it from the start.
    pub fn is_extra(&self) -> bool {
        !self.controller.may_write(&self.group, &self.resource)
    }

    /// A rule of a ClusterRole that gives it, on one line.
    pub fn rule(&self) -> String {
        let verbs = ["get", "list", "watch"].iter().chain(self.verbs).copied().collect::<Vec<_>>().join(", ");
        format!("{{apiGroups: [\"{}\"], resources: [{}], verbs: [{verbs}]}}", self.group, self.resource)
    }
}

/// What a rule of a policy needs. What it names by variables is not known.
pub fn of_rule(rule: &Node, schemas: &Schemas) -> Vec<Permission> {
    let mut needed = Vec::new();
    if let Some(generate) = rule.given("generate") {
        let is_synchronized = generate.flag("synchronize", false);
        let verbs: &[&str] = if is_synchronized { &["create", "update", "delete"] } else { &["create"] };
        let loops = generate.list("foreach");
        for pattern in if loops.is_empty() { std::slice::from_ref(generate) } else { loops } {
            add_named(pattern, verbs, schemas, &mut needed);
            for kind in pattern.at(&["cloneList", "kinds"]).map(Node::items).unwrap_or_default() {
                add(kind.as_text(), Controller::Background, verbs, schemas, &mut needed);
            }
        }
    }
    for target in rule.at(&["mutate", "targets"]).map(Node::items).unwrap_or_default() {
        add_named(target, &["update"], schemas, &mut needed);
    }
    needed
}

/// What the `spec` of a cleanup policy needs.
pub fn of_cleanup(spec: &Node, schemas: &Schemas) -> Vec<Permission> {
    let mut needed = Vec::new();
    let filters =
        ["any", "all"].into_iter().flat_map(|name| spec.at(&["match", name]).map(Node::items).unwrap_or_default());
    for kind in filters.flat_map(|filter| filter.at(&["resources", "kinds"]).map(Node::items).unwrap_or_default()) {
        add(kind.as_text(), Controller::Cleanup, &["delete"], schemas, &mut needed);
    }
    needed
}

/// Adds the resources of an object's `apiVersion` and `kind`.
fn add_named(object: &Node, verbs: &'static [&'static str], schemas: &Schemas, needed: &mut Vec<Permission>) {
    let (Some(api_version), Some(kind)) = (object.text("apiVersion"), object.text("kind")) else { return };
    let group = api_version.as_str().rsplit_once('/').map_or("", |(group, _)| group);
    if [group, kind.as_str()].iter().any(|text| is_open(text)) {
        return;
    }
    let resource = match schemas.of_object(api_version.as_str(), kind.as_str()) {
        Some(kind) => schemas.plural(kind),
        None => Schemas::plural_of(kind.as_str()),
    };
    push(
        Permission { controller: Controller::Background, group: group.to_owned(), resource, verbs, span: kind.span() },
        needed,
    );
}

/// Adds the resources of an entry of `kinds`.
fn add(
    entry: Option<&Text>,
    controller: Controller,
    verbs: &'static [&'static str],
    schemas: &Schemas,
    needed: &mut Vec<Permission>,
) {
    let Some(entry) = entry.filter(|entry| !is_open(entry.as_str())) else { return };
    // A kind that is not known has a group that is not known, unless it is named.
    let selector = KindSelector::parse(entry.as_str());
    let kinds = match schemas.find(entry.as_str()) {
        Found::Kinds(found) => found
            .iter()
            .map(|found| (schemas.graph().name(found.kind.group).to_owned(), schemas.plural(found.kind)))
            .collect(),
        _ if !is_wildcard(selector.group) => vec![(selector.group.to_owned(), Schemas::plural_of(selector.kind))],
        _ => Vec::new(),
    };
    for (group, resource) in kinds {
        push(Permission { controller, group, resource, verbs, span: entry.span() }, needed);
    }
}

fn push(permission: Permission, needed: &mut Vec<Permission>) {
    let is_same = |other: &Permission| (&other.group, &other.resource) == (&permission.group, &permission.resource);
    if !needed.iter().any(is_same) {
        needed.push(permission);
    }
}

fn is_open(text: &str) -> bool {
    is_wildcard(text) || text.contains("{{") || text.contains('$')
}

/// A ClusterRole with these permissions, all of one controller.
pub fn cluster_role(controller: Controller, permissions: &[&Permission]) -> String {
    let mut role = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: kyverno:policies\n  labels:\n    {}: \"true\"\nrules:\n",
        controller.label()
    );
    for permission in permissions {
        // Writing to a `String` cannot fail.
        let _ = writeln!(role, "  - {}", permission.rule());
    }
    role
}

/// The ClusterRoles among the files that give Kyverno permissions.
#[derive(Debug, Default)]
pub(crate) struct Roles(Vec<Role>);

#[derive(Debug)]
struct Role {
    folder: String,
    controllers: Vec<Controller>,
    rules: Vec<[Vec<String>; 3]>,
}

impl Roles {
    /// Adds a document of a file if it is such a role.
    pub(crate) fn add(&mut self, document: &Node, file: &str) {
        if document.text("kind").is_none_or(|kind| kind.as_str() != "ClusterRole") {
            return;
        }
        let is_for = |controller: &Controller| {
            let label = document.at(&["metadata", "labels", controller.label()]);
            label.and_then(Node::as_str) == Some("true")
        };
        let controllers: Vec<_> = [Controller::Background, Controller::Cleanup].into_iter().filter(is_for).collect();
        if controllers.is_empty() {
            return;
        }
        let texts = |node: &Node| node.items().iter().filter_map(Node::as_str).map(str::to_owned).collect();
        let rules = document.list("rules").iter().map(|rule| {
            ["apiGroups", "resources", "verbs"].map(|name| rule.given(name).map(texts).unwrap_or_default())
        });
        self.0.push(Role { folder: folder(file).to_owned(), controllers, rules: rules.collect() });
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells which of these permissions the roles beside a policy do not give. Where there are none for a controller, its
    /// permissions are given elsewhere.
    pub(crate) fn check(&self, needed: &[Permission], file: &str, diagnostics: &mut Diagnostics) {
        for permission in needed.iter().filter(|permission| permission.is_extra()) {
            let is_beside = |role: &&Role| {
                let (role_folder, folder) = (role.folder.as_str(), folder(file));
                role.controllers.contains(&permission.controller) && is_within(folder, role_folder)
            };
            let roles: Vec<&Role> = self.0.iter().filter(is_beside).collect();
            let is_given = |verb: &&&str| roles.iter().any(|role| role.gives(permission, verb));
            let verbs: Vec<&str> = permission.verbs.iter().filter(|verb| !is_given(verb)).copied().collect();
            if !roles.is_empty() && !verbs.is_empty() {
                diagnostics.report(NotAllowed {
                    span: permission.span,
                    verbs: verbs.join(", "),
                    resource: permission.resource.clone(),
                    label: permission.controller.label(),
                    rule: permission.rule(),
                });
            }
        }
    }
}

impl Role {
    fn gives(&self, permission: &Permission, verb: &str) -> bool {
        let has = |list: &[String], wanted: &str| list.iter().any(|text| text == "*" || text == wanted);
        self.rules.iter().any(|[groups, resources, verbs]| {
            has(groups, &permission.group) && has(resources, &permission.resource) && has(verbs, verb)
        })
    }
}

fn folder(file: &str) -> &str {
    file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

/// Whether one folder is in the other, or is it.
fn is_within(one: &str, other: &str) -> bool {
    let below = |inner: &str, outer: &str| {
        outer.is_empty()
            || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
    };
    below(one, other) || below(other, one)
}

faults! {
    /// Something that a rule does and that no role allows.
    #[error("no ClusterRole beside this policy lets Kyverno {verbs} `{resource}`")]
    NOT_ALLOWED: NotAllowed { verbs: String, resource: String, label: &'static str, rule: String }
    help(self) { Some(format!("add to the rules of one with the label `{}: \"true\"`: `{}`", self.label, self.rule)) }
}
