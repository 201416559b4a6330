//! Loading context entries (Kyverno `pkg/engine/context/loaders`).

use std::sync::Arc;

use dikast_compiler::ir::{ApiCall, EntryId, EntryQuery, EntrySource, RegistryCredentials, Written};
use dikast_stdlib::{Value, encode};

use super::deferred::Loaded;
use super::tree::Writing;
use super::{Context, api_call};
use crate::data::{DataKey, DataKind, ImageCredentials, Lookup};
use crate::interpreter::{Fault, Interpreter};

impl Context {
    /// Loads the waiting entries that a query names.
    ///
    /// # Errors
    ///
    /// Why an entry cannot be loaded.
    pub(crate) fn load(&self, interpreter: &Interpreter<'_>, names: impl Fn(EntryId) -> bool) -> Result<(), Fault> {
        let seen = {
            let state = self.state.borrow();
            state.deferred.horizon(state.checkpoints.len())
        };
        loop {
            // The borrow must end before the entry is loaded, for its own queries load in turn.
            let next = self.state.borrow_mut().deferred.next_named(seen, &names);
            match next {
                Some(entry) => self.load_entry(interpreter, entry)?,
                None => return Ok(()),
            }
        }
    }

    /// Leaves the present scope: the document is as it was when the scope was opened, but entries of the scopes that stay
    /// keep what they loaded.
    pub(crate) fn restore(&self, interpreter: &Interpreter<'_>) {
        let checkpoint = self.state.borrow_mut().checkpoints.pop();
        self.reset_to(interpreter, checkpoint, true);
    }

    /// Begins the present scope anew, for the next turn of a loop.
    pub(crate) fn reset(&self, interpreter: &Interpreter<'_>) {
        let checkpoint = self.state.borrow().checkpoints.last().cloned();
        self.reset_to(interpreter, checkpoint, false);
    }

    fn reset_to(&self, interpreter: &Interpreter<'_>, checkpoint: Option<Value>, closing: bool) {
        let Some(document) = checkpoint else { return };
        let stored_again = {
            let mut state = self.state.borrow_mut();
            state.document = document;
            state.images_named = false;
            let level = state.checkpoints.len();
            state.deferred.reset(closing, level)
        };
        for (entry, done) in stored_again {
            // Kyverno only logs an entry that cannot be stored again; a query that names it finds it missing.
            let _ = self.load_entry(interpreter, entry);
            if done {
                self.state.borrow_mut().deferred.remove(entry);
            }
        }
    }

    fn load_entry(&self, interpreter: &Interpreter<'_>, entry: EntryId) -> Result<(), Fault> {
        self.state.borrow_mut().deferred.begin(entry);
        let outcome = Loader { context: self, interpreter, entry }.load();
        self.state.borrow_mut().deferred.end();
        outcome.map_err(|fault| match fault.into_failure() {
            Ok(failure) => Fault::Query(failure),
            Err(keys) => Fault::NeedsData(keys),
        })
    }

    /// Stores the value of an entry and counts its bytes.
    fn store(&self, name: &str, value: &Value, writing: Writing) -> Result<(), Fault> {
        let size = encode::to_go_json(value).map_err(|error| Fault::error(error.to_string()))?.len();
        let limit = self.configuration.context_bytes_max;
        let total = self.state.borrow().bytes.saturating_add(size);
        if limit > 0 && total > limit {
            return Err(Fault::error(format!(
                "context size limit exceeded: {total} bytes exceeds limit of {limit} bytes"
            )));
        }
        self.state.borrow_mut().bytes = total;
        // Entries go through JSON text in Kyverno, which leaves no whole numbers.
        self.write(value.to_floats(), &[name], writing);
        Ok(())
    }
}

/// One entry that is being loaded.
struct Loader<'a> {
    context: &'a Context,
    interpreter: &'a Interpreter<'a>,
    entry: EntryId,
}

