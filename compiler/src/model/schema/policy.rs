//! `ClusterPolicy` and `Policy`.

use super::context::{ANY_ALL, ENTRY};
use super::matching::{EXCLUDE, MATCH, SELECTOR};
use super::{Constraint, Field, ObjectShape, Shape};

/// The document.
pub(in crate::model) static POLICY: ObjectShape = ObjectShape {
    title: "the policy",
    fields: &[
        Field::required("apiVersion", Shape::Text),
        Field::required("kind", Shape::Text),
        Field::required("metadata", Shape::Object(&METADATA)),
        Field::required("spec", Shape::Object(&SPEC)),
        Field::new("status", Shape::Any),
    ],
    constraints: &[],
};

pub(super) static METADATA: ObjectShape = ObjectShape {
    title: "`metadata`",
    fields: &[
        Field::required("name", Shape::Text),
        Field::new("namespace", Shape::Text),
        Field::new("labels", Shape::MapOf(&Shape::Text)),
        Field::new("annotations", Shape::MapOf(&Shape::Text)),
        Field::new("generateName", Shape::Text),
        Field::new("finalizers", Shape::List(&Shape::Text)),
        Field::new("ownerReferences", Shape::Any),
        Field::new("managedFields", Shape::Any),
        Field::new("creationTimestamp", Shape::Any),
        Field::new("deletionTimestamp", Shape::Any),
        Field::new("deletionGracePeriodSeconds", Shape::Int),
        Field::new("generation", Shape::Int),
        Field::new("resourceVersion", Shape::Text),
        Field::new("selfLink", Shape::Text),
        Field::new("uid", Shape::Text),
    ],
    constraints: &[],
};

const ACTION: Shape = Shape::Choice(&["Audit", "Enforce", "audit", "enforce"]);
const FAILURE_POLICY: Shape = Shape::Choice(&["Ignore", "Fail"]);

static SPEC: ObjectShape = ObjectShape {
    title: "`spec`",
    fields: &[
        Field::required("rules", Shape::List(&Shape::Object(&RULE))),
        Field::new("applyRules", Shape::Choice(&["All", "One"])),
        Field::new("admission", Shape::Bool),
        Field::new("background", Shape::Bool),
        Field::new("emitWarning", Shape::Bool),
        Field::new("useServerSideApply", Shape::Bool),
        Field::new("webhookConfiguration", Shape::Object(&WEBHOOK)),
        Field::deprecated("validationFailureAction", ACTION, "set `failureAction` under `validate` of the rules"),
        Field::deprecated(
            "validationFailureActionOverrides",
            Shape::List(&Shape::Object(&OVERRIDE)),
            "set `failureActionOverrides` under `validate` of the rules",
        ),
        Field::deprecated("failurePolicy", FAILURE_POLICY, "set `failurePolicy` under `webhookConfiguration`"),
        Field::deprecated("webhookTimeoutSeconds", Shape::Int, "set `timeoutSeconds` under `webhookConfiguration`"),
        Field::deprecated("generateExisting", Shape::Bool, "set `generateExisting` under `generate` of the rules"),
        Field::deprecated(
            "mutateExistingOnPolicyUpdate",
            Shape::Bool,
            "set `mutateExistingOnPolicyUpdate` under `mutate` of the rules",
        ),
        Field::deprecated("generateExistingOnPolicyUpdate", Shape::Bool, "it has no effect; remove it"),
        Field::deprecated("schemaValidation", Shape::Bool, "it has no effect; remove it"),
    ],
    constraints: &[],
};

static WEBHOOK: ObjectShape = ObjectShape {
    title: "`webhookConfiguration`",
    fields: &[
        Field::new("failurePolicy", FAILURE_POLICY),
        Field::new("timeoutSeconds", Shape::Int),
        Field::new("matchConditions", Shape::List(&Shape::Any)),
    ],
    constraints: &[],
};

static OVERRIDE: ObjectShape = ObjectShape {
    title: "an override",
    fields: &[
        Field::new("action", ACTION),
        Field::new("namespaces", Shape::List(&Shape::Text)),
        Field::new("namespaceSelector", Shape::Object(&SELECTOR)),
    ],
    constraints: &[],
};

