//! From the bytes of a review to the bytes of its answer.
//!
//! *Verdict first, words later*: native code decides on the bytes; where it says that every rule passed, was skipped or did
//! not match, that is the answer. Only otherwise is the review read whole, and the engine finds messages and patches.
//!
//! The decision itself is a plain function of policies, request and data. Around it: data that a rule turns out to need is
//! loaded with a bound and a time limit, and the decision is made again; a panic costs one request; too many requests at
//! once are refused with a clear answer instead of queued.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use dikast_compiler::codegen;
use dikast_compiler::ir::{Body, Program, RuleId};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;
use futures::future::join_all;
use tokio::sync::Semaphore;

use super::metrics::{Metrics, Outcome, Phase, RuleCounters};
use super::policies::Loaded;
use super::review::{Answer, Review, Version, uid_of};
use crate::data::{DataKey, DataKind, DataSource, Lookup};
use crate::document::Header;
use crate::engine::{Admission, Engine, EngineChoice, NeedsData, PolicyResponse, Status, World};
use crate::host::Host;
use crate::native::{NativeProgram, NativeVerdicts};
use crate::request::{Request, RequestHead, Surroundings};
use crate::review;

/// Bounds of one request.
#[derive(Clone, Copy, Debug)]
pub struct RequestBounds {
    /// Requests that are decided at the same time.
    pub in_flight_max: usize,
    /// Size of a review in bytes.
    pub body_bytes_max: usize,
    /// Time for a request, loading included.
    pub request_timeout: Duration,
    /// Time for one piece of data.
    pub load_timeout: Duration,
    /// How often data may turn out to be needed that depends on data loaded before.
    pub load_rounds_max: usize,
}

impl Default for RequestBounds {
    fn default() -> Self {
        Self {
            in_flight_max: 256,
            body_bytes_max: 8 << 20,
            request_timeout: Duration::from_secs(9),
            load_timeout: Duration::from_secs(5),
            load_rounds_max: 16,
        }
    }
}

/// Which policies a path of the webhook is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// Those with `failurePolicy: Fail`.
    Fail,
    /// Those with `failurePolicy: Ignore`.
    Ignore,
}

/// Answers reviews.
pub struct Service {
    serving: RwLock<Arc<Serving>>,
    host: Arc<dyn Host>,
    environment: Box<dyn Environment + Send + Sync>,
    choice: EngineChoice,
    metrics: Arc<Metrics>,
    bounds: RequestBounds,
    in_flight: Semaphore,
}

/// The policies that serve, whole and by failure policy. Replaced whole.
struct Serving {
    engines: [ScopedEngine; 3],
}

struct ScopedEngine {
    engine: Engine,
    native: NativeProgram,
    counters: Vec<Arc<RuleCounters>>,
}

/// What is known of a request before its object is read.
struct Preliminary {
    surroundings: Surroundings,
    verdicts: Option<NativeVerdicts>,
}

impl Serving {
    fn new(loaded: &Loaded, choice: EngineChoice, metrics: &Metrics) -> Self {
        let all = Program::clone(&loaded.program).select(|policy| policy.admission);
        let fail = all.select(|policy| !policy.failure_ignore);
        let ignore = all.select(|policy| policy.failure_ignore);
        Self { engines: [all, fail, ignore].map(|program| ScopedEngine::new(program, choice, metrics)) }
    }
}

impl ScopedEngine {
    fn new(program: Program, choice: EngineChoice, metrics: &Metrics) -> Self {
        let counters = program
            .rules
            .iter()
            .map(|rule| metrics.rule(program.name(program.policy(rule.policy).name), program.name(rule.name)))
            .collect();
        let program = Arc::new(program);
        let engine = Engine::new(Arc::clone(&program)).with_choice(choice);
        Self { engine, native: NativeProgram::new(program), counters }
    }

    /// Whether native code has decided that nothing is to be said: every rule of this phase passed, was skipped or did
    /// not match. Counts the answers if so.
    fn nothing_to_say(&self, phase: Phase, verdicts: &NativeVerdicts) -> bool {
        let program = self.engine.program();
        let concerns = |rule: RuleId| match program.rule(rule).body {
            Body::Validate(_) => phase == Phase::Validate,
            Body::Mutate(_) => phase == Phase::Mutate,
            Body::Generate(_) => false,
        };
        let statuses = || verdicts.statuses.iter().filter(|(rule, _)| concerns(*rule));
        let quiet = statuses().all(|(_, status)| {
            matches!(status, codegen::Status::NoMatch | codegen::Status::Pass | codegen::Status::Skip)
        });
        if quiet {
            for (rule, status) in statuses() {
                let status = match status {
                    codegen::Status::Pass => Status::Pass,
                    codegen::Status::Skip => Status::Skip,
                    _ => continue,
                };
                if let Some(counters) = self.counters.get(rule.index()) {
                    counters.count(status);
                }
            }
        }
        quiet
    }