impl Loader<'_> {
    fn load(&self) -> Result<(), Fault> {
        let program = self.interpreter.program();
        match &program.entry(self.entry).source {
            EntrySource::Variable { value, jmespath, default } => {
                let value = self.variable(value.as_ref(), jmespath.as_ref(), default.as_ref())?;
                self.set_loaded(Loaded::Computed);
                self.context.store(self.name(), &value, Writing::Replace)
            }
            EntrySource::ConfigMap { name, namespace } => {
                let value = self
                    .fetched(|| self.config_map(name, namespace.as_ref()))
                    .map_err(self.words("failed to retrieve config map for context entry"))?;
                self.context
                    .store(self.name(), &value, Writing::Merge)
                    .map_err(self.words("failed to add config map for context entry"))
            }
            EntrySource::ApiCall(call) => self.api_call(call),
            EntrySource::ImageRegistry { reference, jmespath, credentials } => {
                let value = self.fetched(|| self.image(reference, jmespath.as_ref(), credentials.as_ref()))?;
                self.context.store(self.name(), &value, Writing::Merge)
            }
            EntrySource::GlobalReference { name, jmespath } => {
                let value = self
                    .global(name, jmespath.as_ref())
                    .map_err(self.words("failed to marshal APICall data for context entry"))?;
                self.context
                    .store(self.name(), &value, Writing::Merge)
                    .map_err(self.words("failed to add resource cache results for context entry"))?;
                self.set_loaded(Loaded::Computed);
                Ok(())
            }
        }
    }

    fn name(&self) -> &str {
        let program = self.interpreter.program();
        program.name(program.entry(self.entry).name)
    }

    fn set_loaded(&self, loaded: Loaded) {
        self.context.state.borrow_mut().deferred.set_loaded(self.entry, loaded);
    }

    /// The data of an entry, fetched once.
    fn fetched(&self, fetch: impl FnOnce() -> Result<Value, Fault>) -> Result<Value, Fault> {
        if let Some(Loaded::Fetched(value)) = self.context.state.borrow().deferred.loaded(self.entry) {
            return Ok(value.clone());
        }
        let value = fetch()?;
        self.set_loaded(Loaded::Fetched(value.clone()));
        Ok(value)
    }

    /// `WORDS NAME: fault`
    fn words(&self, words: &str) -> impl Fn(Fault) -> Fault {
        let words = format!("{words} {}", self.name());
        move |fault| fault.reworded(|error| format!("{words}: {error}"))
    }

    fn substituted(&self, written: &Written) -> Result<Value, Fault> {
        self.interpreter.substitute(written.expr).map_err(|fault| {
            fault.reworded(|error| {
                let text = self.interpreter.program().name(written.text);
                format!("failed to substitute variables in context entry {} {text}: {error}", self.name())
            })
        })
    }

    fn variable(
        &self,
        value: Option<&Written>,
        jmespath: Option<&EntryQuery>,
        default: Option<&Written>,
    ) -> Result<Value, Fault> {
        let path = match jmespath {
            None => None,
            Some(query) => Some((query, self.path_of_variable(query)?)),
        };
        let default = default.map_or(Ok(Value::Null), |default| self.substituted(default))?;
        let outcome = match (value, &path) {
            (Some(value), None) => Ok(self.substituted(value)?),
            (Some(value), Some((query, path))) => {
                // Kyverno decodes what is written from JSON, which knows floats only; without a query `store` does it.
                let value = self.substituted(value)?.to_floats();
                self.interpreter
                    .ask_entry(query, path, &value)
                    .map_err(|(fault, unparsable)| fault.reworded(|error| of_applied(path, unparsable, error)))
            }
            (None, Some((query, path))) => match self.interpreter.query_entry(query, path) {
                Ok(Value::Null) => Ok(default.clone()),
                outcome => outcome,
            },
            (None, None) => Ok(default.clone()),
        };
        let value = match outcome {
            Err(fault) if matches!(fault, Fault::NeedsData(_)) => return Err(fault),
            Err(_) if !default.is_null() => default,
            Err(fault) => {
                let path = path.map(|(_, path)| path).unwrap_or_default();
                return Err(
                    fault.reworded(|error| format!("failed to apply jmespath {path} to variable <nil>: {error}"))
                );
            }
            Ok(value) => value,
        };
        if value.is_null() {
            let name = self.name();
            return Err(Fault::error(format!(
                "failed to add context entry for variable {name} since it evaluated to nil"
            )));
        }
        Ok(value)
    }

    fn path_of_variable(&self, query: &EntryQuery) -> Result<Arc<str>, Fault> {
        match self.substituted(&query.path)? {
            Value::Text(path) => Ok(path),
            _ => {
                let text = self.interpreter.program().name(query.path.text);
                Err(Fault::error(format!("jmespath value must be a string {} {text}: <nil>", self.name())))
            }
        }
    }

    /// Text of a config map's field.
    fn config_map_field(&self, written: &Written, field: &str) -> Result<Arc<str>, Fault> {
        let text = self.interpreter.program().name(written.text);
        let words = |error: &str| {
            format!("failed to substitute variables in context {} configMap.{field} {text}: {error}", self.name())
        };
        match self.interpreter.substitute(written.expr).map_err(|fault| fault.reworded(words))? {
            Value::Text(text) => Ok(text),
            other => Err(Fault::error(words(&format!("expected string, got {}", other.go_type())))),
        }
    }

    fn config_map(&self, name: &Written, namespace: Option<&Written>) -> Result<Value, Fault> {
        let name = self.config_map_field(name, "name")?;
        let namespace = namespace.map(|namespace| self.config_map_field(namespace, "namespace")).transpose()?;
        let own = self.context.policy_namespace.borrow().clone();
        let namespace = namespace
            .filter(|namespace| !namespace.is_empty())
            .or_else(|| own.clone())
            .unwrap_or_else(|| "default".into());
        if let Some(own) = own.filter(|own| *own != namespace) {
            let entry = self.name();
            return Err(Fault::error(format!(
                "context entry {entry}: configMap namespace \"{namespace}\" is different from policy namespace \"{own}\""
            )));
        }
        let key = DataKey::ConfigMap { namespace: Arc::clone(&namespace), name: Arc::clone(&name) };
        self.lookup(key)
            .map_err(|fault| fault.reworded(|reason| format!("failed to get configmap {namespace}/{name} : {reason}")))
    }

    fn api_call(&self, call: &ApiCall) -> Result<(), Fault> {
        let answer = self
            .fetched(|| self.call(call))
            .map_err(|fault| fault.reworded(|error| format!("failed to fetch data for APICall: {error}")))?;
        let is_default = call.default.is_some_and(|(raw, _)| *self.interpreter.program().constant(raw) == answer);
        let value = match &call.jmespath {
            Some(query) if !is_default => self.transformed(
                query,
                &answer.to_floats(),
                "failed to substitute variables in context entry",
                "JMESPath",
            ),
            _ => Ok(answer),
        };
        value
            .and_then(|value| self.context.store(self.name(), &value, Writing::Merge))
            .map_err(|fault| fault.reworded(|error| format!("failed to store data for APICall: {error}")))
    }

    fn call(&self, call: &ApiCall) -> Result<Value, Fault> {
        let key = api_call::key(self.interpreter, call, self.name()).map_err(|fault| {
            fault.reworded(|error| {
                let program = self.interpreter.program();
                let path = call.url_path.map(|path| &**program.name(path.text)).unwrap_or_default();
                format!("failed to substitute variables in context entry {} {path}: {error}", self.name())
            })
        })?;
        let own = self.context.policy_namespace.borrow().clone();
        if let Some(own) = own {
            api_call::check_namespace(&key, &own)?;
        }
        let outcome = match key {
            Some(key) => self.lookup(key),
            None => Err(Fault::error(format!("missing service for APICall {}", self.name()))),
        };
        match (outcome, call.default) {
            (Err(Fault::Error(_)), Some((raw, _))) => Ok(self.interpreter.program().constant(raw).clone()),
            (outcome, _) => outcome,
        }
    }

    fn image(
        &self,
        reference: &Written,
        jmespath: Option<&EntryQuery>,
        credentials: Option<&RegistryCredentials>,
    ) -> Result<Value, Fault> {
        let Value::Text(reference) = self.substituted(reference)? else {
            return Err(Fault::error("invalid image reference, image reference must be a string"));
        };
        let program = self.interpreter.program();
        let credentials = credentials.map(|given| ImageCredentials {
            is_insecure: given.is_insecure,
            secrets: given.secrets.iter().map(|secret| Arc::clone(program.name(*secret))).collect(),
        });
        let path = match jmespath {
            None => None,
            Some(query) => {
                let path = self.path_of(query, "failed to substitute variables in context entry", "")?;
                Some((query, path))
            }
        };
        let image = self.lookup(DataKey::Image { reference, credentials })?;
        let Some((query, path)) = path else { return Ok(image) };
        self.interpreter.ask_entry(query, &path, &image.to_floats()).map_err(|(fault, unparsable)| {
            let written = self.interpreter.program().name(query.path.text);
            let name = self.name();
            fault.reworded(|error| {
                let error = of_applied(&path, unparsable, error);
                format!("failed to apply JMESPath ({written}) results to context entry {name}, error: {error}")
            })
        })
    }

    fn global(&self, name: &Written, jmespath: Option<&EntryQuery>) -> Result<Value, Fault> {
        let Value::Text(name) = self.interpreter.substitute(name.expr)? else {
            return Err(Fault::error("the name of a global context entry must be a string"));
        };
        let mut parts = name.split('.');
        let key = DataKey::Global {
            name: parts.next().unwrap_or_default().into(),
            projection: parts.next().filter(|part| !part.is_empty()).map(Arc::from),
        };
        let value = self.lookup(key)?;
        match jmespath {
            Some(query) => self.transformed(query, &value, "failed to substitute variables in context entry", ""),
            None => Ok(value),
        }
    }

    /// The result of an entry's `jmesPath` on the data that was fetched for it.
    fn transformed(&self, query: &EntryQuery, data: &Value, words: &str, field: &str) -> Result<Value, Fault> {
        let path = self.path_of(query, words, field)?;
        self.interpreter.ask_entry(query, &path, data).map_err(|(fault, _)| {
            fault
                .reworded(|error| format!("failed to apply JMESPath {path} for context entry {}: {error}", self.name()))
        })
    }

    /// An entry's `jmesPath` with its variables replaced.
    fn path_of(&self, query: &EntryQuery, words: &str, field: &str) -> Result<Arc<str>, Fault> {
        let written = self.interpreter.program().name(query.path.text);
        let field = if field.is_empty() { String::new() } else { format!(" {field}") };
        let path = self
            .interpreter
            .substitute(query.path.expr)
            .map_err(|fault| fault.reworded(|error| format!("{words} {}{field} {written}: {error}", self.name())))?;
        let Value::Text(path) = path else {
            return Err(Fault::error(format!("JMESPath {written} of context entry {} must be a string", self.name())));
        };
        Ok(path)
    }

    fn lookup(&self, key: DataKey) -> Result<Value, Fault> {
        match self.interpreter.world().data.lookup(&key) {
            Lookup::Ready(value) => Ok(value),
            Lookup::Failed(reason) => Err(Fault::error(reason)),
            Lookup::Absent => Err(Fault::NeedsData(vec![key])),
        }
    }
}

/// The words for a path that cannot be applied to a value (Kyverno `loaders/variable.go`, `applyJMESPath`).
fn of_applied(path: &str, unparsable: bool, error: &str) -> String {
    match unparsable {
        true => format!("failed to compile JMESPath: {path}, error: {error}"),
        false => error.to_owned(),
    }
}

/// The kind of external data that an entry needs; nothing when it is computed.
pub(crate) fn data_kind(source: &EntrySource) -> Option<DataKind> {
    match source {
        EntrySource::Variable { .. } => None,
        EntrySource::ConfigMap { .. } => Some(DataKind::ConfigMap),
        EntrySource::ApiCall(_) => Some(DataKind::ApiCall),
        EntrySource::ImageRegistry { .. } => Some(DataKind::Image),
        EntrySource::GlobalReference { .. } => Some(DataKind::Global),
    }
}
