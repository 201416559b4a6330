//! Files of the command line: tests, values, users (Kyverno `cmd/cli/kubectl-kyverno/apis/v1alpha1`).

use super::policy::METADATA;
use super::{Constraint, Field, ObjectShape, Shape};

const TEXTS: Shape = Shape::List(&Shape::Text);

/// `kyverno-test.yaml`
pub(in crate::model) static TEST: ObjectShape = ObjectShape {
    title: "the test",
    fields: &[
        Field::new("apiVersion", Shape::Text, "Group and version: `cli.kyverno.io/v1alpha1`."),
        Field::new("kind", Shape::Text, "`Test`."),
        Field::new("metadata", Shape::Object(&METADATA), "Name of the test."),
        Field::deprecated("name", Shape::Text, "write it under `metadata`", "Name of the test."),
        Field::new("policies", TEXTS, "Files with policies, relative to this one."),
        Field::new("resources", TEXTS, "Files with objects to apply the policies to."),
        Field::new("targetResources", TEXTS, "Files with existing objects that rules with targets change."),
        Field::new("exceptions", TEXTS, "Files with exceptions."),
        Field::new("variables", Shape::Text, "File of kind `Values`."),
        Field::new("values", Shape::Object(&VALUES), "Values, written here."),
        Field::new("userinfo", Shape::Text, "File of kind `UserInfo`."),
        Field::new("clusterResources", TEXTS, "Files that say what exists in the cluster."),
        Field::new("apiCallResponses", Shape::List(&Shape::Any), "Answers to API calls."),
        Field::new("globalContextEntries", Shape::List(&Shape::Any), "Entries of the global context."),
        Field::new("results", Shape::List(&Shape::Object(&RESULT)), "What should come of it.")
            .filled("nothing is tested"),
        Field::new("checks", Shape::List(&Shape::Object(&CHECK)), "Assertions about what the rules answer."),
        Field::new("jsonPayload", Shape::Any, "For policies in CEL."),
        Field::new("jsonPayloads", Shape::Any, "For policies in CEL."),
        Field::new("httpPayloads", Shape::Any, "For policies in CEL."),
        Field::new("envoyPayloads", Shape::Any, "For policies in CEL."),
        Field::new("paramResources", Shape::Any, "For policies in CEL."),
        Field::new("context", Shape::Any, "For policies in CEL."),
    ],
    constraints: &[],
};

static CHECK: ObjectShape = ObjectShape {
    title: "a check",
    fields: &[
        Field::new("match", Shape::Object(&CHECK_MATCH), "Which answers it is about; all without it."),
        Field::new("assert", Shape::Any, "Assertion that holds of each answer."),
        Field::new("error", Shape::Any, "Assertion that holds of no answer."),
    ],
    constraints: &[],
};

static CHECK_MATCH: ObjectShape = ObjectShape {
    title: "the `match` of a check",
    fields: &[
        Field::new("resource", Shape::Any, "Assertion about the object that an answer is about."),
        Field::new("policy", Shape::Any, "Assertion about the policy that answers."),
        Field::new("rule", Shape::Any, "Assertion about the rule that answers: its `name`."),
    ],
    constraints: &[],
};

static RESULT: ObjectShape = ObjectShape {
    title: "a result",
    fields: &[
        Field::required("policy", Shape::Text, "Name of the policy, with its namespace before it if it has one."),
        Field::new("rule", Shape::Text, "Name of the rule; all of them when it is left out."),
        Field::new(
            "result",
            Shape::Choice(&["pass", "fail", "skip", "warn", "error"]),
            "What the rule should say: `pass`, `fail`, `skip`, `warn` or `error`.",
        ),
        Field::new("resources", TEXTS, "Names of the objects, with their namespaces before them if they have one.")
            .filled("the result is about all objects"),
        Field::new("resourceSpecs", Shape::List(&Shape::Object(&RESOURCE_SPEC)), "The objects by kind and name."),
        Field::new("kind", Shape::Text, "Kind of the objects."),
        Field::new("operation", Shape::Choice(&["CREATE", "UPDATE", "DELETE"]), "Operation to apply the policy for."),
        Field::new("patchedResources", Shape::Text, "File with the objects as they should be after mutation."),
        Field::new("generatedResource", Shape::Text, "File with the object that should be generated."),
        Field::new("generatedResources", TEXTS, "Files with objects, of which one should be generated."),
        Field::new("cloneSourceResource", Shape::Text, "File with the object that is copied."),
        Field::new("failOnMissingResources", Shape::Bool, "Whether an object that the file lacks is a failure."),
        Field::deprecated("resource", Shape::Text, "write a list under `resources`", "Name of the object."),
        Field::deprecated("namespace", Shape::Text, "write it before the name, as `namespace/name`", "Its namespace."),
        Field::deprecated("status", Shape::Text, "write `result`", "What the rule should say."),
        Field::deprecated("patchedResource", Shape::Text, "write `patchedResources`", "File with the patched object."),
        Field::new("isValidatingAdmissionPolicy", Shape::Bool, "For policies in CEL."),
        Field::new("isMutatingAdmissionPolicy", Shape::Bool, "For policies in CEL."),
        Field::new("isValidatingPolicy", Shape::Bool, "For policies in CEL."),
        Field::new("isDeletingPolicy", Shape::Bool, "For policies in CEL."),
        Field::new("isImageValidatingPolicy", Shape::Bool, "For policies in CEL."),
        Field::new("isGeneratingPolicy", Shape::Bool, "For policies in CEL."),
        Field::new("isMutatingPolicy", Shape::Bool, "For policies in CEL."),
    ],
    constraints: &[Constraint::ExactlyOne(&["result", "status"]), Constraint::AtMostOne(&["resources", "resource"])],
};

