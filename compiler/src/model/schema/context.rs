//! Context entries and conditions.

use super::form::ENTRY_NAME;
use super::{Constraint, Field, ObjectShape, Shape};

/// An entry of `context`.
pub(super) static ENTRY: ObjectShape = ObjectShape {
    title: "a context entry",
    fields: &[
        Field::required("name", Shape::Form(&ENTRY_NAME), "Name by which expressions ask for it."),
        Field::new("variable", Shape::Object(&VARIABLE), "A value, or the result of an expression."),
        Field::new("configMap", Shape::Object(&CONFIG_MAP), "The data of a ConfigMap."),
        Field::new("apiCall", Shape::Object(&API_CALL), "The answer of the API server or a service."),
        Field::new("imageRegistry", Shape::Object(&IMAGE_REGISTRY), "What a registry says of an image."),
        Field::new("globalReference", Shape::Object(&GLOBAL_REFERENCE), "An entry of the global context."),
    ],
    constraints: &[Constraint::ExactlyOne(&["variable", "configMap", "apiCall", "imageRegistry", "globalReference"])],
};

static VARIABLE: ObjectShape = ObjectShape {
    title: "`variable`",
    fields: &[
        Field::new("value", Shape::Any, "The value; may have variables."),
        Field::new("jmesPath", Shape::Text, "Expression that takes a part of what was loaded."),
        Field::new("default", Shape::Any, "Value when there is none, or it cannot be loaded."),
    ],
    constraints: &[],
};

static CONFIG_MAP: ObjectShape = ObjectShape {
    title: "`configMap`",
    fields: &[
        Field::required("name", Shape::Text, "Name of the object."),
        Field::new("namespace", Shape::Text, "Namespace of the object."),
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
        Field::new("jmesPath", Shape::Text, "Expression that takes a part of what was loaded."),
        Field::new("default", Shape::Any, "Value when there is none, or it cannot be loaded."),
    ],
    constraints: &[],
};

/// A member of the body of a call.
pub(super) static DATA: ObjectShape = ObjectShape {
    title: "an entry of `data`",
    fields: &[
        Field::required("key", Shape::Text, "Name of the member."),
        Field::required("value", Shape::Any, "Its value."),
    ],
    constraints: &[],
};

/// A service to call.
pub(super) static SERVICE: ObjectShape = ObjectShape {
    title: "`service`",
    fields: &[
        Field::required("url", Shape::Text, "Address of the service."),
        Field::new("caBundle", Shape::Text, "Certificates that the service is trusted by."),
        Field::new("headers", Shape::List(&Shape::Object(&HEADER)), "Headers of the request."),
    ],
    constraints: &[],
};

static HEADER: ObjectShape = ObjectShape {
    title: "a header",
    fields: &[
        Field::required("key", Shape::Text, "Name of the header."),
        Field::required("value", Shape::Text, "Its value."),
    ],
    constraints: &[],
};

static IMAGE_REGISTRY: ObjectShape = ObjectShape {
    title: "`imageRegistry`",
    fields: &[
        Field::required("reference", Shape::Text, "Reference of the image."),
        Field::new("jmesPath", Shape::Text, "Expression that takes a part of what was loaded."),
        Field::new("imageRegistryCredentials", Shape::Object(&CREDENTIALS), "How to sign in."),
    ],
    constraints: &[],
};

static CREDENTIALS: ObjectShape = ObjectShape {
    title: "`imageRegistryCredentials`",
    fields: &[
        Field::new("allowInsecureRegistry", Shape::Bool, "Whether plain HTTP and unknown certificates are accepted."),
        Field::new(
            "providers",
            Shape::List(&Shape::Choice(&["default", "amazon", "azure", "google", "github"])),
            "Providers of credentials.",
        ),
        Field::new("secrets", Shape::List(&Shape::Text), "Names of Secrets with credentials."),
    ],
    constraints: &[],
};

static GLOBAL_REFERENCE: ObjectShape = ObjectShape {
    title: "`globalReference`",
    fields: &[
        Field::required("name", Shape::Text, "Name of the object."),
        Field::new("jmesPath", Shape::Text, "Expression that takes a part of what was loaded."),
    ],
    constraints: &[],
};

/// Conditions under `any` and `all`.
pub(in crate::model) static ANY_ALL: ObjectShape = ObjectShape {
    title: "conditions",
    fields: &[
        Field::new("any", Shape::List(&Shape::Object(&CONDITION)), "At least one of these must hold."),
        Field::new("all", Shape::List(&Shape::Object(&CONDITION)), "All of these must hold.")
            .filled("no condition stands here"),
    ],
    constraints: &[],
};

/// One condition. Its operator is checked where it is lowered, with a suggestion.
pub(in crate::model) static CONDITION: ObjectShape = ObjectShape {
    title: "a condition",
    fields: &[
        Field::new("key", Shape::Any, "Left side; usually a variable."),
        Field::required("operator", Shape::Text, "How the sides are compared."),
        Field::new("value", Shape::Any, "Right side."),
        Field::new("message", Shape::Text, "What is told when this condition decides."),
    ],
    constraints: &[],
};
