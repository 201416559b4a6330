//! Running a test (Kyverno `cmd/cli/kubectl-kyverno/commands/test/test.go`).

use std::path::PathBuf;

use dikast_runtime::engine::EngineChoice;
use dikast_runtime::request::Operation;
use dikast_stdlib::Value;

use super::assertion::policy_documents;
use super::check::{Outcome, Said, is_named};
use super::file::{Expectation, GlobalEntry, Test, ValuesSource};
use crate::evaluation::data::OfflineData;
use crate::evaluation::expression;
use crate::evaluation::global::GlobalValue;
use crate::evaluation::policies::{self, Policies};
use crate::evaluation::registry::Registry;
use crate::evaluation::response::Response;
use crate::evaluation::{CloneSources, Downstream, Evaluator};
use crate::input::InputError;
use crate::input::fields::Fields;
use crate::input::file::File;
use crate::input::folder::files_at;
use crate::input::resources::{self, ObjectKey};
use crate::input::user::User;
use crate::input::values::Values;

/// A test that is ready to run.
pub(crate) struct Prepared {
    evaluator: Evaluator,
    policies: Policies,
    objects: Vec<Value>,
    targets: Vec<Value>,
    /// Objects that were given more than once.
    pub(crate) repeated: Vec<ObjectKey>,
}

/// Reads all that a test names. `registry`: image registries may be asked.
///
/// # Errors
/// When a file cannot be read or has another form.
pub(crate) fn prepare(test: &Test, engine: EngineChoice, words: bool, registry: bool) -> anyhow::Result<Prepared> {
    let paths: Vec<_> = test.policies.iter().chain(&test.exceptions).cloned().collect();
    let mut policies = policies::load_admitted(&paths)?;
    let malformed = policies.malformed();
    if !malformed.is_empty() {
        anyhow::bail!("a policy cannot be read\n{}", policies.shown(&malformed, false));
    }
    let mut evaluator = Evaluator::new(std::mem::take(&mut policies.compilation.program), engine);
    evaluator.words = words;
    evaluator.values = match &test.values {
        ValuesSource::None => Values::default(),
        ValuesSource::File(path) => Values::read(path)?,
        ValuesSource::Inline(values) => values.clone(),
    };
    evaluator.values.check_operation()?;
    evaluator.user = test.user.as_deref().map(User::read).transpose()?;
    // whole numbers of the objects are floats here, those of targets are not
    let mut objects = Vec::new();
    for path in files_of(&test.resources)? {
        objects.extend(resources::read(&path)?.iter().map(Value::to_floats));
    }
    let (objects, repeated) = resources::distinct(objects);
    let mut targets = Vec::new();
    for path in files_of(&test.target_resources)? {
        targets.extend(resources::read(&path)?);
    }
    evaluator.data = data(test, &objects, &targets)?;
    if registry {
        evaluator.data.set_registry(Registry::new()?);
    }
    let mut cloned = Vec::new();
    for expectation in &test.expectations {
        if let Some(path) = &expectation.clone_source {
            let (policy, rule) = (expectation.policy.clone(), expectation.rule.clone());
            cloned.push(CloneSources { policy, rule, objects: resources::read(path)? });
        }
    }
    evaluator.downstream = Downstream::Sources(cloned);
    Ok(Prepared { evaluator, policies, objects, targets, repeated })
}

