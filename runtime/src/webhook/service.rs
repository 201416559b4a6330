//! From the bytes of a review to the bytes of its answer.
//!
//! *Verdict first, words later*: native code decides on the bytes; where it says that every rule passed, was skipped or did
//! not match, that is the answer. Only otherwise is the review read whole, and the engine finds messages and patches.
//!
//! The decision itself is a plain function of policies, request and data. Around it: data that a rule turns out to need is
//! loaded with a bound and a time limit, and the decision is made again; a panic costs one request; too many requests at
//! once are refused with a clear answer instead of queued.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use dikast_compiler::ir::Program;
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;
use futures::future::join_all;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::metrics::{Metrics, Outcome, Phase};
use super::open_requests::{OpenRequest, OpenRequests};
use super::policies::Loaded;
use super::review::{Answer, Review, Version, uid_of, write_allowed};
use super::serving::Serving;
use super::surroundings::KnownSurroundings;
use super::workers::{Batch, Workers};
use crate::data::{DataKey, DataKind, DataSource, Lookup};
use crate::document::Header;
use crate::engine::{Admission, EngineChoice, NeedsData, PolicyResponse, Status, World};
use crate::host::Host;
use crate::native::{Found, NativeVerdicts, Scratch, UnitName, UnitStore};
use crate::request::{Request, RequestHead, Surroundings};
use crate::review;

/// Bounds of one request.
#[derive(Clone, Copy, Debug)]
pub struct RequestBounds {
    /// Requests that are being read or decided at the same time.
    pub open_max: usize,
    /// Bodies of more than 256 KiB that are being read at the same time.
    pub large_max: usize,
    /// Requests that are decided by more than native code at the same time.
    pub in_flight_max: usize,
    /// Size of a review in bytes.
    pub body_bytes_max: usize,
    /// Time that policies which are put in place wait for their units to be compiled.
    pub compile_timeout: Duration,
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
            open_max: 1024,
            large_max: 32,
            in_flight_max: 256,
            body_bytes_max: 8 << 20,
            compile_timeout: Duration::from_secs(30),
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
    /// Tells this service's answers from others' in what threads keep.
    number: u64,
    serving: ArcSwap<Serving>,
    /// Held while policies are replaced, so that the last to be asked for win.
    replacing: Mutex<()>,
    /// The units that have to be compiled before the service is ready.
    first: Arc<Batch>,
    is_ready: AtomicBool,
    workers: Workers,
    store: Arc<UnitStore>,
    host: Arc<dyn Host>,
    environment: Box<dyn Environment + Send + Sync>,
    choice: EngineChoice,
    metrics: Arc<Metrics>,
    bounds: RequestBounds,
    in_flight: Semaphore,
    open: OpenRequests,
    large: Semaphore,
}

/// What is known of a request before its object is read whole.
#[derive(Default)]
struct Preliminary {
    surroundings: Option<Surroundings>,
    verdicts: Option<NativeVerdicts>,
}

/// What a thread keeps for the requests that it answers, one after the other.
#[derive(Default)]
struct Desk {
    scratch: Scratch,
    surroundings: KnownSurroundings,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// What came of a first look at a request.
enum FirstLook {
    /// This is the answer.
    Answer(Vec<u8>),
    /// More than native code is needed, or somebody has to be asked.
    Undecided(Preliminary),
}

impl Service {
    /// A service for these policies. Their units are compiled in the background; until one is, the interpreter answers.
    pub fn new(
        loaded: &Loaded,
        host: Arc<dyn Host>,
        environment: Box<dyn Environment + Send + Sync>,
        choice: EngineChoice,
        metrics: Arc<Metrics>,
        bounds: RequestBounds,
    ) -> Self {
        Self::with_store(loaded, host, environment, choice, metrics, bounds, UnitStore::default())
    }

    /// Like [`Service::new`], with a store for the units.
    pub fn with_store(
        loaded: &Loaded,
        host: Arc<dyn Host>,
        environment: Box<dyn Environment + Send + Sync>,
        choice: EngineChoice,
        metrics: Arc<Metrics>,
        bounds: RequestBounds,
        store: UnitStore,
    ) -> Self {
        static SERVICES: AtomicU64 = AtomicU64::new(1);
        metrics.reloaded(loaded.program.policies.len(), loaded.faults());
        let store = Arc::new(store);
        let serving = Arc::new(Serving::new(loaded, choice, &metrics, &store));
        let workers = Workers::default();
        let first = match choice {
            EngineChoice::Interpreter => Arc::default(),
            EngineChoice::Native | EngineChoice::Both => {
                let first = workers.compile_all(&serving.native, serving.first_units(None));
                workers.compile_all(&serving.native, serving.later_units());
                first
            }
        };
        Self {
            number: SERVICES.fetch_add(1, Ordering::Relaxed),
            serving: ArcSwap::new(serving),
            replacing: Mutex::default(),
            first,
            is_ready: AtomicBool::new(false),
            workers,
            store,
            host,
            environment,
            choice,
            metrics,
            bounds,
            in_flight: Semaphore::new(bounds.in_flight_max),
            open: OpenRequests::new(bounds.open_max),
            large: Semaphore::new(bounds.large_max),
        }
    }

