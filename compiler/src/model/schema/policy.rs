//! `ClusterPolicy` and `Policy`.

use super::context::{ANY_ALL, ENTRY};
use super::form::{NAMESPACE, OBJECT_NAME, POLICY_NAME, RULE_NAME, STANDARDS_VERSION};
use super::matching::{EXCLUDE, MATCH, SELECTOR};
use super::verification::{CEL, CEL_NAMED, IMAGE_EXTRACTOR, MANIFESTS, VERIFY_IMAGES};
use super::{Constraint, Field, ObjectShape, Shape};

/// The document.
pub(in crate::model) static POLICY: ObjectShape = ObjectShape {
    title: "the policy",
    fields: &[
        Field::required("apiVersion", Shape::Text, "Group and version of the kind."),
        Field::required("kind", Shape::Text, "Kind of the object."),
        Field::required("metadata", Shape::Object(&POLICY_METADATA), "Name, labels and annotations."),
        Field::required("spec", Shape::Object(&SPEC), "What is wanted."),
        Field::new("status", Shape::Any, "Written by the cluster, never by authors."),
    ],
    constraints: &[],
};

/// The metadata of a policy, whose name ends up in labels.
static POLICY_METADATA: ObjectShape = ObjectShape {
    title: "`metadata`",
    fields: METADATA_FIELDS,
    constraints: &[Constraint::Form("name", &POLICY_NAME)],
};

pub(super) static METADATA: ObjectShape = ObjectShape {
    title: "`metadata`",
    fields: METADATA_FIELDS,
    constraints: &[Constraint::Form("name", &OBJECT_NAME)],
};

const METADATA_FIELDS: &[Field] = &[
    Field::required("name", Shape::Text, "Name; policies of one kind and namespace are told apart by it."),
    Field::new("namespace", Shape::Form(&NAMESPACE), "Namespace of the object."),
    Field::new("labels", Shape::MapOf(&Shape::Text), "Labels of the object itself."),
    Field::new(
        "annotations",
        Shape::MapOf(&Shape::Text),
        "Notes; `pod-policies.kyverno.io/autogen-controllers` says for which controllers rules are made.",
    ),
    Field::new("generateName", Shape::Text, "Start of a name that the cluster completes."),
    Field::new("finalizers", Shape::List(&Shape::Text), "What must be done before the object goes."),
    Field::new("ownerReferences", Shape::Any, "Objects that own this one."),
    Field::new("managedFields", Shape::Any, "Who wrote which field."),
    Field::new("creationTimestamp", Shape::Any, "When the object was made."),
    Field::new("deletionTimestamp", Shape::Any, "When the object was asked to go."),
    Field::new("deletionGracePeriodSeconds", Shape::Int, "How long it may take to go."),
    Field::new("generation", Shape::Int, "Number of changes of `spec`."),
    Field::new("resourceVersion", Shape::Text, "Version for concurrent writers."),
    Field::new("selfLink", Shape::Text, "Path in the API, no longer used."),
    Field::new("uid", Shape::Text, "Identity of the object."),
];

const ACTION: Shape = Shape::Choice(&["Audit", "Enforce", "audit", "enforce"]);
/// In seconds (Kyverno `api/kyverno/v1/spec_types.go`).
const TIMEOUT: Shape = Shape::IntIn(1, 30);
const FAILURE_POLICY: Shape = Shape::Choice(&["Ignore", "Fail"]);

static SPEC: ObjectShape = ObjectShape {
    title: "`spec`",
    fields: &[
        Field::required("rules", Shape::List(&Shape::Object(&RULE)), "The rules, in the order in which they run.")
            .filled("the policy does nothing"),
        Field::new(
            "applyRules",
            Shape::Choice(&["All", "One"]),
            "`One` stops at the first rule that applies; `All` runs all of them.",
        ),
        Field::new("admission", Shape::Bool, "Whether requests are decided."),
        Field::new("background", Shape::Bool, "Whether existing objects are looked at too."),
        Field::new("emitWarning", Shape::Bool, "Whether audited violations are shown as warnings to the client."),
        Field::new("useServerSideApply", Shape::Bool, "Whether generated objects are written by server-side apply."),
        Field::new("webhookConfiguration", Shape::Object(&WEBHOOK), "How the API server calls the webhook."),
        Field::deprecated(
            "validationFailureAction",
            ACTION,
            "set `failureAction` under `validate` of the rules",
            "Whether a violation refuses the request or is only reported.",
        ),
        Field::deprecated(
            "validationFailureActionOverrides",
            Shape::List(&Shape::Object(&OVERRIDE)),
            "set `failureActionOverrides` under `validate` of the rules",
            "The same for some namespaces.",
        ),
        Field::deprecated(
            "failurePolicy",
            FAILURE_POLICY,
            "set `failurePolicy` under `webhookConfiguration`",
            "What the API server does when it gets no answer: `Fail` refuses the request, `Ignore` admits it.",
        ),
        Field::deprecated(
            "webhookTimeoutSeconds",
            TIMEOUT,
            "set `timeoutSeconds` under `webhookConfiguration`",
            "How long the API server waits for an answer.",
        ),
        Field::deprecated(
            "generateExisting",
            Shape::Bool,
            "set `generateExisting` under `generate` of the rules",
            "Whether objects are generated for what already exists.",
        ),
        Field::deprecated(
            "mutateExistingOnPolicyUpdate",
            Shape::Bool,
            "set `mutateExistingOnPolicyUpdate` under `mutate` of the rules",
            "Whether existing objects are changed when the policy changes.",
        ),
        Field::deprecated(
            "generateExistingOnPolicyUpdate",
            Shape::Bool,
            "it has no effect; remove it",
            "Has no effect.",
        ),
        Field::deprecated("schemaValidation", Shape::Bool, "it has no effect; remove it", "Has no effect."),
    ],
    constraints: &[],
};

