//! `review-*.jsonl`: what the webhooks answer to an admission request under some policies.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dikast_compiler::ir::{PolicyKind, Program};
use dikast_grammar::SourceMap;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::{Engine, EngineChoice, PolicyResponse, Verdicts, World};
use dikast_runtime::native::NativeProgram;
use dikast_runtime::request::{GroupVersionKind, Request, Surroundings};
use dikast_runtime::review::{Review, review_after};
use dikast_stdlib::Value;
use serde_json::{Value as Json, json};

use crate::answer::alike;
use crate::environment::Fixed;
use crate::topic::Judge;

/// Which engine answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum EngineName {
    /// The interpreter alone.
    Interpreter,
    /// Native code, and the interpreter for words. Words of rules that pass or are skipped are not compared.
    Native,
    /// Both: where their statuses differ, the case counts as a disagreement.
    Both,
}

impl EngineName {
    fn choice(self) -> EngineChoice {
        match self {
            Self::Interpreter => EngineChoice::Interpreter,
            Self::Native => EngineChoice::Native,
            Self::Both => EngineChoice::Both,
        }
    }
}

/// Answers reviews. Policies are compiled once for all cases that share them.
pub(crate) fn judge(corpus: Option<&Path>, engine: EngineName) -> Judge {
    let mut court = Court { corpus: corpus.map(Path::to_owned), name: engine, engines: HashMap::new() };
    Box::new(move |case, _| court.agrees(case))
}

struct Court {
    corpus: Option<PathBuf>,
    name: EngineName,
    engines: HashMap<Vec<String>, Arc<Engines>>,
}

/// The engines for some policies.
struct Engines {
    engine: Engine,
    native: Option<NativeProgram>,
}

impl Court {
    fn agrees(&mut self, case: &Json) -> Result<(), String> {
        let engines = self.engines(case)?;
        let found = engines.answer(case)?;
        let expected = case.get("answer").ok_or("the case has no answer")?;
        let mut differences = Vec::new();
        let object = case.pointer("/request/object");
        compare(expected, &found, object, self.name == EngineName::Native, &mut differences);
        if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
    }

    /// The engines for the policies of a case.
    fn engines(&mut self, case: &Json) -> Result<Arc<Engines>, String> {
        let texts = self.texts(case)?;
        if let Some(engines) = self.engines.get(&texts) {
            return Ok(Arc::clone(engines));
        }
        let mut sources = SourceMap::new();
        for (at, text) in texts.iter().enumerate() {
            sources.add(format!("{at}.yaml"), text.as_str());
        }
        let program = Arc::new(dikast_compiler::compile(&sources).program);
        let native = (self.name != EngineName::Interpreter).then(|| NativeProgram::new(Arc::clone(&program)));
        let engine = Engine::new(program).with_choice(self.name.choice());
        let engines = Arc::new(Engines { engine, native });
        self.engines.insert(texts, Arc::clone(&engines));
        Ok(engines)
    }

    /// The policies and exceptions of a case, in Kyverno's order: texts before files.
    fn texts(&self, case: &Json) -> Result<Vec<String>, String> {
        let list = |member: &str| {
            let items = case.get(member).and_then(Json::as_array).into_iter().flatten();
            items.filter_map(Json::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut texts = [list("policies"), list("exceptions")].concat();
        for file in [list("policyFiles"), list("exceptionFiles")].concat() {
            let path = self.corpus.as_ref().ok_or("no --corpus is given")?.join(file);
            texts.push(std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?);
        }
        Ok(texts)
    }
}

impl Engines {
    /// The answer in the form of the golden files.
    fn answer(&self, case: &Json) -> Result<Json, String> {
        let member = |name: &str| case.get(name).cloned().unwrap_or_default();
        let texts = |name: &str| {
            let items = case.get(name).and_then(Json::as_array).into_iter().flatten();
            items.filter_map(Json::as_str).map(Arc::from).collect::<Vec<Arc<str>>>()
        };
        let mut request = Request::from_value(&Value::from(member("request"))).map_err(|error| error.to_string())?;
        // A list of roles, be it empty, says that the user was looked up.
        request.names_user |= case.get("roles").is_some() || case.get("clusterRoles").is_some();
        let labels = case.get("namespaceLabels").and_then(Json::as_object).into_iter().flatten();
        let labels = labels.map(|(key, value)| (key.as_str().into(), value.as_str().unwrap_or_default().into()));
        let surroundings = Surroundings {
            // The labels are those of the namespace around a namespaced object.
            namespace_labels: if &*request.kind.kind == "Namespace" { BTreeMap::new() } else { labels.collect() },
            roles: texts("roles"),
            cluster_roles: texts("clusterRoles"),
            top_level_kind: case.get("topLevelKind").filter(|kind| !kind.is_null()).map(kind),
            ..Surroundings::default()
        };
        let mut data = FixedData::new();
        for (key, map) in case.get("configMaps").and_then(Json::as_object).into_iter().flatten() {
            let (namespace, name) = key.split_once('/').unwrap_or(("", key));
            let texts = map.as_object().into_iter().flatten();
            let texts = texts.map(|(key, text)| (key.clone(), text.as_str().unwrap_or_default().to_owned()));
            data.add_config_map(namespace, name, texts);
        }
        let world = World { data: &data, environment: &Fixed };
        let refused = RefCell::new(None);
        let native = |request: &Request| match self.verdicts(request, &surroundings) {
            Ok(verdicts) => verdicts,
            Err(error) => {
                *refused.borrow_mut() = Some(error);
                None
            }
        };
        let review = review_after(&self.engine, &request, &surroundings, world, native);
        if let Some(error) = refused.take() {
            return Err(error);
        }
        let review = review.map_err(|needs| format!("needs {:?}", needs.0))?;
        let disagreements: Vec<_> =
            review.mutated.iter().chain(&review.validated).flat_map(|response| &response.disagreements).collect();
        if !disagreements.is_empty() {
            return Err(format!("the engines disagree: {disagreements:?}"));
        }
        to_json(self.engine.program(), &review)
    }

    /// What native code says of a request.
    fn verdicts(&self, request: &Request, surroundings: &Surroundings) -> Result<Option<Box<dyn Verdicts>>, String> {
        let Some(native) = &self.native else { return Ok(None) };
        let review =
            json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request.document});
        let verdicts = native.verdicts(review.to_string().as_bytes(), surroundings, &Fixed);
        let verdicts = verdicts.map_err(|error| format!("native code: {error}"))?;
        Ok(verdicts.map(|verdicts| Box::new(verdicts) as Box<dyn Verdicts>))
    }
}

