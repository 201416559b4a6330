//! The types that Kyverno reads a rule into when it has substituted the variables of a whole rule (`api/kyverno/v1`,
//! `pkg/engine/variables/vars.go`, `SubstituteAllInRule`): a variable that is no text where a text belongs is an error
//! there, in the words of a decoder that knows these types.
//!
//! Only what a mutate rule can have is listed.

use dikast_grammar::yaml::{Entry, Node, NodeValue};

use Shape::{Any, Bool, Conditions, List, Object, Optional, Text, Texts};

/// What is read at a place of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// Members that are texts.
    Texts,
    /// `true` or `false`.
    Bool,
    /// Any value.
    Any,
    /// A list of conditions, or `any` and `all`.
    Conditions,
    /// A pointer.
    Optional(&'static Shape),
    /// A list, with the name of its type.
    List(&'static str, &'static Shape),
    /// A struct.
    Object(&'static Struct),
}

/// A type with fields.
#[derive(Debug, PartialEq, Eq)]
pub struct Struct {
    /// Its name, as in `v1.Rule`.
    pub name: &'static str,
    /// Its fields, those of embedded types among them.
    pub fields: &'static [Field],
}

/// A field of a type.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its names in Go: that of the embedded type before its own.
    pub go_names: &'static [&'static str],
    /// What it holds.
    pub shape: Shape,
    /// It is written also when it is empty.
    pub is_kept: bool,
}

impl Struct {
    /// The field with a name, letter case aside.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        let is_exact = |field: &&Field| field.name == name;
        let fields = self.fields.iter();
        fields.clone().find(is_exact).or_else(|| fields.clone().find(|field| field.name.eq_ignore_ascii_case(name)))
    }
}

impl Shape {
    /// A part of a rule without the fields that Kyverno leaves out when it writes the rule: those that are empty.
    pub fn without_empty(self, node: &Node) -> Node {
        let value = match (self, &node.value) {
            (Optional(inner), _) => return inner.without_empty(node),
            (List(_, item), NodeValue::List(items)) => {
                NodeValue::List(items.iter().map(|node| item.without_empty(node)).collect())
            }
            (Object(of), NodeValue::Map(entries)) => {
                let is_left_out = |entry: &Entry| {
                    of.field(entry.key.as_str())
                        .is_none_or(|field| !field.is_kept && field.shape.is_empty(&entry.value))
                };
                let kept = entries.iter().filter(|entry| !is_left_out(entry)).cloned();
                let below = |entry: Entry| Entry {
                    value: self.member(entry.key.as_str()).without_empty(&entry.value),
                    ..entry
                };
                NodeValue::Map(kept.map(below).collect())
            }
            (_, value) => value.clone(),
        };
        Node { value, span: node.span }
    }

    fn is_empty(self, node: &Node) -> bool {
        match &node.value {
            NodeValue::Null => true,
            NodeValue::Text(text) => self == Text && text.as_str().is_empty(),
            NodeValue::List(items) => matches!(self, List(..)) && items.is_empty(),
            NodeValue::Map(entries) => self == Texts && entries.is_empty(),
            _ => false,
        }
    }

    /// The shape of a member of this one.
    pub fn member(self, name: &str) -> Shape {
        match self {
            Optional(inner) => inner.member(name),
            Object(of) => of.field(name).map_or(Any, |field| field.shape),
            Texts => Text,
            Conditions => CONDITIONS,
            _ => Any,
        }
    }

    /// The shape of an item of this one.
    pub fn item(self) -> Shape {
        match self {
            Optional(inner) => inner.item(),
            List(_, item) => *item,
            Conditions => Object(&CONDITION),
            _ => Any,
        }
    }
}