    /// Puts other policies in place, after the units that requests need have been compiled or the bound for that has
    /// passed; meanwhile the old ones serve. Requests that are being decided finish with those they began with. Blocks
    /// the caller, and nobody else.
    pub fn replace(&self, loaded: &Loaded) {
        let _replacing = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        let serving = Arc::new(Serving::new(loaded, self.choice, &self.metrics, &self.store));
        if self.choice != EngineChoice::Interpreter {
            let units = serving.first_units(Some(&self.serving.load()));
            let batch = self.workers.compile_all(&serving.native, units);
            if !batch.wait_until(Instant::now() + self.bounds.compile_timeout) {
                tracing::warn!("compiling takes long; the interpreter answers what is not ready");
            }
            self.workers.compile_all(&serving.native, serving.later_units());
        }
        self.metrics.reloaded(loaded.program.policies.len(), loaded.faults());
        self.serving.store(serving);
    }

    /// Whether the units that the policies name have been compiled.
    pub fn is_ready(&self) -> bool {
        if !self.is_ready.load(Ordering::Relaxed) && self.first.is_done() {
            self.is_ready.store(true, Ordering::Relaxed);
        }
        self.is_ready.load(Ordering::Relaxed)
    }

    /// What `/metrics` shows.
    pub fn metrics_page(&self) -> String {
        self.metrics.page(self.store.usage())
    }

    /// Counts what happens outside of decisions.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Takes in a request, unless too many are open.
    pub fn admit(&self) -> Option<OpenRequest<'_>> {
        self.open.admit()
    }