    fn count(&self, policies: &[PolicyResponse]) {
        for rule in policies.iter().flat_map(|policy| &policy.rules) {
            if let Some(counters) = self.counters.get(rule.rule.index()) {
                counters.count(rule.status);
            }
        }
    }
}

impl Service {
    /// A service for these policies.
    pub fn new(
        loaded: &Loaded,
        host: Arc<dyn Host>,
        environment: Box<dyn Environment + Send + Sync>,
        choice: EngineChoice,
        metrics: Arc<Metrics>,
        bounds: RequestBounds,
    ) -> Self {
        metrics.reloaded(loaded.program.policies.len(), loaded.faults());
        let serving = RwLock::new(Arc::new(Serving::new(loaded, choice, &metrics)));
        Self { serving, host, environment, choice, metrics, bounds, in_flight: Semaphore::new(bounds.in_flight_max) }
    }

    /// Puts other policies in place; requests that are being decided finish with those they began with.
    pub fn replace(&self, loaded: &Loaded) {
        self.metrics.reloaded(loaded.program.policies.len(), loaded.faults());
        let serving = Arc::new(Serving::new(loaded, self.choice, &self.metrics));
        *self.serving.write().unwrap_or_else(PoisonError::into_inner) = serving;
    }

    /// What `/metrics` shows.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// The bounds.
    pub fn bounds(&self) -> RequestBounds {
        self.bounds
    }

    /// Answers the bytes of a review. There is an answer to everything, a refusal that says what is wrong if need be.
    pub async fn answer(&self, phase: Phase, scope: Scope, body: &[u8]) -> Vec<u8> {
        let start = Instant::now();
        let Ok(_slot) = self.in_flight.try_acquire() else {
            self.metrics.request(phase, Outcome::Failed, start.elapsed());
            let refusal = Answer::refusal(429, format!("more than {} requests at once", self.bounds.in_flight_max));
            return refusal.to_json(Default::default(), &uid_of(body));
        };
        let limit = self.bounds.request_timeout;
        let decided = tokio::time::timeout(limit, self.decide(phase, scope, body)).await;
        let (version, uid, answer) = decided.unwrap_or_else(|_elapsed| {
            let refusal = Answer::refusal(504, format!("no decision within {limit:?}"));
            (Version::default(), uid_of(body), refusal)
        });
        let outcome = match answer.code {
            _ if answer.allowed => Outcome::Allowed,
            // Refusals by policies have no code.
            None => Outcome::Denied,
            Some(_) => Outcome::Failed,
        };
        self.metrics.request(phase, outcome, start.elapsed());
        if !answer.allowed {
            tracing::info!(%uid, ?phase, ?outcome, message = answer.message.as_deref(), "refused");
        }
        answer.to_json(version, &uid)
    }

    async fn decide(&self, phase: Phase, scope: Scope, body: &[u8]) -> (Version, String, Answer) {
        let serving = Arc::clone(&self.serving.read().unwrap_or_else(PoisonError::into_inner));
        let scoped = &serving.engines[scope as usize];
        let preliminary = match Header::peek(body) {
            Ok(header) => match self.look(scoped, &header, body).await {
                Ok(preliminary) => {
                    let version = Version::of(&header.review_kind, &header.api_version);
                    let decided = self.choice == EngineChoice::Native
                        && preliminary.verdicts.as_ref().is_some_and(|all| scoped.nothing_to_say(phase, all));
                    if let (Some(version), true) = (version, decided) {
                        return (version, header.uid.into(), Answer { allowed: true, ..Answer::default() });
                    }
                    Some(preliminary)
                }
                Err(reason) => {
                    let version = Version::of(&header.review_kind, &header.api_version).unwrap_or_default();
                    return (version, header.uid.into(), Answer::refusal(500, reason));
                }
            },
            // Reading the whole review says what is wrong with it.
            Err(_) => None,
        };
        match (Review::read(body), preliminary) {
            (Ok(Review { version, request }), Some(preliminary)) => {
                let answer = self.decide_whole(phase, scoped, &request, &preliminary).await;
                (version, request.uid.to_string(), answer)
            }
            (Ok(Review { version, request }), None) => {
                let refusal = Answer::refusal(400, "the request lacks what names its kind and operation");
                (version, request.uid.to_string(), refusal)
            }
            (Err(error), _) => (Version::default(), uid_of(body), Answer::refusal(400, error.to_string())),
        }
    }

    /// Asks the host about the request, and native code about its bytes. A request that native code cannot read, or for
    /// which there is none, is the interpreter's.
    async fn look(&self, scoped: &ScopedEngine, header: &Header<'_>, body: &[u8]) -> Result<Preliminary, String> {
        let surroundings = self.host.surroundings(&RequestHead::from(header)).await?;
        if self.choice == EngineChoice::Interpreter {
            return Ok(Preliminary { surroundings, verdicts: None });
        }
        let run = AssertUnwindSafe(|| scoped.native.verdicts(body, &surroundings, &*self.environment));
        let verdicts = match catch_unwind(run) {
            Ok(Ok(verdicts)) => verdicts,
            Ok(Err(error)) => {
                tracing::debug!(%error, "no native verdicts on a request");
                None
            }
            Err(_panic) => {
                tracing::error!(uid = %header.uid, "a request made native code panic; please report this");
                None
            }
        };
        Ok(Preliminary { surroundings, verdicts })
    }

