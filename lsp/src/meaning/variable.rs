//! The variables that are there without a definition (Kyverno `pkg/engine/context/context.go`).

/// A variable that is there without a definition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) doc: &'static str,
    /// Where it is there.
    pub(crate) place: Availability,
}

/// Where a variable is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Availability {
    /// In every rule.
    Everywhere,
    /// In the turns of a `foreach`.
    Loops,
    /// In what a rule does to existing objects.
    Targets,
}

const fn variable(name: &'static str, place: Availability, doc: &'static str) -> Variable {
    Variable { name, doc, place }
}

/// All of them.
pub(crate) static VARIABLES: &[Variable] = &[
    variable("request", Availability::Everywhere, "The admission request: what is done to which object, and by whom."),
    variable(
        "images",
        Availability::Everywhere,
        "The images of the object's containers in parts, by sort of container and name of the container.",
    ),
    variable(
        "serviceAccountName",
        Availability::Everywhere,
        "The service account that makes the request, without its namespace.",
    ),
    variable(
        "serviceAccountNamespace",
        Availability::Everywhere,
        "The namespace of the service account that makes the request.",
    ),
    variable("element", Availability::Loops, "The element of this turn of the loop."),
    variable("elementIndex", Availability::Loops, "The position of this turn's element in the list, from 0."),
    variable("target", Availability::Targets, "The existing object that the rule changes, or that is to be deleted."),
];

/// What the members of `request` hold.
pub(crate) static REQUEST: &[(&str, &str)] = &[
    ("uid", "Names this request; each attempt has another."),
    ("kind", "Group, version and kind of the object in the request."),
    ("resource", "Group, version and resource of the request."),
    ("subResource", "The subresource of the request, such as `status`; empty for the object itself."),
    ("requestKind", "The kind as the client asked for it, before it was turned into another version."),
    ("requestResource", "The resource as the client asked for it."),
    ("requestSubResource", "The subresource as the client asked for it."),
    ("name", "The object's name; empty when the server is to make one."),
    ("namespace", "The object's namespace; empty for objects without one."),
    ("operation", "`CREATE`, `UPDATE`, `DELETE` or `CONNECT`."),
    ("userInfo", "Who makes the request."),
    ("roles", "The roles that the user has, as `namespace:name`."),
    ("clusterRoles", "The cluster roles that the user has."),
    ("object", "The object as it will be; for DELETE, the object that goes."),
    ("oldObject", "The object as it was; only for UPDATE and DELETE."),
    ("dryRun", "Whether nothing will be kept of the request."),
    ("options", "The options of the operation."),
];