/// A rule.
pub(in crate::model) static RULE: ObjectShape = ObjectShape {
    title: "a rule",
    fields: &[
        Field::required("name", Shape::Text),
        Field::required("match", Shape::Object(&MATCH)),
        Field::new("exclude", Shape::Object(&EXCLUDE)),
        Field::new("context", Shape::List(&Shape::Object(&ENTRY))),
        Field::new("preconditions", Shape::Conditions),
        Field::new("celPreconditions", Shape::List(&Shape::Any)),
        Field::new("validate", Shape::Object(&VALIDATE)),
        Field::new("mutate", Shape::Object(&MUTATE)),
        Field::new("generate", Shape::Object(&GENERATE)),
        Field::new("verifyImages", Shape::List(&Shape::Any)),
        Field::new("imageExtractors", Shape::MapOf(&Shape::Any)),
        Field::new("reportProperties", Shape::MapOf(&Shape::Text)),
        Field::new("skipBackgroundRequests", Shape::Bool),
    ],
    constraints: &[Constraint::ExactlyOne(&["validate", "mutate", "generate", "verifyImages"])],
};

static VALIDATE: ObjectShape = ObjectShape {
    title: "`validate`",
    fields: &[
        Field::new("message", Shape::Text),
        Field::new("failureAction", Shape::Choice(&["Audit", "Enforce"])),
        Field::new("failureActionOverrides", Shape::List(&Shape::Object(&OVERRIDE))),
        Field::new("allowExistingViolations", Shape::Bool),
        Field::new("pattern", Shape::Any),
        Field::new("anyPattern", Shape::List(&Shape::Any)),
        Field::new("deny", Shape::Object(&DENY)),
        Field::new("foreach", Shape::List(&Shape::Object(&VALIDATE_LOOP))),
        Field::new("podSecurity", Shape::Object(&POD_SECURITY)),
        Field::new("cel", Shape::Any),
        Field::new("manifests", Shape::Any),
        Field::deprecated("assert", Shape::Any, "it has no effect; remove it"),
    ],
    constraints: &[Constraint::ExactlyOne(&[
        "pattern",
        "anyPattern",
        "deny",
        "foreach",
        "podSecurity",
        "cel",
        "manifests",
        "assert",
    ])],
};

static DENY: ObjectShape =
    ObjectShape { title: "`deny`", fields: &[Field::new("conditions", Shape::Conditions)], constraints: &[] };

static VALIDATE_LOOP: ObjectShape = ObjectShape {
    title: "an entry of `foreach`",
    fields: &[
        Field::required("list", Shape::Text),
        Field::new("elementScope", Shape::Bool),
        Field::new("context", Shape::List(&Shape::Object(&ENTRY))),
        Field::new("preconditions", Shape::Object(&ANY_ALL)),
        Field::new("pattern", Shape::Any),
        Field::new("anyPattern", Shape::List(&Shape::Any)),
        Field::new("deny", Shape::Object(&DENY)),
        Field::new("foreach", Shape::List(&Shape::Object(&VALIDATE_LOOP))),
    ],
    constraints: &[Constraint::ExactlyOne(&["pattern", "anyPattern", "deny", "foreach"])],
};

static POD_SECURITY: ObjectShape = ObjectShape {
    title: "`podSecurity`",
    fields: &[
        Field::new("level", Shape::Choice(&["privileged", "baseline", "restricted"])),
        Field::new("version", Shape::Text),
        Field::new("exclude", Shape::List(&Shape::Object(&POD_SECURITY_EXCLUDE))),
    ],
    constraints: &[],
};

/// An entry of `podSecurity.exclude`.
pub(super) static POD_SECURITY_EXCLUDE: ObjectShape = ObjectShape {
    title: "an excluded control",
    fields: &[
        Field::required(
            "controlName",
            Shape::Choice(&[
                "HostProcess",
                "Host Namespaces",
                "Privileged Containers",
                "Capabilities",
                "HostPath Volumes",
                "Host Ports",
                "AppArmor",
                "SELinux",
                "/proc Mount Type",
                "Seccomp",
                "Sysctls",
                "Volume Types",
                "Privilege Escalation",
                "Running as Non-root",
                "Running as Non-root user",
            ]),
        ),
        Field::new("images", Shape::List(&Shape::Text)),
        Field::new("restrictedField", Shape::Text),
        Field::new("values", Shape::List(&Shape::Text)),
    ],
    constraints: &[],
};