/// Files, and those in folders.
fn files_of(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputError> {
    Ok(paths.iter().map(|path| files_at(path)).collect::<Result<Vec<_>, _>>()?.concat())
}

impl Prepared {
    /// The documents of the policies.
    pub(crate) fn policy_documents(&self) -> Vec<Value> {
        policy_documents(&self.policies.sources)
    }

    /// The number of policies, objects and exceptions, for the progress line.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let counts = self.policies.compilation.counts;
        [counts.policies + counts.refused, self.objects.len(), counts.exceptions]
    }

    /// Whether results name an object or a rule that is not there. Kyverno checks all objects then, and takes for excluded
    /// what no rule answers.
    pub(crate) fn names_unknown(&self, test: &Test) -> bool {
        let program = self.evaluator.program();
        let keys: Vec<_> = self.objects.iter().chain(&self.targets).map(ObjectKey::of).collect();
        let has_rule = |expectation: &Expectation| {
            expectation.rule.is_empty()
                || program.rules.iter().any(|rule| expectation.names_rule(program.name(rule.name)))
        };
        let has_objects = |expectation: &Expectation| {
            let mut names = expectation.resources.iter().flatten();
            names.all(|name| keys.iter().any(|key| is_named(key, name)))
        };
        !test.expectations.iter().all(|expectation| has_rule(expectation) && has_objects(expectation))
    }

    /// Findings of the compiler that cost a policy or a rule, or that tell why one has ended in an error.
    pub(crate) fn complaints(&self, outcome: &Outcome, colour: bool) -> String {
        let in_error = outcome.responses().flat_map(Response::rules_in_error).collect();
        let errors = self.policies.errors(&self.evaluator.places_of(&in_error));
        if errors.is_empty() { String::new() } else { self.policies.shown(&errors, colour) }
    }

    /// Asks the policies about each object, once more for each operation that an expectation names.
    ///
    /// # Errors
    /// When the pretended cluster lacks what an object needs.
    pub(crate) fn run(&self, test: &Test) -> anyhow::Result<Outcome> {
        let mut operations: Vec<Operation> =
            test.expectations.iter().filter_map(|expectation| expectation.operation).collect();
        operations.sort_by_key(|operation| operation.as_str());
        operations.dedup();
        let mut outcome = Outcome { left_out: self.policies.left_out.clone(), ..Outcome::default() };
        outcome.said = self.ask(None)?;
        for operation in operations {
            outcome.by_operation.push((operation, self.ask(Some(operation))?));
        }
        for target in &self.targets {
            let key = ObjectKey::of(target);
            let all = outcome.said.iter().chain(outcome.by_operation.iter().flat_map(|(_, said)| said));
            let of_target: Vec<_> = all
                .flat_map(|(_, responses)| responses)
                .filter(|response| {
                    let changed = response.rules.iter().filter_map(|rule| rule.patched_target.as_ref());
                    changed.into_iter().any(|object| ObjectKey::of(object) == key)
                })
                .cloned()
                .collect();
            if !of_target.is_empty() {
                outcome.targets.push((key, of_target));
            }
        }
        Ok(outcome)
    }

    fn ask(&self, operation: Option<Operation>) -> anyhow::Result<Said> {
        let mut said = Said::new();
        for object in &self.objects {
            let key = ObjectKey::of(object);
            match self.evaluator.evaluate(object, operation) {
                Ok(mut responses) => {
                    responses.iter_mut().for_each(Response::forget_generated_after_errors);
                    said.push((key, responses));
                }
                Err(reason) => anyhow::bail!("failed to apply policies on resource {} ({reason})", key.name),
            }
        }
        Ok(said)
    }
}

/// What rules of the test find beyond the object.
fn data(test: &Test, objects: &[Value], targets: &[Value]) -> Result<OfflineData, InputError> {
    let mut data = OfflineData::default();
    data.set_existing(objects.iter().chain(targets).cloned().collect());
    if !test.cluster_resources.is_empty() {
        let mut cluster: Vec<Value> = objects.iter().chain(targets).cloned().collect();
        for path in &test.cluster_resources {
            let file = File::read(path)?;
            for node in &file.documents {
                let mut fields = Fields::of(&file, node, "clusterResource")?;
                for name in ["apiVersion", "kind", "metadata"] {
                    fields.node(name);
                }
                if let Some(spec) = fields.node("spec") {
                    let mut spec = Fields::of(&file, spec, "spec")?;
                    spec.texts("crds")?;
                    cluster.extend(spec.list("resources")?.unwrap_or_default().iter().map(Value::from));
                    spec.finish()?;
                }
                fields.finish()?;
            }
        }
        data.set_cluster(cluster);
    }
    for call in &test.api_calls {
        data.add_call(call.method.as_deref(), &call.url, call.status, call.body.clone());
    }
    for entry in &test.global_entries {
        data.add_global(&entry.name, global_value(entry).map(GlobalValue::Mock));
    }
    Ok(data)
}

/// What an entry of the global context holds: the part that it names, or an object of its projections.
fn global_value(entry: &GlobalEntry) -> Result<Value, String> {
    let part = match entry.field_path.as_str() {
        "" => entry.root.clone(),
        path => expression::ask(path, &entry.root)?,
    };
    if entry.projections.is_empty() {
        return Ok(part);
    }
    let project = |(name, path): &(String, String)| Ok((name.clone(), expression::ask(path, &part)?));
    Ok(Value::object(entry.projections.iter().map(project).collect::<Result<Vec<_>, String>>()?))
}