const fn field(name: &'static str, go_names: &'static [&'static str], shape: Shape) -> Field {
    Field { name, go_names, shape, is_kept: false }
}

const fn kept(name: &'static str, go_names: &'static [&'static str], shape: Shape) -> Field {
    Field { name, go_names, shape, is_kept: true }
}

const STRINGS: Shape = List("[]string", &Text);
const CONTEXT: Shape = List("[]v1.ContextEntry", &Object(&CONTEXT_ENTRY));
const FILTERS: Shape = List("v1.ResourceFilters", &Object(&FILTER));
const SUBJECTS: Shape = List("[]v1.Subject", &Object(&SUBJECT));
const SELECTOR: Shape = Optional(&Object(&LABEL_SELECTOR));

/// A rule.
pub static RULE: Struct = Struct {
    name: "v1.Rule",
    fields: &[
        kept("name", &["Name"], Text),
        field("context", &["Context"], CONTEXT),
        field("reportProperties", &["ReportProperties"], Texts),
        kept("match", &["MatchResources"], Object(&MATCH)),
        field("exclude", &["ExcludeResources"], Optional(&Object(&MATCH))),
        field("imageExtractors", &["ImageExtractors"], Any),
        field("preconditions", &["RawAnyAllConditions"], Optional(&Conditions)),
        field("celPreconditions", &["CELPreconditions"], Any),
        field("mutate", &["Mutation"], Optional(&Object(&MUTATION))),
        field("validate", &["Validation"], Any),
        field("generate", &["Generation"], Any),
        field("verifyImages", &["VerifyImages"], Any),
        field("skipBackgroundRequests", &["SkipBackgroundRequests"], Optional(&Bool)),
    ],
};

static MATCH: Struct = Struct {
    name: "v1.MatchResources",
    fields: &[
        field("any", &["Any"], FILTERS),
        field("all", &["All"], FILTERS),
        field("roles", &["UserInfo", "Roles"], STRINGS),
        field("clusterRoles", &["UserInfo", "ClusterRoles"], STRINGS),
        field("subjects", &["UserInfo", "Subjects"], SUBJECTS),
        kept("resources", &["ResourceDescription"], Object(&RESOURCES)),
    ],
};

static FILTER: Struct = Struct {
    name: "v1.ResourceFilter",
    fields: &[
        field("roles", &["UserInfo", "Roles"], STRINGS),
        field("clusterRoles", &["UserInfo", "ClusterRoles"], STRINGS),
        field("subjects", &["UserInfo", "Subjects"], SUBJECTS),
        kept("resources", &["ResourceDescription"], Object(&RESOURCES)),
    ],
};

static RESOURCES: Struct = Struct {
    name: "v1.ResourceDescription",
    fields: &[
        field("kinds", &["Kinds"], STRINGS),
        field("name", &["Name"], Text),
        field("names", &["Names"], STRINGS),
        field("namespaces", &["Namespaces"], STRINGS),
        field("annotations", &["Annotations"], Texts),
        field("selector", &["Selector"], SELECTOR),
        field("namespaceSelector", &["NamespaceSelector"], SELECTOR),
        field("operations", &["Operations"], List("[]v1.AdmissionOperation", &Text)),
    ],
};

static LABEL_SELECTOR: Struct = Struct {
    name: "v1.LabelSelector",
    fields: &[
        field("matchLabels", &["MatchLabels"], Texts),
        field("matchExpressions", &["MatchExpressions"], List("[]v1.LabelSelectorRequirement", &Object(&REQUIREMENT))),
    ],
};

static REQUIREMENT: Struct = Struct {
    name: "v1.LabelSelectorRequirement",
    fields: &[
        kept("key", &["Key"], Text),
        kept("operator", &["Operator"], Text),
        field("values", &["Values"], STRINGS),
    ],
};

static SUBJECT: Struct = Struct {
    name: "v1.Subject",
    fields: &[
        kept("kind", &["Kind"], Text),
        field("apiGroup", &["APIGroup"], Text),
        kept("name", &["Name"], Text),
        field("namespace", &["Namespace"], Text),
    ],
};

static CONTEXT_ENTRY: Struct = Struct {
    name: "v1.ContextEntry",
    fields: &[
        kept("name", &["Name"], Text),
        field("configMap", &["ConfigMap"], Optional(&Object(&CONFIG_MAP))),
        field("apiCall", &["APICall"], Optional(&Object(&API_CALL))),
        field("imageRegistry", &["ImageRegistry"], Optional(&Object(&IMAGE_REGISTRY))),
        field("variable", &["Variable"], Optional(&Object(&VARIABLE))),
        field("globalReference", &["GlobalReference"], Optional(&Object(&GLOBAL_REFERENCE))),
    ],
};

static CONFIG_MAP: Struct = Struct {
    name: "v1.ConfigMapReference",
    fields: &[kept("name", &["Name"], Text), field("namespace", &["Namespace"], Text)],
};

static API_CALL: Struct = Struct {
    name: "v1.ContextAPICall",
    fields: &[
        kept("urlPath", &["APICall", "URLPath"], Text),
        field("method", &["APICall", "Method"], Text),
        field("data", &["APICall", "Data"], List("[]v1.RequestData", &Object(&REQUEST_DATA))),
        field("service", &["APICall", "Service"], Optional(&Object(&SERVICE_CALL))),
        field("default", &["Default"], Optional(&Any)),
        field("jmesPath", &["JMESPath"], Text),
    ],
};

static REQUEST_DATA: Struct = Struct {
    name: "v1.RequestData",
    fields: &[kept("key", &["Key"], Text), kept("value", &["Value"], Optional(&Any))],
};

static SERVICE_CALL: Struct = Struct {
    name: "v1.ServiceCall",
    fields: &[
        kept("url", &["URL"], Text),
        field("headers", &["Headers"], List("[]v1.HTTPHeader", &Object(&HEADER))),
        kept("caBundle", &["CABundle"], Text),
    ],
};

static HEADER: Struct =
    Struct { name: "v1.HTTPHeader", fields: &[kept("key", &["Key"], Text), kept("value", &["Value"], Text)] };

static IMAGE_REGISTRY: Struct = Struct {
    name: "v1.ImageRegistry",
    fields: &[
        kept("reference", &["Reference"], Text),
        field("jmesPath", &["JMESPath"], Text),
        field("imageRegistryCredentials", &["ImageRegistryCredentials"], Optional(&Any)),
    ],
};

static VARIABLE: Struct = Struct {
    name: "v1.Variable",
    fields: &[
        field("value", &["Value"], Optional(&Any)),
        field("jmesPath", &["JMESPath"], Text),
        field("default", &["Default"], Optional(&Any)),
    ],
};

static GLOBAL_REFERENCE: Struct = Struct {
    name: "v1.GlobalContextEntryReference",
    fields: &[kept("name", &["Name"], Text), field("jmesPath", &["JMESPath"], Text)],
};

const CONDITIONS: Shape = List("[]v1.Condition", &Object(&CONDITION));

static CONDITION: Struct = Struct {
    name: "v1.Condition",
    fields: &[
        field("key", &["RawKey"], Optional(&Any)),
        field("operator", &["Operator"], Text),
        field("value", &["RawValue"], Optional(&Any)),
        field("message", &["Message"], Text),
    ],
};

static MUTATION: Struct = Struct {
    name: "v1.Mutation",
    fields: &[
        field("mutateExistingOnPolicyUpdate", &["MutateExistingOnPolicyUpdate"], Optional(&Bool)),
        field("targets", &["Targets"], List("[]v1.TargetResourceSpec", &Object(&TARGET))),
        field("patchStrategicMerge", &["RawPatchStrategicMerge"], Optional(&Any)),
        field("patchesJson6902", &["PatchesJSON6902"], Text),
        field("foreach", &["ForEachMutation"], Any),
    ],
};

static TARGET: Struct = Struct {
    name: "v1.TargetResourceSpec",
    fields: &[
        field("apiVersion", &["TargetSelector", "ResourceSpec", "APIVersion"], Text),
        field("kind", &["TargetSelector", "ResourceSpec", "Kind"], Text),
        field("namespace", &["TargetSelector", "ResourceSpec", "Namespace"], Text),
        field("name", &["TargetSelector", "ResourceSpec", "Name"], Text),
        field("uid", &["TargetSelector", "ResourceSpec", "UID"], Text),
        field("selector", &["TargetSelector", "Selector"], SELECTOR),
        field("context", &["Context"], CONTEXT),
        field("preconditions", &["RawAnyAllConditions"], Optional(&Conditions)),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_the_document() {
        let rule = Object(&RULE);
        assert_eq!(rule.member("match").member("any").item().member("resources").member("names").item(), Text);
        assert_eq!(rule.member("context").item().member("apiCall").member("urlPath"), Text);
        assert_eq!(rule.member("context").item().member("variable").member("value"), Optional(&Any));
        assert_eq!(rule.member("preconditions").member("all").item().member("message"), Text);
        assert_eq!(rule.member("preconditions").item().member("key"), Optional(&Any));
        assert_eq!(rule.member("mutate").member("patchStrategicMerge").member("metadata"), Any);
        assert_eq!(rule.member("reportProperties").member("team"), Text);
        assert_eq!(rule.member("NAME"), Text);
    }
}