static WEBHOOK: ObjectShape = ObjectShape {
    title: "`webhookConfiguration`",
    fields: &[
        Field::new(
            "failurePolicy",
            FAILURE_POLICY,
            "What the API server does when it gets no answer: `Fail` refuses the request, `Ignore` admits it.",
        ),
        Field::new("timeoutSeconds", TIMEOUT, "How long the API server waits for an answer."),
        Field::new(
            "matchConditions",
            Shape::List(&Shape::Object(&CEL_NAMED)),
            "CEL conditions for calling the webhook at all.",
        ),
    ],
    constraints: &[],
};

static OVERRIDE: ObjectShape = ObjectShape {
    title: "an override",
    fields: &[
        Field::new("action", ACTION, "`Audit` or `Enforce`."),
        Field::new("namespaces", Shape::List(&Shape::Text), "Names of namespaces, with the wildcards `*` and `?`."),
        Field::new("namespaceSelector", Shape::Object(&SELECTOR), "Labels that the namespace of the object must have."),
    ],
    constraints: &[],
};

/// A rule.
pub(in crate::model) static RULE: ObjectShape = ObjectShape {
    title: "a rule",
    fields: &[
        Field::required("name", Shape::Form(&RULE_NAME), "Name in reports, exceptions and tests."),
        Field::required("match", Shape::Object(&MATCH), "Which requests it is about."),
        Field::new("exclude", Shape::Object(&EXCLUDE), "Which of the matched requests it is not about.")
            .filled("nothing is excluded"),
        Field::new(
            "context",
            Shape::List(&Shape::Object(&ENTRY)),
            "Values that expressions can name, loaded when they are first asked for, in this order.",
        ),
        Field::new("preconditions", Shape::Conditions, "Conditions that must hold, or the rule is skipped.")
            .filled("they always hold"),
        Field::new(
            "celPreconditions",
            Shape::List(&Shape::Object(&CEL_NAMED)),
            "Preconditions in CEL, for `validate.cel`.",
        ),
        Field::new("validate", Shape::Object(&VALIDATE), "Checks the object."),
        Field::new("mutate", Shape::Object(&MUTATE), "Changes the object, or existing ones."),
        Field::new("generate", Shape::Object(&GENERATE), "Makes another object."),
        Field::new("verifyImages", Shape::List(&Shape::Object(&VERIFY_IMAGES)), "Verifies signatures of images."),
        Field::new(
            "imageExtractors",
            Shape::MapOf(&Shape::List(&Shape::Object(&IMAGE_EXTRACTOR))),
            "Where custom resources have their images.",
        ),
        Field::new("reportProperties", Shape::MapOf(&Shape::Text), "Texts that are added to reports."),
        Field::new(
            "skipBackgroundRequests",
            Shape::Bool,
            "Whether requests of Kyverno's own background controller are skipped.",
        ),
    ],
    constraints: &[Constraint::ExactlyOne(&["validate", "mutate", "generate", "verifyImages"])],
};