static RESOURCE_SPEC: ObjectShape = ObjectShape {
    title: "an entry of `resourceSpecs`",
    fields: &[
        Field::new("group", Shape::Text, "Group of the kind."),
        Field::new("version", Shape::Text, "Version of the kind."),
        Field::new("kind", Shape::Text, "Kind."),
        Field::new("subresource", Shape::Text, "Subresource."),
        Field::new("namespace", Shape::Text, "Namespace of the object."),
        Field::new("name", Shape::Text, "Name of the object."),
    ],
    constraints: &[],
};

/// Values for variables, in a test or in a file of their own.
static VALUES: ObjectShape = ObjectShape { title: "`values`", fields: VALUES_FIELDS, constraints: &[] };

/// A file of kind `Values`.
pub(in crate::model) static VALUES_FILE: ObjectShape =
    ObjectShape { title: "the values", fields: VALUES_FIELDS, constraints: &[] };

const VALUES_FIELDS: &[Field] = &[
    Field::new("apiVersion", Shape::Text, "Group and version: `cli.kyverno.io/v1alpha1`."),
    Field::new("kind", Shape::Text, "`Values`."),
    Field::new("metadata", Shape::Object(&METADATA), "Name of the values."),
    Field::new("globalValues", Shape::MapOf(&Shape::Any), "Variables for all policies and objects."),
    Field::new("policies", Shape::List(&POLICY_ENTRY), "Variables for single policies."),
    Field::new("namespaceSelector", Shape::List(&NAMESPACE_ENTRY), "Labels of namespaces."),
    Field::new("namespaces", Shape::List(&Shape::Any), "Namespaces as objects."),
    Field::new("subresources", Shape::List(&Shape::Any), "Which kinds subresources have."),
];

static POLICY_ENTRY: Shape = Shape::Object(&POLICY_VALUES);
static NAMESPACE_ENTRY: Shape = Shape::Object(&NAMESPACE_LABELS);

static POLICY_VALUES: ObjectShape = ObjectShape {
    title: "the values of a policy",
    fields: &[
        Field::required("name", Shape::Text, "Name of the policy."),
        Field::new("rules", Shape::List(&Shape::Object(&RULE_VALUES)), "Variables for single rules."),
        Field::new("resources", Shape::List(&Shape::Object(&OBJECT_VALUES)), "Variables for single objects."),
    ],
    constraints: &[],
};

static RULE_VALUES: ObjectShape = ObjectShape {
    title: "the values of a rule",
    fields: &[
        Field::required("name", Shape::Text, "Name of the rule."),
        Field::new("values", Shape::MapOf(&Shape::Any), "Variables and their values."),
        Field::new("foreachValues", Shape::MapOf(&Shape::Any), "Variables of a loop, with a value for each element."),
    ],
    constraints: &[],
};

static OBJECT_VALUES: ObjectShape = ObjectShape {
    title: "the values of an object",
    fields: &[
        Field::required("name", Shape::Text, "Name of the object."),
        Field::new("values", Shape::MapOf(&Shape::Any), "Variables and their values."),
    ],
    constraints: &[],
};

static NAMESPACE_LABELS: ObjectShape = ObjectShape {
    title: "an entry of `namespaceSelector`",
    fields: &[
        Field::required("name", Shape::Text, "Name of the namespace."),
        Field::new("labels", Shape::MapOf(&Shape::Text), "Its labels."),
    ],
    constraints: &[],
};

/// A file of kind `UserInfo`.
pub(in crate::model) static USER: ObjectShape = ObjectShape {
    title: "the user",
    fields: &[
        Field::required("apiVersion", Shape::Text, "Group and version: `cli.kyverno.io/v1alpha1`."),
        Field::required("kind", Shape::Text, "`UserInfo`."),
        Field::new("metadata", Shape::Object(&METADATA), "Name of the file."),
        Field::new("synchronize", Shape::Any, "Has no effect."),
        Field::new("userInfo", Shape::Object(&USER_INFO), "Who makes the requests."),
        Field::new("roles", TEXTS, "Roles of the user, as `namespace:name`."),
        Field::new("clusterRoles", TEXTS, "Cluster roles of the user."),
    ],
    constraints: &[],
};

static USER_INFO: ObjectShape = ObjectShape {
    title: "`userInfo`",
    fields: &[
        Field::new("username", Shape::Text, "Name of the user."),
        Field::new("uid", Shape::Text, "Identity of the user."),
        Field::new("groups", TEXTS, "Groups of the user."),
        Field::new("extra", Shape::MapOf(&Shape::Any), "What else the authenticator tells."),
    ],
    constraints: &[],
};
