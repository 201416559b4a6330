//! Policies, rules and what a rule does.

use dikast_grammar::Span;

use super::{Conditions, ConstId, EntryId, ExprId, LabelSelector, MatchBlock, NameId, PatternId, PolicyId, Program};

/// A policy's own settings; its rules stand in [`Program::rules`](super::Program::rules).
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name.
    pub name: NameId,
    /// The namespace of a `Policy`; nothing for a `ClusterPolicy`.
    pub namespace: Option<NameId>,
    /// Which kind of policy.
    pub kind: PolicyKind,
    /// Metadata annotations, for reports.
    pub annotations: Vec<(NameId, NameId)>,
    /// Whether failures refuse the request unless a rule or an override says otherwise.
    pub enforce: bool,
    /// `spec.validationFailureActionOverrides`.
    pub overrides: Vec<Override>,
    /// `failurePolicy: Ignore`: errors let the request through.
    pub failure_ignore: bool,
    /// `applyRules: One`: stop after the first rule that passed or failed.
    pub apply_one: bool,
    /// `emitWarning`.
    pub emit_warning: bool,
    /// Whether it runs on admission at all.
    pub admission: bool,
    /// Whether it runs in background scans and on the command line.
    pub background: bool,
    /// Its rules: a half-open range of rule ids.
    pub rules: (u32, u32),
    /// Where the document stands.
    pub span: Option<Span>,
}

/// Kinds of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// `ClusterPolicy`
    ClusterPolicy,
    /// `Policy`
    Policy,
}

/// A failure action for some namespaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Whether failures refuse the request there.
    pub enforce: bool,
    /// Wildcards on the namespace's name; nothing when the field is absent.
    pub namespaces: Option<Vec<NameId>>,
    /// Labels of the namespace.
    pub selector: Option<LabelSelector>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its policy.
    pub policy: PolicyId,
    /// Its name; autogen's rules have their own.
    pub name: NameId,
    /// What autogen has to do with it.
    pub autogen: Option<Autogen>,
    /// When it applies.
    pub matching: MatchBlock,
    /// When it does not after all; nothing when the block is absent or empty.
    pub exclude: Option<MatchBlock>,
    /// Context entries in order.
    pub context: Vec<EntryId>,
    /// Preconditions.
    pub preconditions: Option<Conditions>,
    /// What it does.
    pub body: Body,
    /// `reportProperties`
    pub report_properties: Vec<ReportProperty>,
    /// `skipBackgroundRequests`, true by default.
    pub skip_background_requests: bool,
    /// Where it stands.
    pub span: Option<Span>,
}

/// What autogen has to do with a rule (Kyverno `pkg/autogen/v1`). Validation computes the rules of a policy for the kind
/// that is asked about.
#[derive(Clone, Debug, PartialEq)]
pub enum Autogen {
    /// Autogen made the rule.
    Made {
        /// The controllers' kinds for which the rule is made when one of them is asked about, without group and version:
        /// none where the annotation has no such name, as with `all`.
        controllers: Vec<NameId>,
    },
    /// The author gave the rule a name as autogen gives them. It does not count for kinds that autogen makes rules for.
    Displaced {
        /// These kinds, without group and version.
        kinds: Vec<NameId>,
    },
}

impl Rule {
    /// Whether validation of objects of a kind has this rule (Kyverno `pkg/engine/validation.go`).
    pub fn counts_for_kind(&self, program: &Program, kind: &str) -> bool {
        let is_among = |kinds: &[NameId]| kinds.iter().any(|name| **program.name(*name) == *kind);
        match &self.autogen {
            None => true,
            Some(Autogen::Made { controllers }) => is_among(controllers),
            Some(Autogen::Displaced { kinds }) => !is_among(kinds),
        }
    }
}

/// A context entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name that expressions use.
    pub name: NameId,
    /// Where its value comes from.
    pub source: EntrySource,
    /// Where it stands.
    pub span: Option<Span>,
}

/// How a policy says to reach a registry (`imageRegistryCredentials`).
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryCredentials {
    /// `allowInsecureRegistry`
    pub is_insecure: bool,
    /// `secrets`
    pub secrets: Vec<NameId>,
}

