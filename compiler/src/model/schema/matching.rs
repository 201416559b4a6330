//! Match and exclude blocks, selectors.

use super::{Constraint, Field, ObjectShape, Shape};

const TEXTS: Shape = Shape::List(&Shape::Text);

/// `match`
pub(super) static MATCH: ObjectShape = ObjectShape {
    title: "`match`",
    fields: &[
        Field::new("any", Shape::List(&Shape::Object(&FILTER))),
        Field::new("all", Shape::List(&Shape::Object(&FILTER))),
        Field::deprecated("resources", Shape::Object(&RESOURCES), UNDER_ANY),
        Field::deprecated("subjects", Shape::List(&Shape::Object(&SUBJECT)), UNDER_ANY),
        Field::deprecated("roles", TEXTS, UNDER_ANY),
        Field::deprecated("clusterRoles", TEXTS, UNDER_ANY),
    ],
    constraints: &[Constraint::AtMostOne(&["any", "all"])],
};

/// `exclude`
pub(super) static EXCLUDE: ObjectShape =
    ObjectShape { title: "`exclude`", fields: MATCH.fields, constraints: MATCH.constraints };

const UNDER_ANY: &str = "put it into a filter under `any`";

/// An entry of `any` or `all`.
static FILTER: ObjectShape = ObjectShape {
    title: "a filter",
    fields: &[
        Field::new("resources", Shape::Object(&RESOURCES)),
        Field::new("subjects", Shape::List(&Shape::Object(&SUBJECT))),
        Field::new("roles", TEXTS),
        Field::new("clusterRoles", TEXTS),
    ],
    constraints: &[],
};

static RESOURCES: ObjectShape = ObjectShape {
    title: "`resources`",
    fields: &[
        Field::new("kinds", TEXTS),
        Field::new("name", Shape::Text),
        Field::new("names", TEXTS),
        Field::new("namespaces", TEXTS),
        Field::new("annotations", Shape::MapOf(&Shape::Text)),
        Field::new("selector", Shape::Object(&SELECTOR)),
        Field::new("namespaceSelector", Shape::Object(&SELECTOR)),
        Field::new("operations", Shape::List(&Shape::Choice(&["CREATE", "UPDATE", "DELETE", "CONNECT"]))),
    ],
    constraints: &[Constraint::AtMostOne(&["name", "names"])],
};

static SUBJECT: ObjectShape = ObjectShape {
    title: "a subject",
    fields: &[
        Field::required("kind", Shape::Text),
        Field::required("name", Shape::Text),
        Field::new("namespace", Shape::Text),
        Field::new("apiGroup", Shape::Text),
    ],
    constraints: &[],
};

/// A label selector.
pub(super) static SELECTOR: ObjectShape = ObjectShape {
    title: "a label selector",
    fields: &[
        Field::new("matchLabels", Shape::MapOf(&Shape::Text)),
        Field::new("matchExpressions", Shape::List(&Shape::Object(&REQUIREMENT))),
    ],
    constraints: &[],
};

static REQUIREMENT: ObjectShape = ObjectShape {
    title: "a label requirement",
    fields: &[
        Field::required("key", Shape::Text),
        Field::required("operator", Shape::Text),
        Field::new("values", TEXTS),
    ],
    constraints: &[],
};
