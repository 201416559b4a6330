//! The objects that exist, and those that the rules of a policy have made so far.

use std::sync::Arc;

use dikast_stdlib::Value;

use super::pattern::Kind;
use crate::data::{DataKey, Lookup};
use crate::engine::object;
use crate::engine::rule::RuleRun;
use crate::interpreter::Fault;

/// What tells an object from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Identity {
    pub(super) api_version: Arc<str>,
    pub(super) kind: Arc<str>,
    /// Empty for objects outside namespaces.
    pub(super) namespace: Arc<str>,
    pub(super) name: Arc<str>,
}

/// What the rules of a policy have made so far.
#[derive(Debug, Default)]
pub(in crate::engine) struct Downstream {
    written: Vec<(Identity, Value)>,
}

impl Downstream {
    /// An object as the rules have made it.
    pub(super) fn written(&self, identity: &Identity) -> Option<Value> {
        self.written.iter().find(|(written, _)| written == identity).map(|(_, object)| object.clone())
    }

    /// Adds an object. One that a rule has made in the meantime stays.
    pub(super) fn create(&mut self, identity: &Identity, object: Value) {
        if self.written(identity).is_none() {
            self.written.push((identity.clone(), object));
        }
    }

    /// Puts an object in the place of the one that exists.
    pub(super) fn replace(&mut self, identity: &Identity, object: Value) {
        self.written.retain(|(written, _)| written != identity);
        self.written.push((identity.clone(), object));
    }

    /// An object: as the rules have made it, else as it exists.
    ///
    /// # Errors
    ///
    /// When it does not exist, or the host has to look it up first.
    pub(super) fn object(&self, run: &RuleRun<'_>, identity: &Identity) -> Result<Value, Fault> {
        if let Some(object) = self.written(identity) {
            return Ok(object);
        }
        if identity.name.is_empty() {
            return Err(Fault::error("name is required"));
        }
        let key = DataKey::Objects {
            api_version: Arc::clone(&identity.api_version),
            kind: Arc::clone(&identity.kind),
            namespace: Arc::clone(&identity.namespace),
            name: Arc::clone(&identity.name),
            selector: None,
        };
        let named =
            |found: &Value| object::name(found) == &*identity.name && object::namespace(found) == &*identity.namespace;
        let found = lookup(run, key)?.into_iter().find(named);
        found.ok_or_else(|| Fault::error(format!("{} \"{}\" not found", identity.kind, identity.name)))
    }

    /// Whether an object exists or was made.
    ///
    /// # Errors
    ///
    /// When the host has to look it up first.
    pub(super) fn has(&self, run: &RuleRun<'_>, identity: &Identity) -> Result<bool, Fault> {
        match self.object(run, identity) {
            Ok(_) => Ok(true),
            Err(Fault::NeedsData(keys)) => Err(Fault::NeedsData(keys)),
            // A source does not tell what is absent from what cannot be had; where it is to be written, that will show.
            Err(_) => Ok(false),
        }
    }
}

/// The existing objects of a kind. What rules have made is not among them.
///
/// # Errors
///
/// When they cannot be had, or the host has to look them up first.
pub(super) fn existing(
    run: &RuleRun<'_>,
    kind: &Kind,
    namespace: &Arc<str>,
    selector: Option<&Arc<str>>,
) -> Result<Vec<Value>, Fault> {
    let key = DataKey::Objects {
        api_version: Arc::clone(&kind.api_version),
        kind: Arc::clone(&kind.kind),
        namespace: Arc::clone(namespace),
        name: "".into(),
        selector: selector.cloned(),
    };
    lookup(run, key)
}

fn lookup(run: &RuleRun<'_>, key: DataKey) -> Result<Vec<Value>, Fault> {
    match run.interpreter.world().data.lookup(&key) {
        Lookup::Ready(Value::List(objects)) => Ok(objects.to_vec()),
        Lookup::Ready(object) => Ok(vec![object]),
        Lookup::Failed(reason) => Err(Fault::error(reason)),
        Lookup::Absent => Err(Fault::NeedsData(vec![key])),
    }
}
