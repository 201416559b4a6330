//! `CleanupPolicy` and `ClusterCleanupPolicy` (Kyverno `config/crds/kyverno/kyverno.io_cleanuppolicies.yaml`).

use super::context::{ANY_ALL, ENTRY};
use super::form::SCHEDULE;
use super::matching::{EXCLUDE, MATCH};
use super::policy::METADATA;
use super::{Field, ObjectShape, Shape};

/// The document.
pub(in crate::model) static CLEANUP: ObjectShape = ObjectShape {
    title: "the policy",
    fields: &[
        Field::required("apiVersion", Shape::Text, "Group and version of the kind."),
        Field::required("kind", Shape::Text, "Kind of the object."),
        Field::required("metadata", Shape::Object(&METADATA), "Name, labels and annotations."),
        Field::required("spec", Shape::Object(&SPEC), "What is wanted."),
        Field::new("status", Shape::Any, "Written by the cluster, never by authors."),
    ],
    constraints: &[],
};

static SPEC: ObjectShape = ObjectShape {
    title: "`spec`",
    fields: &[
        Field::required("match", Shape::Object(&MATCH), "Which objects are deleted."),
        Field::new("exclude", Shape::Object(&EXCLUDE), "Which of the matched objects stay."),
        Field::new(
            "context",
            Shape::List(&Shape::Object(&ENTRY)),
            "Values that expressions can name, loaded when they are first asked for, in this order.",
        ),
        Field::new("conditions", Shape::Object(&ANY_ALL), "Conditions that must hold, or the object stays."),
        Field::required("schedule", Shape::Form(&SCHEDULE), "When objects are deleted, as in a CronJob."),
        Field::new(
            "deletionPropagationPolicy",
            Shape::Choice(&["Foreground", "Background", "Orphan"]),
            "What becomes of the objects that depend on the deleted one.",
        ),
    ],
    constraints: &[],
};
