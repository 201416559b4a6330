//! Requests of which native code alone does not make the answer: read whole, decided by the engine, with data from the host.
//!
//! Data that a rule turns out to need is loaded with a bound and a time limit, and the decision is made again. A panic
//! costs one request. Too many requests at once are refused with a clear answer instead of queued.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use dikast_compiler::ir::Program;
use dikast_stdlib::Value;
use futures::future::join_all;

use super::metrics::{Outcome, Phase};
use super::review::{Answer, Review, Version, uid_of};
use super::service::{DESK, Preliminary, Scope, Service};
use super::serving::Serving;
use crate::data::{DataKey, DataKind, DataSource, Lookup};
use crate::document::Header;
use crate::engine::{Admission, EngineChoice, NeedsData, PolicyResponse, Status, World};
use crate::host::Host;
use crate::native::{Found, NativeVerdicts, UnitName};
use crate::request::{Request, RequestHead, Surroundings};
use crate::review;

impl Service {
    /// Answers a request of which `preliminary` is known, unless too many are being answered this way.
    pub(super) async fn answer_undecided(
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
