//! Policies on objects, without a cluster, in the order of Kyverno's command line: all that mutate, then all that
//! validate, then all that generate (`cmd/cli/kubectl-kyverno/processor/policy_processor.go`).
//!
//! | module | what |
//! |---|---|
//! | [`response`], [`count`] | what policies say |
//! | [`data`], [`global`] | what rules find beyond the object |
//! | [`live`] | a cluster |
//! | [`registry`] | image registries |
//! | [`expression`], [`parts`] | expressions outside any policy, and their parts |
//! | [`world`] | time, chance, name lookups |
//! | [`policies`] | compiling what is given |
//! | [`turn`] | one object on its way through the policies |
//! | [`review`] | requests for native code |

pub(crate) mod count;
pub(crate) mod data;
pub(crate) mod expression;
pub(crate) mod global;
pub(crate) mod live;
pub(crate) mod parts;
pub(crate) mod policies;
pub(crate) mod registry;
pub(crate) mod response;
mod review;
mod turn;
pub(crate) mod world;

use std::collections::BTreeSet;
use std::sync::Arc;

use dikast_compiler::ir::{PolicyId, Program, RuleId};
use dikast_grammar::Span;
use dikast_runtime::engine::{
    Admission, Disagreement, Engine, EngineChoice, NeedsData, PolicyResponse, RuleKind, World,
};
use dikast_runtime::native::NativeProgram;
use dikast_runtime::request::{GroupVersionKind, Operation, Origin, Request, Surroundings, User as RequestUser};
use dikast_stdlib::Value;

use crate::input::resources::{self, ObjectKey};
use crate::input::user::User;
use crate::input::values::{Values, path_of};
use data::{DataWithObjects, OfflineData};
use response::{PolicyFacts, Response};
use turn::Turn;
use world::Machine;

/// Policies and all that they need to be asked.
pub(crate) struct Evaluator {
    engine: Engine,
    /// Native code, unless the interpreter is to decide alone.
    native: Option<NativeProgram>,
    choice: EngineChoice,
    /// Whether no policy asks who makes a request.
    ignores_users: bool,
    /// Whether rules that pass or are skipped have to say so in words.
    pub(crate) words: bool,
    policies: Vec<(PolicyId, Arc<PolicyFacts>)>,
    /// Values of variables.
    pub(crate) values: Values,
    /// Who makes the request.
    pub(crate) user: Option<User>,
    /// What rules find beyond the object.
    pub(crate) data: OfflineData,
    /// What generate rules find.
    pub(crate) downstream: Downstream,
}

/// What generate rules find beside the object that they are about.
#[derive(Debug, Default)]
pub(crate) enum Downstream {
    /// All existing objects.
    #[default]
    Existing,
    /// What each rule clones, and nothing else.
    Sources(Vec<CloneSources>),
}

/// The objects that a generate rule clones.
#[derive(Debug)]
pub(crate) struct CloneSources {
    /// The policy, with its namespace if it has one.
    pub(crate) policy: String,
    /// The rule.
    pub(crate) rule: String,
    /// The objects.
    pub(crate) objects: Vec<Value>,
}

impl Evaluator {
    /// An evaluator without values, user and data.
    pub(crate) fn new(mut program: Program, choice: EngineChoice) -> Self {
        let ignores_users = review::ignores_users(&mut program);
        let ids = (0..program.policies.len()).filter_map(|at| u32::try_from(at).ok()).map(PolicyId);
        let policies = ids.map(|id| (id, Arc::new(PolicyFacts::of(&program, id)))).collect();
        let program = Arc::new(program);
        let native = (choice != EngineChoice::Interpreter).then(|| NativeProgram::new(Arc::clone(&program)));
        Self {
            engine: Engine::new(program).with_choice(choice),
            native,
            choice,
            ignores_users,
            words: true,
            policies,
            values: Values::default(),
            user: None,
            data: OfflineData::default(),
            downstream: Downstream::default(),
        }
    }

    /// The policies.
    pub(crate) fn program(&self) -> &Program {
        self.engine.program()
    }

    /// Where rules stand.
    pub(crate) fn places_of(&self, rules: &BTreeSet<RuleId>) -> Vec<Span> {
        rules.iter().filter_map(|rule| self.program().rule(*rule).span).collect()
    }