    async fn decide_whole(
        &self,
        phase: Phase,
        scoped: &ScopedEngine,
        request: &Request,
        preliminary: &Preliminary,
    ) -> Answer {
        let mut data = RequestData { host: &*self.host, loaded: HashMap::new() };
        for _round in 0..self.bounds.load_rounds_max {
            // The closure only reads; what a panic leaves behind is dropped with this request.
            let decided =
                catch_unwind(AssertUnwindSafe(|| self.decide_once(phase, scoped, request, preliminary, &data)));
            match decided {
                Ok(Ok(answer)) => return answer,
                Ok(Err(NeedsData(keys))) => self.load(keys, &mut data).await,
                Err(_panic) => {
                    tracing::error!(uid = %request.uid, "a request made dikast panic; please report this");
                    return Answer::refusal(500, "dikast failed on this request; this is a bug in dikast");
                }
            }
        }
        let rounds = self.bounds.load_rounds_max;
        Answer::refusal(500, format!("context entries depend on each other more than {rounds} times"))
    }

    fn decide_once(
        &self,
        phase: Phase,
        scoped: &ScopedEngine,
        request: &Request,
        preliminary: &Preliminary,
        data: &RequestData<'_>,
    ) -> Result<Answer, NeedsData> {
        let world = World { data, environment: &*self.environment };
        let engine = &scoped.engine;
        let mut admission = Admission::new(request, &preliminary.surroundings);
        if let Some(verdicts) = &preliminary.verdicts {
            admission = admission.with_verdicts(verdicts);
        }
        let (mut answer, policies) = match phase {
            Phase::Mutate => {
                let review::Mutation { allowed, message, warnings, policies, patch } =
                    review::mutate_admission(engine, admission, world)?;
                (Answer { allowed, message: Some(message), warnings, patch, ..Answer::default() }, policies)
            }
            Phase::Validate => {
                let review::Validation { allowed, message, warnings, policies } =
                    review::validate_admission(engine, &admission, world)?;
                (Answer { allowed, message: Some(message), warnings, ..Answer::default() }, policies)
            }
        };
        scoped.count(&policies);
        for disagreement in policies.iter().flat_map(|policy| &policy.disagreements) {
            tracing::error!(uid = %request.uid, ?disagreement, "the engines disagree; please report this");
        }
        answer.audit_annotations = audit_annotations(engine.program(), &policies);
        Ok(answer)
    }

    /// Loads what is missing, all at once. What does not come in time counts as failed.
    async fn load(&self, keys: Vec<DataKey>, data: &mut RequestData<'_>) {
        let missing: BTreeSet<DataKey> = keys.into_iter().filter(|key| !data.loaded.contains_key(key)).collect();
        let limit = self.bounds.load_timeout;
        let loading = missing.into_iter().map(|key| async move {
            let answer = tokio::time::timeout(limit, self.host.load(&key)).await;
            let answer = answer.unwrap_or_else(|_elapsed| Err(format!("no answer within {limit:?}")));
            self.metrics.data_loaded(answer.is_err());
            (key, answer)
        });
        data.loaded.extend(join_all(loading).await);
    }
}

/// For the audit log: which rules failed or could not be evaluated, whether or not that refused the request.
fn audit_annotations(program: &Program, policies: &[PolicyResponse]) -> Vec<(String, String)> {
    [(Status::Fail, "failed"), (Status::Error, "errors")]
        .into_iter()
        .filter_map(|(status, name)| {
            let rules: Vec<String> = policies
                .iter()
                .flat_map(|policy| policy.rules.iter().map(move |rule| (policy.policy, rule)))
                .filter(|(_, rule)| rule.status == status)
                .map(|(policy, rule)| format!("{}/{}", program.name(program.policy(policy).name), rule.name))
                .collect();
            (!rules.is_empty()).then(|| (name.to_owned(), rules.join(",")))
        })
        .collect()
}

/// The data of one request: every rule of it sees the same answer to the same question.
struct RequestData<'a> {
    host: &'a dyn Host,
    loaded: HashMap<DataKey, Result<Value, String>>,
}

impl DataSource for RequestData<'_> {
    fn lookup(&self, key: &DataKey) -> Lookup {
        match self.loaded.get(key) {
            Some(Ok(value)) => Lookup::Ready(value.clone()),
            Some(Err(reason)) => Lookup::Failed(reason.clone()),
            None => Lookup::Absent,
        }
    }

    fn offers(&self, kind: DataKind) -> bool {
        self.host.offers(kind)
    }
}