static MUTATE: ObjectShape = ObjectShape {
    title: "`mutate`",
    fields: &[
        Field::new("patchStrategicMerge", Shape::Any),
        Field::new("patchesJson6902", Shape::Text),
        Field::new("foreach", Shape::List(&Shape::Object(&MUTATE_LOOP))),
        Field::new("targets", Shape::List(&Shape::Object(&TARGET))),
        Field::new("mutateExistingOnPolicyUpdate", Shape::Bool),
    ],
    constraints: &[Constraint::ExactlyOne(&["patchStrategicMerge", "patchesJson6902", "foreach"])],
};

static MUTATE_LOOP: ObjectShape = ObjectShape {
    title: "an entry of `foreach`",
    fields: &[
        Field::required("list", Shape::Text),
        Field::new("order", Shape::Choice(&["Ascending", "Descending"])),
        Field::new("context", Shape::List(&Shape::Object(&ENTRY))),
        Field::new("preconditions", Shape::Object(&ANY_ALL)),
        Field::new("patchStrategicMerge", Shape::Any),
        Field::new("patchesJson6902", Shape::Text),
        Field::new("foreach", Shape::List(&Shape::Object(&MUTATE_LOOP))),
    ],
    constraints: &[Constraint::ExactlyOne(&["patchStrategicMerge", "patchesJson6902", "foreach"])],
};

static TARGET: ObjectShape = ObjectShape {
    title: "a target",
    fields: &[
        Field::new("apiVersion", Shape::Text),
        Field::new("kind", Shape::Text),
        Field::new("namespace", Shape::Text),
        Field::new("name", Shape::Text),
        Field::new("uid", Shape::Text),
        Field::new("selector", Shape::Object(&SELECTOR)),
        Field::new("context", Shape::List(&Shape::Object(&ENTRY))),
        Field::new("preconditions", Shape::Conditions),
    ],
    constraints: &[],
};

const SOURCES: &[Constraint] = &[
    Constraint::AtMostOne(&["data", "clone", "cloneList", "foreach"]),
    Constraint::AllUnless { fields: &["apiVersion", "kind", "name"], unless: &["cloneList", "foreach"] },
];

static GENERATE: ObjectShape = ObjectShape {
    title: "`generate`",
    fields: &[
        Field::new("apiVersion", Shape::Text),
        Field::new("kind", Shape::Text),
        Field::new("name", Shape::Text),
        Field::new("namespace", Shape::Text),
        Field::new("uid", Shape::Text),
        Field::new("data", Shape::Any),
        Field::new("clone", Shape::Object(&CLONE)),
        Field::new("cloneList", Shape::Object(&CLONE_LIST)),
        Field::new("foreach", Shape::List(&Shape::Object(&GENERATE_LOOP))),
        Field::new("synchronize", Shape::Bool),
        Field::new("generateExisting", Shape::Bool),
        Field::new("orphanDownstreamOnPolicyDelete", Shape::Bool),
    ],
    constraints: SOURCES,
};

static GENERATE_LOOP: ObjectShape = ObjectShape {
    title: "an entry of `foreach`",
    fields: &[
        Field::required("list", Shape::Text),
        Field::new("context", Shape::List(&Shape::Object(&ENTRY))),
        Field::new("preconditions", Shape::Object(&ANY_ALL)),
        Field::new("apiVersion", Shape::Text),
        Field::new("kind", Shape::Text),
        Field::new("name", Shape::Text),
        Field::new("namespace", Shape::Text),
        Field::new("uid", Shape::Text),
        Field::new("data", Shape::Any),
        Field::new("clone", Shape::Object(&CLONE)),
        Field::new("cloneList", Shape::Object(&CLONE_LIST)),
    ],
    constraints: SOURCES,
};

static CLONE: ObjectShape = ObjectShape {
    title: "`clone`",
    fields: &[Field::new("name", Shape::Text), Field::new("namespace", Shape::Text)],
    constraints: &[],
};

static CLONE_LIST: ObjectShape = ObjectShape {
    title: "`cloneList`",
    fields: &[
        Field::new("kinds", Shape::List(&Shape::Text)),
        Field::new("namespace", Shape::Text),
        Field::new("selector", Shape::Object(&SELECTOR)),
    ],
    constraints: &[],
};