fn kind(value: &Json) -> GroupVersionKind {
    let part = |name: &str| value.get(name).and_then(Json::as_str).unwrap_or_default().into();
    GroupVersionKind { group: part("group"), version: part("version"), kind: part("kind") }
}

fn to_json(program: &Program, review: &Review) -> Result<Json, String> {
    let mut policies: Vec<(Json, Vec<Json>)> = Vec::new();
    for response in review.mutated.iter().chain(&review.validated) {
        let (header, rules) = policy(program, response);
        match policies.iter_mut().find(|(known, _)| *known == header) {
            Some((_, known)) => known.extend(rules),
            None => policies.push((header, rules)),
        }
    }
    let policies = policies.into_iter().map(|(mut header, rules)| {
        header["rules"] = rules.into();
        header
    });
    let mut answer = json!({"ok": true, "allowed": review.allowed, "policies": policies.collect::<Vec<_>>()});
    if !review.allowed {
        answer["message"] = review.message.trim().into();
    }
    if !review.warnings.is_empty() {
        answer["warnings"] = json!(review.warnings);
    }
    if let Some(patched) = &review.patched {
        answer["patched"] = serde_json::to_value(patched).map_err(|error| error.to_string())?;
    }
    Ok(answer)
}

fn policy(program: &Program, response: &PolicyResponse) -> (Json, Vec<Json>) {
    let policy = program.policy(response.policy);
    let kind = match policy.kind {
        PolicyKind::ClusterPolicy => "ClusterPolicy",
        PolicyKind::Policy => "Policy",
    };
    let mut header = json!({"policy": &**program.name(policy.name), "kind": kind});
    if let Some(namespace) = policy.namespace {
        header["namespace"] = (&**program.name(namespace)).into();
    }
    let rules = response.rules.iter().map(|rule| {
        json!({
            "rule": &*rule.name,
            "type": rule.kind.as_str(),
            "status": rule.status.as_str(),
            "message": &*rule.message,
        })
    });
    (header, rules.collect())
}

/// What differs. With `quiet` empty messages of rules are not compared. A text that the golden answer leaves out differed from run to run in Kyverno and does not count.
fn compare(expected: &Json, found: &Json, object: Option<&Json>, quiet: bool, differences: &mut Vec<String>) {
    let differs = |name: &str| {
        let (expected, found) = (expected.get(name), found.get(name));
        let same = match (expected, found) {
            (Some(expected), Some(found)) => alike(expected, found),
            (expected, found) => expected.is_none() && found.is_none(),
        };
        (!same).then(|| format!("{name}: expected {}, found {}", text(expected), text(found)))
    };
    differences.extend(differs("ok"));
    if expected.get("ok") != Some(&Json::Bool(true)) {
        return;
    }
    differences.extend(differs("allowed"));
    for name in ["message", "warnings"] {
        if expected.get(name).is_some() {
            differences.extend(differs(name));
        }
    }
    // Kyverno also gives patches that take each other back; here the object as it was has none.
    let is_as_it_was = found.get("patched").is_none()
        && expected.get("patched").zip(object).is_some_and(|(patched, object)| alike(patched, object));
    if !is_as_it_was {
        differences.extend(differs("patched"));
    }
    compare_policies(expected.get("policies"), found.get("policies"), quiet, differences);
}

fn compare_policies(expected: Option<&Json>, found: Option<&Json>, quiet: bool, differences: &mut Vec<String>) {
    let list = |policies: Option<&Json>| policies.and_then(Json::as_array).cloned().unwrap_or_default();
    let (expected, found) = (list(expected), list(found));
    let names = |policies: &[Json]| -> Vec<String> {
        policies.iter().map(|policy| format!("{} {}", text(policy.get("kind")), text(policy.get("policy")))).collect()
    };
    if names(&expected) != names(&found) {
        differences.push(format!("policies: expected {:?}, found {:?}", names(&expected), names(&found)));
        return;
    }
    for (expected, found) in expected.iter().zip(&found) {
        let rules = |policy: &Json| policy.get("rules").and_then(Json::as_array).cloned().unwrap_or_default();
        let (expected, found) = (rules(expected), rules(found));
        let same = expected.len() == found.len()
            && expected.iter().zip(&found).all(|(expected, found)| {
                let members = expected.as_object().into_iter().flatten();
                let untold = |key: &str| quiet && key == "message" && found.get(key) == Some(&json!(""));
                members.into_iter().all(|(key, value)| untold(key) || found.get(key) == Some(value))
            });
        if !same {
            differences.push(format!("rules: expected {}, found {}", json!(expected), json!(found)));
        }
    }
}

fn text(value: Option<&Json>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Json::to_string)
}
