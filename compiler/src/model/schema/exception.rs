//! `PolicyException` (Kyverno `config/crds/kyverno/kyverno.io_policyexceptions.yaml`).

use super::context::ANY_ALL;
use super::matching::MATCH;
use super::policy::{METADATA, POD_SECURITY_EXCLUDE};
use super::{Field, ObjectShape, Shape};

/// The document.
pub(in crate::model) static EXCEPTION: ObjectShape = ObjectShape {
    title: "the exception",
    fields: &[
        Field::required("apiVersion", Shape::Text, "Group and version of the kind."),
        Field::required("kind", Shape::Text, "Kind of the object."),
        Field::required("metadata", Shape::Object(&METADATA), "Name, labels and annotations."),
        Field::required("spec", Shape::Object(&SPEC), "What is wanted."),
    ],
    constraints: &[],
};

static SPEC: ObjectShape = ObjectShape {
    title: "the exception's `spec`",
    fields: &[
        Field::new("background", Shape::Bool, "Whether existing objects are looked at too."),
        Field::required("match", Shape::Object(&MATCH), "Which requests it is about."),
        Field::new("conditions", Shape::Object(&ANY_ALL), "Conditions that must hold."),
        Field::required("exceptions", Shape::List(&Shape::Object(&EXCEPTED)), "Policies and rules that do not apply.")
            .filled("nothing is excepted"),
        Field::new(
            "podSecurity",
            Shape::List(&Shape::Object(&POD_SECURITY_EXCLUDE)),
            "Levels of the Pod Security Standards.",
        ),
    ],
    constraints: &[],
};

static EXCEPTED: ObjectShape = ObjectShape {
    title: "an entry of `exceptions`",
    fields: &[
        Field::required("policyName", Shape::Text, "Name of the policy; `namespace/name` for a `Policy`."),
        Field::required("ruleNames", Shape::List(&Shape::Text), "Names of rules, with the wildcards `*` and `?`.")
            .filled("nothing is excepted"),
    ],
    constraints: &[],
};