    /// How many rules there are, those that autogen made included.
    pub(crate) fn rule_count(&self) -> usize {
        self.engine.program().rules.len()
    }

    /// What the policies say about an object, for an operation or the one that the values name.
    ///
    /// # Errors
    /// When the pretended cluster lacks the object's namespace, or data is missing that nobody can load.
    pub(crate) fn evaluate(&self, object: &Value, operation: Option<Operation>) -> Result<Vec<Response>, String> {
        let mut turn = Turn::new(self, object, operation)?;
        let mut responses = Vec::new();
        for sort in [RuleKind::Mutation, RuleKind::Validation, RuleKind::Generation, RuleKind::Cleanup] {
            for (id, facts) in self.policies.iter().filter(|(_, facts)| facts.has(sort)) {
                responses.extend(turn.ask(sort, *id, facts)?);
            }
        }
        Ok(responses)
    }

    fn ask(
        &self,
        sort: RuleKind,
        policy: PolicyId,
        facts: &PolicyFacts,
        admission: &Admission<'_>,
    ) -> Result<PolicyResponse, NeedsData> {
        let world = World { data: &self.data, environment: &Machine };
        match sort {
            RuleKind::Mutation => self.engine.mutate(policy, admission, world),
            RuleKind::Validation => self.engine.validate(policy, admission, world),
            RuleKind::Cleanup => self.engine.clean_up(policy, admission, world),
            RuleKind::Generation => match &self.downstream {
                Downstream::Existing => self.engine.generate(policy, admission, world),
                Downstream::Sources(sources) => {
                    let existing = self.cloned(sources, policy, facts, admission.shown_object());
                    let data = DataWithObjects { data: &self.data, existing };
                    self.engine.generate(policy, admission, World { data: &data, ..world })
                }
            },
        }
    }

    /// The object, and what the rules of a policy clone.
    fn cloned(&self, sources: &[CloneSources], policy: PolicyId, facts: &PolicyFacts, object: &Value) -> Vec<Value> {
        let program = self.engine.program();
        let rules = program.policy(policy).rules;
        let full_name = facts.full_name();
        let of_rule = |rule: RuleId| {
            let name = program.name(program.rule(rule).name);
            sources.iter().find(|sources| sources.policy == full_name && *sources.rule == **name)
        };
        let cloned = (rules.0..rules.1).map(RuleId).filter_map(of_rule).flat_map(|sources| &sources.objects);
        // rules can name the same file
        resources::distinct(std::iter::once(object).chain(cloned).cloned().collect()).0
    }

    /// The kind that policies match, and the subresource that the object stands for.
    fn matched_kind(&self, object: &Value) -> (GroupVersionKind, String) {
        let kind = GroupVersionKind::of(object);
        let stands_for = self.values.subresources.iter().rfind(|subresource| subresource.kind == kind);
        match stands_for.filter(|_| self.data.cluster().is_none()) {
            Some(subresource) => (subresource.parent.clone(), subresource.name.clone()),
            None => (kind, String::new()),
        }
    }

    fn namespace_labels(&self, key: &ObjectKey) -> Result<Vec<(String, String)>, String> {
        let given = self.values.namespaces.get(&key.namespace).filter(|labels| !labels.is_empty());
        if let Some(labels) = given {
            return Ok(labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect());
        }
        let Some(objects) = self.data.cluster().filter(|_| key.kind != "Namespace" && !key.namespace.is_empty()) else {
            return Ok(Vec::new());
        };
        let namespace = objects.iter().find(|object| {
            let of = ObjectKey::of(object);
            of.kind == "Namespace" && of.name == key.namespace
        });
        let Some(namespace) = namespace else {
            return Err(format!("failed to get the resource's namespace (namespaces \"{}\" not found)", key.namespace));
        };
        let labels = namespace.at(&["metadata", "labels"]).and_then(Value::as_object);
        let labels = labels.into_iter().flatten();
        Ok(labels.filter_map(|(name, value)| Some((name.to_string(), value.as_text()?.to_owned()))).collect())
    }

