//! From the bytes of a review to the bytes of its answer.
//!
//! *Verdict first, words later*: native code decides on the bytes; where it says that every rule passed, was skipped or did
//! not match, that is the answer. Only otherwise is the review read whole, and the engine finds messages and patches.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;
use dikast_stdlib::functions::Environment;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::bounds::RequestBounds;
use super::metrics::{Metrics, Outcome, Phase};
use super::open_requests::{OpenRequest, OpenRequests};
use super::policies::Loaded;
use super::review::{Version, uid_of, write_allowed};
use super::serving::Serving;
use super::surroundings::KnownSurroundings;
use super::workers::{Batch, Workers};
use crate::document::Header;
use crate::engine::EngineChoice;
use crate::host::Host;
use crate::native::{Found, NativeVerdicts, Scratch, UnitName, UnitStore};
use crate::request::Surroundings;

/// How a service works.
#[derive(Debug, Default)]
pub struct Options {
    /// Which engine decides.
    pub choice: EngineChoice,
    /// Bounds of requests.
    pub bounds: RequestBounds,
    /// Where compiled units are found again.
    pub store: UnitStore,
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
    pub(super) number: u64,
    pub(super) serving: ArcSwap<Serving>,
    /// Held while policies are replaced, so that the last to be asked for win.
    replacing: Mutex<()>,
    /// The units that have to be compiled before the service is ready.
    first: Arc<Batch>,
    is_ready: AtomicBool,
    pub(super) workers: Workers,
    store: Arc<UnitStore>,
    pub(super) host: Arc<dyn Host>,
    pub(super) environment: Box<dyn Environment + Send + Sync>,
    pub(super) choice: EngineChoice,
    pub(super) metrics: Metrics,
    pub(super) bounds: RequestBounds,
    pub(super) in_flight: Semaphore,
    open: OpenRequests,
    large: Semaphore,
}

/// What is known of a request before its object is read whole.
#[derive(Default)]
pub(super) struct Preliminary {
    pub(super) surroundings: Option<Surroundings>,
    pub(super) verdicts: Option<NativeVerdicts>,
}

/// What a thread keeps for the requests that it answers, one after the other.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) scratch: Scratch,
    pub(super) surroundings: KnownSurroundings,
}

thread_local! {
    pub(super) static DESK: RefCell<Desk> = RefCell::default();
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
        options: Options,
    ) -> Self {
        static SERVICES: AtomicU64 = AtomicU64::new(1);
        let Options { choice, bounds, store } = options;
        let (store, metrics) = (Arc::new(store), Metrics::default());
        metrics.reloaded(loaded.program.policies.len(), loaded.faults());
        host.set_global_entries(&loaded.global_entries);
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
        self.host.set_global_entries(&loaded.global_entries);
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

    /// Waits until the service is ready, or the bound for compiling has passed.
    pub fn wait_until_ready(&self) {
        self.first.wait_until(Instant::now() + self.bounds.compile_timeout);
    }

    /// What `/metrics` shows.
    pub fn metrics_page(&self) -> String {
        self.metrics.page(self.store.usage())
    }

    /// Counts what happens outside of decisions.
    pub fn metrics(&self) -> &Metrics {
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
}