static VALIDATE: ObjectShape = ObjectShape {
    title: "`validate`",
    fields: &[
        Field::new("message", Shape::Text, "What is told when the check fails; may have variables."),
        Field::new(
            "failureAction",
            Shape::Choice(&["Audit", "Enforce"]),
            "`Enforce` refuses the request, `Audit` only reports.",
        ),
        Field::new("failureActionOverrides", Shape::List(&Shape::Object(&OVERRIDE)), "The same for some namespaces."),
        Field::new(
            "allowExistingViolations",
            Shape::Bool,
            "Whether an update is admitted that leaves a violation as it was.",
        ),
        Field::new("pattern", Shape::Any, "A document with wildcards, operators and anchors that the object must fit.")
            .filled("nothing is checked"),
        Field::new("anyPattern", Shape::List(&Shape::Any), "Patterns of which the object must fit at least one.")
            .filled("nothing is checked"),
        Field::new("deny", Shape::Object(&DENY), "Refuses the request when the conditions hold."),
        Field::new("foreach", Shape::List(&Shape::Object(&VALIDATE_LOOP)), "Does its part for each element of a list.")
            .filled("it does nothing"),
        Field::new("podSecurity", Shape::Object(&POD_SECURITY), "Levels of the Pod Security Standards."),
        Field::new("cel", Shape::Object(&CEL), "Checks in CEL."),
        Field::new("manifests", Shape::Object(&MANIFESTS), "Verifies signatures of manifests."),
        Field::deprecated("assert", Shape::Any, "it has no effect; remove it", "Has no effect."),
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

static DENY: ObjectShape = ObjectShape {
    title: "`deny`",
    fields: &[Field::new("conditions", Shape::Conditions, "When the request is refused; without any, always.")
        .filled("every request is refused")],
    constraints: &[],
};

static VALIDATE_LOOP: ObjectShape = ObjectShape {
    title: "an entry of `foreach`",
    fields: &[
        Field::required("list", Shape::Text, "Expression that gives the elements; no braces around it."),
        Field::new(
            "elementScope",
            Shape::Bool,
            "Whether patterns are compared with the element (`true`) or with the whole object.",
        ),
        Field::new(
            "context",
            Shape::List(&Shape::Object(&ENTRY)),
            "Values that expressions can name, loaded when they are first asked for, in this order.",
        ),
        Field::new("preconditions", Shape::Object(&ANY_ALL), "Conditions that must hold, or the rule is skipped.")
            .filled("they always hold"),
        Field::new("pattern", Shape::Any, "A document with wildcards, operators and anchors that the object must fit.")
            .filled("nothing is checked"),
        Field::new("anyPattern", Shape::List(&Shape::Any), "Patterns of which the object must fit at least one.")
            .filled("nothing is checked"),
        Field::new("deny", Shape::Object(&DENY), "Refuses the request when the conditions hold."),
        Field::new("foreach", Shape::List(&Shape::Object(&VALIDATE_LOOP)), "Does its part for each element of a list.")
            .filled("it does nothing"),
    ],
    constraints: &[Constraint::ExactlyOne(&["pattern", "anyPattern", "deny", "foreach"])],
};

static POD_SECURITY: ObjectShape = ObjectShape {
    title: "`podSecurity`",
    fields: &[
        Field::new(
            "level",
            Shape::Choice(&["privileged", "baseline", "restricted"]),
            "`privileged`, `baseline` or `restricted`.",
        ),
        Field::new("version", Shape::Text, "Version of the standards, such as `v1.29` or `latest`."),
        Field::new("exclude", Shape::List(&Shape::Object(&POD_SECURITY_EXCLUDE)), "Controls that are not checked.")
            .filled("nothing is excluded"),
    ],
    constraints: &[Constraint::Form("version", &STANDARDS_VERSION)],
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
            "Name of the control.",
        ),
        Field::new("images", Shape::List(&Shape::Text), "Only for containers with these images."),
        Field::new("restrictedField", Shape::Text, "Only for this field."),
        Field::new("values", Shape::List(&Shape::Text), "Values that are allowed there."),
    ],
    constraints: &[],
};

static MUTATE: ObjectShape = ObjectShape {
    title: "`mutate`",
    fields: &[
        Field::new(
            "patchStrategicMerge",
            Shape::Any,
            "A document that is merged into the object; `()`, `<()` and `+()` make parts conditional.",
        ),
        Field::new("patchesJson6902", Shape::Text, "Operations of a JSON patch, as text in YAML or JSON.")
            .filled("nothing is changed"),
        Field::new("foreach", Shape::List(&Shape::Object(&MUTATE_LOOP)), "Does its part for each element of a list.")
            .filled("it does nothing"),
        Field::new(
            "targets",
            Shape::List(&Shape::Object(&TARGET)),
            "Existing objects to change instead of the one in the request.",
        )
        .filled("nothing is changed"),
        Field::new(
            "mutateExistingOnPolicyUpdate",
            Shape::Bool,
            "Whether existing objects are changed when the policy changes.",
        ),
    ],
    constraints: &[Constraint::ExactlyOne(&["patchStrategicMerge", "patchesJson6902", "foreach"])],
};

