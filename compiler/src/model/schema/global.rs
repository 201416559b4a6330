//! `GlobalContextEntry` (Kyverno `config/crds/kyverno/kyverno.io_globalcontextentries.yaml`).

use super::context::{DATA, SERVICE};
use super::form::{PROJECTION_NAME, REFRESH_INTERVAL};
use super::policy::METADATA;
use super::{Constraint, Field, ObjectShape, Shape};

/// The document.
pub(in crate::model) static GLOBAL_ENTRY: ObjectShape = ObjectShape {
    title: "the global context entry",
    fields: &[
        Field::required("apiVersion", Shape::Text, "Group and version of the kind."),
        Field::required("kind", Shape::Text, "Kind of the object."),
        Field::required("metadata", Shape::Object(&METADATA), "Name, labels and annotations."),
        Field::required("spec", Shape::Object(&SPEC), "What the entry holds."),
        Field::new("status", Shape::Any, "Written by the cluster, never by authors."),
    ],
    constraints: &[],
};

static SPEC: ObjectShape = ObjectShape {
    title: "the entry's `spec`",
    fields: &[
        Field::new("kubernetesResource", Shape::Object(&RESOURCE), "Objects of the cluster, kept up to date."),
        Field::new("apiCall", Shape::Object(&API_CALL), "The answer of a call that is made again and again."),
        Field::new(
            "projections",
            Shape::List(&Shape::Object(&PROJECTION)),
            "Parts of the data, which rules name as `ENTRY.PROJECTION`.",
        ),
    ],
    constraints: &[Constraint::ExactlyOne(&["kubernetesResource", "apiCall"])],
};

/// The objects that an entry holds.
pub(in crate::model) static RESOURCE: ObjectShape = ObjectShape {
    title: "`kubernetesResource`",
    fields: &[
        Field::new("group", Shape::Text, "API group; none for the core group."),
        Field::required("version", Shape::Text, "API version."),
        Field::required("resource", Shape::Text, "Resource in the plural, such as `deployments`."),
        Field::new("namespace", Shape::Text, "The namespace of the objects; all without one."),
    ],
    constraints: &[],
};

static API_CALL: ObjectShape = ObjectShape {
    title: "`apiCall`",
    fields: &[
        Field::new("urlPath", Shape::Text, "Path in the API server."),
        Field::new("method", Shape::Choice(&["GET", "POST"]), "`GET` or `POST`."),
        Field::new("data", Shape::List(&Shape::Object(&DATA)), "Members of the body of a POST."),
        Field::new("service", Shape::Object(&SERVICE), "A service to call instead of the API server."),
        Field::new("refreshInterval", Shape::Form(&REFRESH_INTERVAL), "Time between two calls, such as `10m`."),
        Field::new("retryLimit", Shape::IntIn(1, i64::MAX), "How often a call is tried."),
    ],
    constraints: &[Constraint::ExactlyOne(&["urlPath", "service"])],
};

static PROJECTION: ObjectShape = ObjectShape {
    title: "a projection",
    fields: &[
        Field::required("name", Shape::Form(&PROJECTION_NAME), "Name of the part."),
        Field::required("jmesPath", Shape::Text, "Expression that takes it from the data."),
    ],
    constraints: &[],
};