    /// Takes in a body that is large, unless too many of them are being read.
    pub(super) fn admit_large(&self) -> Option<SemaphorePermit<'_>> {
        self.large.try_acquire().ok()
    }

    /// The bounds.
    pub fn bounds(&self) -> RequestBounds {
        self.bounds
    }

    /// Answers the bytes of a review. There is an answer to everything, a refusal that says what is wrong if need be.
    pub async fn answer(&self, phase: Phase, scope: Scope, body: &[u8]) -> Vec<u8> {
        let start = Instant::now();
        match self.look(phase, scope, body) {
            FirstLook::Answer(answer) => {
                self.metrics.request(phase, Outcome::Allowed, start.elapsed());
                answer
            }
            // Boxed, so that the many that need no more carry no room for it.
            FirstLook::Undecided(preliminary) => {
                Box::pin(self.answer_undecided(phase, scope, body, preliminary, start)).await
            }
        }
    }

    /// Decides by native code alone, where that can be done now: units, surroundings and memory are those of this thread or
    /// read without locks, and nothing is allocated but the answer.
    fn look(&self, phase: Phase, scope: Scope, body: &[u8]) -> FirstLook {
        if self.choice != EngineChoice::Native {
            return FirstLook::Undecided(Preliminary::default());
        }
        DESK.with_borrow_mut(|desk| {
            let look = AssertUnwindSafe(|| self.look_with(desk, phase, scope, body));
            match catch_unwind(look) {
                Ok(look) => look,
                Err(_panic) => {
                    tracing::error!(uid = %uid_of(body), "a request made native code panic; please report this");
                    *desk = Desk::default();
                    FirstLook::Undecided(Preliminary::default())
                }
            }
        })
    }

    fn look_with(&self, desk: &mut Desk, phase: Phase, scope: Scope, body: &[u8]) -> FirstLook {
        let undecided = |surroundings, verdicts| FirstLook::Undecided(Preliminary { surroundings, verdicts });
        let Ok(header) = Header::peek(body) else { return undecided(None, None) };
        let Some(generation) = self.host.generation() else { return undecided(None, None) };
        let known = desk.surroundings.get((self.number, generation), &header);
        let Some(surroundings) = known else { return undecided(None, None) };
        let Some(name) = UnitName::of(&header, surroundings) else {
            return undecided(Some(surroundings.clone()), None);
        };
        let serving = self.serving.load();
        let scratch = &mut desk.scratch;
        let version = Version::of(&header.review_kind, &header.api_version);
        let found = serving.native.find(&name, |unit| {
            let decided = match unit.decide(scratch, body, surroundings, &*self.environment) {
                Ok(decided) => decided,
                Err(error) => {
                    tracing::debug!(%error, "no native verdicts on a request");
                    return undecided(Some(surroundings.clone()), None);
                }
            };
            match version {
                Some(version) if serving.nothing_to_say(phase, scope, &decided) => {
                    FirstLook::Answer(write_allowed(version, &header.uid))
                }
                _ => undecided(Some(surroundings.clone()), Some(decided.to_verdicts())),
            }
        });
        match found {
            Found::Ready(look) => look,
            Found::NotReady => undecided(Some(surroundings.clone()), None),
            Found::Unknown => {
                self.workers.compile_next(&serving.native, name.to_unit());
                undecided(Some(surroundings.clone()), None)
            }
        }
    }

    async fn answer_undecided(
        &self,
        phase: Phase,
        scope: Scope,
        body: &[u8],
        preliminary: Preliminary,
        start: Instant,
    ) -> Vec<u8> {
        let Ok(_slot) = self.in_flight.try_acquire() else {
            self.metrics.request(phase, Outcome::Shed, start.elapsed());
            let refusal = Answer::refusal(429, format!("more than {} requests at once", self.bounds.in_flight_max));
            return refusal.to_json(Default::default(), &uid_of(body));
        };
        let limit = self.bounds.request_timeout;
        let decided = tokio::time::timeout(limit, self.decide(phase, scope, body, preliminary)).await;
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

    async fn decide(
        &self,
        phase: Phase,
        scope: Scope,
        body: &[u8],
        preliminary: Preliminary,
    ) -> (Version, String, Answer) {
        let Preliminary { surroundings, mut verdicts } = preliminary;
        let serving = self.serving.load_full();
        let surroundings = match (surroundings, Header::peek(body)) {
            (Some(surroundings), _) => Some(surroundings),
            (None, Ok(header)) => match self.ask_host(&header).await {
                Ok(surroundings) => {
                    if self.choice != EngineChoice::Interpreter {
                        verdicts = self.verdicts(&serving, &header, &surroundings, body);
                    }
                    let version = Version::of(&header.review_kind, &header.api_version);
                    let quiet = |verdicts| serving.nothing_to_say(phase, scope, verdicts);
                    if let (Some(version), EngineChoice::Native, Some(true)) =
                        (version, self.choice, verdicts.as_ref().map(quiet))
                    {
                        return (version, header.uid.into(), Answer { allowed: true, ..Answer::default() });
                    }
                    Some(surroundings)
                }
                Err(reason) => {
                    let version = Version::of(&header.review_kind, &header.api_version).unwrap_or_default();
                    return (version, header.uid.into(), Answer::refusal(500, reason));
                }
            },
            // Reading the whole review says what is wrong with it.
            (None, Err(_)) => None,
        };
        match (Review::read(body), surroundings) {
            (Ok(Review { version, request }), Some(surroundings)) => {
                let known =
                    Known { scope, serving: &serving, surroundings: &surroundings, verdicts: verdicts.as_ref() };
                let answer = self.decide_whole(phase, &request, known).await;
                (version, request.uid.to_string(), answer)
            }
            (Ok(Review { version, request }), None) => {
                let refusal = Answer::refusal(400, "the request lacks what names its kind and operation");
                (version, request.uid.to_string(), refusal)
            }
            (Err(error), _) => (Version::default(), uid_of(body), Answer::refusal(400, error.to_string())),
        }
    }

    /// Asks the host about a request, and keeps the answer for others like it.
    async fn ask_host(&self, header: &Header<'_>) -> Result<Surroundings, String> {
        let generation = self.host.generation();
        let surroundings = self.host.surroundings(&RequestHead::from(header)).await?;
        if let Some(generation) = generation {
            DESK.with_borrow_mut(|desk| {
                desk.surroundings.keep((self.number, generation), header, surroundings.clone())
            });
        }
        Ok(surroundings)
    }

    /// What native code says of a request, if its unit is ready. A request that it cannot read is the interpreter's.
    fn verdicts(
        &self,
        serving: &Serving,
        header: &Header<'_>,
        surroundings: &Surroundings,
        body: &[u8],
    ) -> Option<NativeVerdicts> {
        let name = UnitName::of(header, surroundings)?;
        let run = || {
            DESK.with_borrow_mut(|desk| {
                serving.native.find(&name, |unit| {
                    let decided = unit.decide(&mut desk.scratch, body, surroundings, &*self.environment).ok()?;
                    Some(decided.to_verdicts())
                })
            })
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Found::Ready(verdicts)) => verdicts,
            Ok(Found::NotReady) => None,
            Ok(Found::Unknown) => {
                self.workers.compile_next(&serving.native, name.to_unit());
                None
            }
            Err(_panic) => {
                tracing::error!(uid = %header.uid, "a request made native code panic; please report this");
                None
            }
        }
    }

    async fn decide_whole(&self, phase: Phase, request: &Request, known: Known<'_>) -> Answer {
        let mut data = RequestData { host: &*self.host, loaded: HashMap::new() };
        for _round in 0..self.bounds.load_rounds_max {
            // The closure only reads; what a panic leaves behind is dropped with this request.
            let decided = catch_unwind(AssertUnwindSafe(|| self.decide_once(phase, request, known, &data)));
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
        request: &Request,
        known: Known<'_>,
        data: &RequestData<'_>,
    ) -> Result<Answer, NeedsData> {
        let world = World { data, environment: &*self.environment };
        let engine = known.serving.engine(known.scope);
        let mut admission = Admission::new(request, known.surroundings);
        if let Some(verdicts) = known.verdicts {
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
        known.serving.count(&policies);
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

/// What is known when a request is decided whole.
#[derive(Clone, Copy)]
struct Known<'a> {
    scope: Scope,
    serving: &'a Serving,
    surroundings: &'a Surroundings,
    verdicts: Option<&'a NativeVerdicts>,
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