/// Where the value of a context entry comes from (Kyverno `pkg/engine/context/loaders`).
#[derive(Clone, Debug, PartialEq)]
pub enum EntrySource {
    /// `variable`
    Variable {
        /// `value`
        value: Option<Written>,
        /// `jmesPath`: asked of the value when there is one, else of the context.
        jmespath: Option<EntryQuery>,
        /// `default`
        default: Option<Written>,
    },
    /// `configMap`
    ConfigMap {
        /// `name`
        name: Written,
        /// `namespace`
        namespace: Option<Written>,
    },
    /// `apiCall`
    ApiCall(ApiCall),
    /// `imageRegistry`
    ImageRegistry {
        /// `reference`
        reference: Written,
        /// `jmesPath`, asked of the image data.
        jmespath: Option<EntryQuery>,
        /// `imageRegistryCredentials`
        credentials: Option<RegistryCredentials>,
    },
    /// `globalReference`
    GlobalReference {
        /// `name`, with an optional projection after a dot.
        name: Written,
        /// `jmesPath`, asked of the entry.
        jmespath: Option<EntryQuery>,
    },
}

/// A template with what its author wrote, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Gives its value.
    pub expr: ExprId,
    /// The value before substitution in Go's default text (`%v`).
    pub text: NameId,
}

/// A `jmesPath` field: an expression whose text may itself hold variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryQuery {
    /// Gives the text of the expression.
    pub path: Written,
    /// The expression, when its text is known at compile time. It stands below no [`Expr::With`](super::Expr::With):
    /// the loader chooses the root. Wrapped in [`Expr::Resolve`](super::Expr::Resolve) without a DELETE variant when it is
    /// asked of the context.
    pub query: Option<ExprId>,
}

/// An `apiCall` entry.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiCall {
    /// `POST` instead of `GET`.
    pub post: bool,
    /// `urlPath`: a path of the API server.
    pub url_path: Option<Written>,
    /// `service`, used when there is no path.
    pub service: Option<Service>,
    /// `data`: the members of the posted object.
    pub data: Vec<(NameId, ExprId)>,
    /// `jmesPath`, asked of the answer.
    pub jmespath: Option<EntryQuery>,
    /// `default`: the value when the call fails. It is also substituted, and an error there fails the entry.
    pub default: Option<(ConstId, ExprId)>,
}

/// A service to call.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// `url`
    pub url: ExprId,
    /// `caBundle`, PEM.
    pub ca_bundle: Option<ExprId>,
    /// `headers`
    pub headers: Vec<(NameId, ExprId)>,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// `validate`
    Validate(Validate),
    /// `mutate`
    Mutate(Mutate),
    /// `generate`
    Generate(Generate),
    /// The one rule of a cleanup policy. Its preconditions are the policy's `conditions`.
    Cleanup(Cleanup),
}

/// `validate`
#[derive(Clone, Debug, PartialEq)]
pub struct Validate {
    /// `message`: a template.
    pub message: Option<ExprId>,
    /// The message as written, for texts in which Kyverno does not substitute.
    pub raw_message: Option<NameId>,
    /// `failureAction`: whether failures refuse the request; nothing when the policy decides.
    pub enforce: Option<bool>,
    /// `failureActionOverrides`
    pub overrides: Vec<Override>,
    /// `allowExistingViolations`, true by default.
    pub allow_existing_violations: bool,
    /// What is asked.
    pub action: ValidateAction,
}

/// What a validate rule asks.
#[derive(Clone, Debug, PartialEq)]
pub enum ValidateAction {
    /// `pattern`
    Pattern(PatternId),
    /// `anyPattern`
    AnyPattern(Vec<PatternId>),
    /// `deny`; without conditions it always denies.
    Deny(Option<Conditions>),
    /// `foreach`
    Foreach(Vec<ValidateLoop>),
    /// `podSecurity`
    PodSecurity(PodSecurity),
    /// None of them: the rule gives no answer.
    Nothing,
}

/// One entry of `validate.foreach`.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidateLoop {
    /// `list`: a bare expression. Wrapped in [`Expr::Resolve`](super::Expr::Resolve) without a DELETE variant.
    pub list: ExprId,
    /// The list's text, for messages.
    pub list_text: NameId,
    /// Context entries of each turn.
    pub context: Vec<EntryId>,
    /// Preconditions of each turn.
    pub preconditions: Option<Conditions>,
    /// `elementScope`
    pub element_scope: Option<bool>,
    /// What is asked of each element: deny, patterns or a nested loop.
    pub action: ValidateAction,
    /// Where it stands.
    pub span: Option<Span>,
}

/// `validate.podSecurity`
#[derive(Clone, Debug, PartialEq)]
pub struct PodSecurity {
    /// `level`
    pub level: NameId,
    /// `version`, as written.
    pub version: NameId,
    /// `exclude`
    pub exclude: Vec<PodSecurityExclude>,
}

