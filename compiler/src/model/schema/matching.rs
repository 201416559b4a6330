//! Match and exclude blocks, selectors.

use super::{Constraint, Field, ObjectShape, Shape};

const TEXTS: Shape = Shape::List(&Shape::Text);

/// `match`
pub(super) static MATCH: ObjectShape = ObjectShape {
    title: "`match`",
    fields: &[
        Field::new("any", Shape::List(&Shape::Object(&FILTER)), "At least one of these must hold.")
            .filled("it counts as left out"),
        Field::new("all", Shape::List(&Shape::Object(&FILTER)), "All of these must hold.")
            .filled("it counts as left out"),
        Field::deprecated("resources", Shape::Object(&RESOURCES), UNDER_ANY, "What the object must be like."),
        Field::deprecated(
            "subjects",
            Shape::List(&Shape::Object(&SUBJECT)),
            UNDER_ANY,
            "Users, groups and service accounts.",
        ),
        Field::deprecated("roles", TEXTS, UNDER_ANY, "Roles of the user, as `namespace:name`."),
        Field::deprecated("clusterRoles", TEXTS, UNDER_ANY, "Cluster roles of the user."),
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
        Field::new("resources", Shape::Object(&RESOURCES), "What the object must be like."),
        Field::new("subjects", Shape::List(&Shape::Object(&SUBJECT)), "Users, groups and service accounts."),
        Field::new("roles", TEXTS, "Roles of the user, as `namespace:name`."),
        Field::new("clusterRoles", TEXTS, "Cluster roles of the user."),
    ],
    constraints: &[],
};

static RESOURCES: ObjectShape = ObjectShape {
    title: "`resources`",
    fields: &[
        Field::new(
            "kinds",
            TEXTS,
            "Kinds, as `Kind`, `version/Kind`, `group/version/Kind`, with a subresource behind `/`.",
        )
        .filled("it counts as left out"),
        Field::new("name", Shape::Text, "Name of the object, with the wildcards `*` and `?`."),
        Field::new("names", TEXTS, "Names of objects, with the wildcards `*` and `?`.").filled("it counts as left out"),
        Field::new("namespaces", TEXTS, "Names of namespaces, with the wildcards `*` and `?`.")
            .filled("it counts as left out"),
        Field::new("annotations", Shape::MapOf(&Shape::Text), "Annotations that the object must have, with wildcards."),
        Field::new("selector", Shape::Object(&SELECTOR), "Labels that the object must have."),
        Field::new("namespaceSelector", Shape::Object(&SELECTOR), "Labels that the namespace of the object must have."),
        Field::new(
            "operations",
            Shape::List(&Shape::Choice(&["CREATE", "UPDATE", "DELETE", "CONNECT"])),
            "Operations of the request.",
        )
        .filled("it counts as left out"),
    ],
    constraints: &[Constraint::AtMostOne(&["name", "names"])],
};

static SUBJECT: ObjectShape = ObjectShape {
    title: "a subject",
    fields: &[
        Field::required("kind", Shape::Text, "`User`, `Group` or `ServiceAccount`."),
        Field::required("name", Shape::Text, "Name of the subject, with wildcards."),
        Field::new("namespace", Shape::Text, "Namespace of a service account."),
        Field::new("apiGroup", Shape::Text, "Group of the kind; has no effect."),
    ],
    constraints: &[],
};

/// A label selector.
pub(super) static SELECTOR: ObjectShape = ObjectShape {
    title: "a label selector",
    fields: &[
        Field::new("matchLabels", Shape::MapOf(&Shape::Text), "Labels with their values."),
        Field::new("matchExpressions", Shape::List(&Shape::Object(&REQUIREMENT)), "Requirements on labels."),
    ],
    constraints: &[],
};

static REQUIREMENT: ObjectShape = ObjectShape {
    title: "a label requirement",
    fields: &[
        Field::required("key", Shape::Text, "Name of the label."),
        Field::required("operator", Shape::Text, "`In`, `NotIn`, `Exists` or `DoesNotExist`."),
        Field::new("values", TEXTS, "Values for `In` and `NotIn`."),
    ],
    constraints: &[],
};