static MUTATE_LOOP: ObjectShape = ObjectShape {
    title: "an entry of `foreach`",
    fields: &[
        Field::required("list", Shape::Text, "Expression that gives the elements; no braces around it."),
        Field::new("order", Shape::Choice(&["Ascending", "Descending"]), "In which order the elements are taken."),
        Field::new(
            "context",
            Shape::List(&Shape::Object(&ENTRY)),
            "Values that expressions can name, loaded when they are first asked for, in this order.",
        ),
        Field::new("preconditions", Shape::Object(&ANY_ALL), "Conditions that must hold, or the rule is skipped.")
            .filled("they always hold"),
        Field::new(
            "patchStrategicMerge",
            Shape::Any,
            "A document that is merged into the object; `()`, `<()` and `+()` make parts conditional.",
        ),
        Field::new("patchesJson6902", Shape::Text, "Operations of a JSON patch, as text in YAML or JSON.")
            .filled("nothing is changed"),
        Field::new("foreach", Shape::List(&Shape::Object(&MUTATE_LOOP)), "Does its part for each element of a list.")
            .filled("it does nothing"),
    ],
    constraints: &[Constraint::ExactlyOne(&["patchStrategicMerge", "patchesJson6902", "foreach"])],
};

static TARGET: ObjectShape = ObjectShape {
    title: "a target",
    fields: &[
        Field::new("apiVersion", Shape::Text, "Group and version of the kind."),
        Field::new("kind", Shape::Text, "Kind of the object."),
        Field::new("namespace", Shape::Text, "Namespace of the object."),
        Field::new("name", Shape::Text, "Name of the object."),
        Field::new("uid", Shape::Text, "Identity of the object."),
        Field::new("selector", Shape::Object(&SELECTOR), "Labels that the object must have."),
        Field::new(
            "context",
            Shape::List(&Shape::Object(&ENTRY)),
            "Values that expressions can name, loaded when they are first asked for, in this order.",
        ),
        Field::new("preconditions", Shape::Conditions, "Conditions that must hold, or the rule is skipped.")
            .filled("they always hold"),
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
        Field::new("apiVersion", Shape::Text, "Group and version of the generated object."),
        Field::new("kind", Shape::Text, "Kind of the generated object."),
        Field::new("name", Shape::Text, "Name of the generated object."),
        Field::new("namespace", Shape::Text, "Namespace of the generated object."),
        Field::new("uid", Shape::Text, "Identity of the object."),
        Field::new("data", Shape::Any, "The object to generate, without `apiVersion`, `kind` and name."),
        Field::new("clone", Shape::Object(&CLONE), "The object to copy."),
        Field::new("cloneList", Shape::Object(&CLONE_LIST), "Objects of several kinds to copy."),
        Field::new("foreach", Shape::List(&Shape::Object(&GENERATE_LOOP)), "Does its part for each element of a list.")
            .filled("it does nothing"),
        Field::new("synchronize", Shape::Bool, "Whether generated objects follow their source."),
        Field::new("generateExisting", Shape::Bool, "Whether objects are generated for what already exists."),
        Field::new(
            "orphanDownstreamOnPolicyDelete",
            Shape::Bool,
            "Whether generated objects stay when the policy goes.",
        ),
    ],
    constraints: SOURCES,
};

static GENERATE_LOOP: ObjectShape = ObjectShape {
    title: "an entry of `foreach`",
    fields: &[
        Field::required("list", Shape::Text, "Expression that gives the elements; no braces around it."),
        Field::new(
            "context",
            Shape::List(&Shape::Object(&ENTRY)),
            "Values that expressions can name, loaded when they are first asked for, in this order.",
        ),
        Field::new("preconditions", Shape::Object(&ANY_ALL), "Conditions that must hold, or the rule is skipped.")
            .filled("they always hold"),
        Field::new("apiVersion", Shape::Text, "Group and version of the generated object."),
        Field::new("kind", Shape::Text, "Kind of the generated object."),
        Field::new("name", Shape::Text, "Name of the generated object."),
        Field::new("namespace", Shape::Text, "Namespace of the generated object."),
        Field::new("uid", Shape::Text, "Identity of the object."),
        Field::new("data", Shape::Any, "The object to generate, without `apiVersion`, `kind` and name."),
        Field::new("clone", Shape::Object(&CLONE), "The object to copy."),
        Field::new("cloneList", Shape::Object(&CLONE_LIST), "Objects of several kinds to copy."),
    ],
    constraints: SOURCES,
};

static CLONE: ObjectShape = ObjectShape {
    title: "`clone`",
    fields: &[
        Field::new("name", Shape::Text, "Name of the object to copy."),
        Field::new("namespace", Shape::Text, "Namespace of the object to copy."),
    ],
    constraints: &[],
};

static CLONE_LIST: ObjectShape = ObjectShape {
    title: "`cloneList`",
    fields: &[
        Field::new(
            "kinds",
            Shape::List(&Shape::Text),
            "Kinds of the objects to copy, as `version/Kind` or `group/version/Kind`.",
        ),
        Field::new("namespace", Shape::Text, "Namespace of the objects to copy."),
        Field::new("selector", Shape::Object(&SELECTOR), "Labels that the object must have."),
    ],
    constraints: &[],
};