/// One entry of `podSecurity.exclude`.
#[derive(Clone, Debug, PartialEq)]
pub struct PodSecurityExclude {
    /// `controlName`
    pub control: NameId,
    /// `images`, wildcards.
    pub images: Vec<NameId>,
    /// `restrictedField`
    pub restricted_field: Option<NameId>,
    /// `values`, wildcards.
    pub values: Vec<NameId>,
}

/// `mutate`
#[derive(Clone, Debug, PartialEq)]
pub struct Mutate {
    /// What it changes.
    pub action: MutateAction,
    /// `targets`: existing objects to change instead of the request's.
    pub targets: Vec<Target>,
    /// `mutateExistingOnPolicyUpdate`, of the rule or else of the policy.
    pub existing_on_policy_update: bool,
    /// The parts of the rule that Kyverno also substitutes before a standard mutation (the whole rule is one document
    /// there); an error in one of them is the rule's error. In document order, patch excluded.
    pub also_substituted: Vec<ExprId>,
    /// The rule as Kyverno decodes it again when it is substituted, where a variable may give something else than the text
    /// that belongs in its place.
    pub decoded: Option<DecodedRule>,
}

/// One of `reportProperties`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportProperty {
    /// Its name.
    pub name: NameId,
    /// Its text as written.
    pub written: NameId,
    /// Its text with variables replaced.
    pub value: ExprId,
}

/// A rule that is decoded into types when its variables are substituted ([`crate::rule_types`]).
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedRule {
    /// Those of the substituted parts that have to give texts.
    pub texts: Vec<ExprId>,
    /// The whole rule.
    pub rule: ExprId,
}

/// What a mutate rule changes.
#[derive(Clone, Debug, PartialEq)]
pub enum MutateAction {
    /// `patchStrategicMerge`: gives the overlay, anchors in its keys.
    Merge(ExprId),
    /// `patchesJson6902`: gives the text of the operations.
    Json(ExprId),
    /// `foreach`
    Foreach(Vec<MutateLoop>),
    /// Neither: an error when the rule runs.
    Nothing,
}

/// One entry of `mutate.foreach`.
#[derive(Clone, Debug, PartialEq)]
pub struct MutateLoop {
    /// `list`: a bare expression. Wrapped in [`Expr::Resolve`](super::Expr::Resolve) without a DELETE variant.
    pub list: ExprId,
    /// The list's text, for messages.
    pub list_text: NameId,
    /// `order`
    pub order: LoopOrder,
    /// Context entries of each turn.
    pub context: Vec<EntryId>,
    /// Preconditions of each turn.
    pub preconditions: Option<Conditions>,
    /// What each turn changes.
    pub action: MutateAction,
    /// Where it stands.
    pub span: Option<Span>,
}

/// Order of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopOrder {
    /// Not given: descending for strategic merge, else ascending.
    Default,
    /// First element first.
    Ascending,
    /// Last element first.
    Descending,
}

/// One entry of `mutate.targets`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// `apiVersion`
    pub api_version: ExprId,
    /// `kind`
    pub kind: ExprId,
    /// `namespace`
    pub namespace: Option<ExprId>,
    /// `name`
    pub name: Option<ExprId>,
    /// `selector`, as an object.
    pub selector: Option<ExprId>,
    /// Context entries of each target.
    pub context: Vec<EntryId>,
    /// Preconditions of each target.
    pub preconditions: Option<Conditions>,
}

/// What a cleanup policy does: its objects are deleted when the schedule says so (Kyverno
/// `api/kyverno/v2/cleanup_policy_types.go`).
#[derive(Clone, Debug, PartialEq)]
pub struct Cleanup {
    /// `schedule`, as in a CronJob.
    pub schedule: NameId,
}

/// `generate`
#[derive(Clone, Debug, PartialEq)]
pub struct Generate {
    /// The downstream objects, one per pattern (`foreach` has several).
    pub sources: Vec<GenerateSource>,
    /// `synchronize`
    pub synchronize: bool,
    /// `generateExisting`, of the rule or else of the policy.
    pub existing: bool,
    /// `orphanDownstreamOnPolicyDelete`
    pub orphan_downstream: bool,
}

/// One generated pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerateSource {
    /// Its loop, when it stands in `foreach`: list, context and preconditions.
    pub list: Option<ExprId>,
    /// Context entries of each turn.
    pub context: Vec<EntryId>,
    /// Preconditions of each turn.
    pub preconditions: Option<Conditions>,
    /// The resource spec as an object template: `apiVersion`, `kind`, `name`, `namespace`, `data`, `clone`, `cloneList`.
    pub resource: ExprId,
}