    fn surroundings(&self, namespace_labels: &[(String, String)], kind: GroupVersionKind) -> Surroundings {
        let texts = |list: &[String]| list.iter().map(|text| Arc::from(text.as_str())).collect();
        let user = self.user.clone().unwrap_or_default();
        Surroundings {
            namespace_labels: namespace_labels
                .iter()
                .map(|(name, value)| (Arc::from(name.as_str()), Arc::from(value.as_str())))
                .collect(),
            roles: texts(&user.roles),
            cluster_roles: texts(&user.cluster_roles),
            top_level_kind: Some(kind),
            origin: Origin::Background,
            ..Surroundings::default()
        }
    }

    /// The operation that applying a policy to an object stands for.
    fn operation(&self, facts: &PolicyFacts, object: &str) -> Operation {
        match self.values.operation(&facts.name, object).as_deref() {
            Some("DELETE") => Operation::Delete,
            Some("UPDATE") => Operation::Update,
            _ => Operation::Create,
        }
    }

    /// The request that applying policies to an object stands for.
    fn request(&self, object: &Value, operation: Operation, subresource: &str) -> Request {
        let key = ObjectKey::of(object);
        let (new, old) = match operation {
            Operation::Delete => (Value::Null, object.clone()),
            Operation::Update => (object.clone(), object.clone()),
            _ => (object.clone(), Value::Null),
        };
        Request {
            kind: GroupVersionKind::of(object),
            sub_resource: subresource.into(),
            name: key.name.into(),
            namespace: key.namespace.into(),
            operation,
            user: self.request_user(),
            object: new,
            old_object: old,
            document: Value::object(self.user.iter().map(|user| ("userInfo", user.info.clone()))),
            ..Request::default()
        }
    }

    fn admission<'s>(
        &self,
        policy: PolicyId,
        facts: &PolicyFacts,
        request: &Request,
        surroundings: &'s Surroundings,
    ) -> Admission<'s> {
        let mut admission = Admission::new(request, surroundings);
        let variables = self.values.variables(&facts.name, &request.name);
        if !variables.is_empty() {
            admission.set_variables(variables.into_iter().map(|(name, value)| (path_of(&name), value)));
        }
        let program = self.engine.program();
        let rules = program.policy(policy).rules;
        for rule in (rules.0..rules.1).map(RuleId) {
            let name = program.name(program.rule(rule).name);
            let variables = self.values.rule_variables(&facts.name, name);
            if !variables.is_empty() {
                let variables = variables.iter().map(|(name, value)| (path_of(name), value.clone()));
                admission.set_rule_variables(rule, variables);
            }
        }
        admission
    }

    /// The same result with the words of the interpreter where native code has none.
    fn told(
        &self,
        sort: RuleKind,
        policy: PolicyId,
        facts: &PolicyFacts,
        request: &Request,
        surroundings: &Surroundings,
        mut result: PolicyResponse,
    ) -> PolicyResponse {
        let admission = self.admission(policy, facts, request, surroundings);
        let Ok(told) = self.ask(sort, policy, facts, &admission) else { return result };
        for (rule, told) in result.rules.iter_mut().zip(told.rules) {
            if rule.rule == told.rule && rule.status == told.status {
                *rule = told;
            }
        }
        result
    }

    /// With both engines, a difference between them is an error.
    fn check(&self, disagreements: &[Disagreement]) -> Result<(), String> {
        match disagreements.first().filter(|_| self.choice == EngineChoice::Both) {
            None => Ok(()),
            Some(found) => {
                let program = self.engine.program();
                let rule = program.rule(found.rule);
                Err(format!(
                    "native code and interpreter disagree on rule {} of policy {}: {:?} and {:?}; please report this",
                    program.name(rule.name),
                    program.name(program.policy(rule.policy).name),
                    found.native,
                    found.interpreter
                ))
            }
        }
    }

    fn request_user(&self) -> RequestUser {
        let Some(user) = &self.user else { return RequestUser::default() };
        let text = |value: &Value| value.as_text().map(Arc::from);
        RequestUser {
            name: user.info.get("username").and_then(text).unwrap_or_else(|| "".into()),
            groups: user.info.get("groups").and_then(Value::as_list).into_iter().flatten().filter_map(text).collect(),
        }
    }
}
