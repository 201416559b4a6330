//! Context entries and conditions.

use super::{Constraint, Field, ObjectShape, Shape};

/// An entry of `context`.
pub(super) static ENTRY: ObjectShape = ObjectShape {
    title: "a context entry",
    fields: &[
        Field::required("name", Shape::Text),
        Field::new("variable", Shape::Object(&VARIABLE)),
        Field::new("configMap", Shape::Object(&CONFIG_MAP)),
        Field::new("apiCall", Shape::Object(&API_CALL)),
        Field::new("imageRegistry", Shape::Object(&IMAGE_REGISTRY)),
        Field::new("globalReference", Shape::Object(&GLOBAL_REFERENCE)),
    ],
    constraints: &[Constraint::ExactlyOne(&["variable", "configMap", "apiCall", "imageRegistry", "globalReference"])],
};

static VARIABLE: ObjectShape = ObjectShape {
    title: "`variable`",
    fields: &[Field::new("value", Shape::Any), Field::new("jmesPath", Shape::Text), Field::new("default", Shape::Any)],
    constraints: &[],
};

static CONFIG_MAP: ObjectShape = ObjectShape {
    title: "`configMap`",
    fields: &[Field::required("name", Shape::Text), Field::new("namespace", Shape::Text)],
    constraints: &[],
};

static API_CALL: ObjectShape = ObjectShape {
    title: "`apiCall`",
    fields: &[
        Field::new("urlPath", Shape::Text),
        Field::new("method", Shape::Choice(&["GET", "POST"])),
        Field::new("data", Shape::List(&Shape::Object(&DATA))),
        Field::new("service", Shape::Object(&SERVICE)),
        Field::new("jmesPath", Shape::Text),
        Field::new("default", Shape::Any),
    ],
    constraints: &[],
};

static DATA: ObjectShape = ObjectShape {
    title: "an entry of `data`",
    fields: &[Field::required("key", Shape::Text), Field::required("value", Shape::Any)],
    constraints: &[],
};

static SERVICE: ObjectShape = ObjectShape {
    title: "`service`",
    fields: &[
        Field::required("url", Shape::Text),
        Field::new("caBundle", Shape::Text),
        Field::new("headers", Shape::List(&Shape::Object(&HEADER))),
    ],
    constraints: &[],
};

static HEADER: ObjectShape = ObjectShape {
    title: "a header",
    fields: &[Field::required("key", Shape::Text), Field::required("value", Shape::Text)],
    constraints: &[],
};

static IMAGE_REGISTRY: ObjectShape = ObjectShape {
    title: "`imageRegistry`",
    fields: &[
        Field::required("reference", Shape::Text),
        Field::new("jmesPath", Shape::Text),
        Field::new("imageRegistryCredentials", Shape::Object(&CREDENTIALS)),
    ],
    constraints: &[],
};

static CREDENTIALS: ObjectShape = ObjectShape {
    title: "`imageRegistryCredentials`",
    fields: &[
        Field::new("allowInsecureRegistry", Shape::Bool),
        Field::new("providers", Shape::List(&Shape::Choice(&["default", "amazon", "azure", "google", "github"]))),
        Field::new("secrets", Shape::List(&Shape::Text)),
    ],
    constraints: &[],
};

static GLOBAL_REFERENCE: ObjectShape = ObjectShape {
    title: "`globalReference`",
    fields: &[Field::required("name", Shape::Text), Field::new("jmesPath", Shape::Text)],
    constraints: &[],
};

/// Conditions under `any` and `all`.
pub(in crate::model) static ANY_ALL: ObjectShape = ObjectShape {
    title: "conditions",
    fields: &[
        Field::new("any", Shape::List(&Shape::Object(&CONDITION))),
        Field::new("all", Shape::List(&Shape::Object(&CONDITION))),
    ],
    constraints: &[],
};

/// One condition. Its operator is checked where it is lowered, with a suggestion.
pub(in crate::model) static CONDITION: ObjectShape = ObjectShape {
    title: "a condition",
    fields: &[
        Field::new("key", Shape::Any),
        Field::required("operator", Shape::Text),
        Field::new("value", Shape::Any),
        Field::new("message", Shape::Text),
    ],
    constraints: &[],
};
