//! `PolicyException` (Kyverno `config/crds/kyverno/kyverno.io_policyexceptions.yaml`).

use super::context::ANY_ALL;
use super::matching::MATCH;
use super::policy::{METADATA, POD_SECURITY_EXCLUDE};
use super::{Field, ObjectShape, Shape};

/// The document.
pub(in crate::model) static EXCEPTION: ObjectShape = ObjectShape {
    title: "the exception",
    fields: &[
        Field::required("apiVersion", Shape::Text),
        Field::required("kind", Shape::Text),
        Field::required("metadata", Shape::Object(&METADATA)),
        Field::required("spec", Shape::Object(&SPEC)),
    ],
    constraints: &[],
};

static SPEC: ObjectShape = ObjectShape {
    title: "the exception's `spec`",
    fields: &[
        Field::new("background", Shape::Bool),
        Field::required("match", Shape::Object(&MATCH)),
        Field::new("conditions", Shape::Object(&ANY_ALL)),
        Field::required("exceptions", Shape::List(&Shape::Object(&EXCEPTED))),
        Field::new("podSecurity", Shape::List(&Shape::Object(&POD_SECURITY_EXCLUDE))),
    ],
    constraints: &[],
};

static EXCEPTED: ObjectShape = ObjectShape {
    title: "an entry of `exceptions`",
    fields: &[Field::required("policyName", Shape::Text), Field::required("ruleNames", Shape::List(&Shape::Text))],
    constraints: &[],
};
