//! The JSON context: the document that variables are looked up in, with scopes and entries that are loaded when a query
//! first names them (Kyverno `pkg/engine/context`).

mod api_call;
mod deferred;
mod images;
mod load;
mod tree;

pub(crate) use load::data_kind;

use std::cell::RefCell;
use std::sync::Arc;

use dikast_compiler::ir::EntryId;
use dikast_stdlib::Value;

use crate::configuration::Configuration;
use crate::interpreter::Fault;
use crate::request::{Operation, Request, Surroundings};
use deferred::Deferred;
use tree::Writing;

/// The context of one request. Policies share it and leave it as they found it.
#[derive(Debug)]
pub struct Context {
    state: RefCell<State>,
    /// What the `images` variable is computed from.
    image_source: Value,
    configuration: Arc<Configuration>,
    policy_namespace: RefCell<Option<Arc<str>>>,
}

#[derive(Debug, Default)]
struct State {
    document: Value,
    checkpoints: Vec<Value>,
    deferred: Deferred,
    operation: Operation,
    /// Bytes that entries have stored so far; never given back.
    bytes: usize,
    images_named: bool,
}

impl Context {
    /// The context of a document alone, for queries outside any policy.
    pub fn of_document(document: Value) -> Self {
        let operation = document.at(&["request", "operation"]).and_then(Value::as_text).map(Operation::parse);
        Self {
            state: RefCell::new(State { document, operation: operation.unwrap_or_default(), ..State::default() }),
            image_source: Value::Null,
            configuration: Arc::default(),
            policy_namespace: RefCell::default(),
        }
    }

    /// The context of a fresh admission request: all its numbers are floats. `object` is the new object as the engine works
    /// on it; the `images` variable is about it.
    pub fn of_request(request: &Request, surroundings: &Surroundings, object: Value) -> Self {
        let user = |user: &Value| user.get("userInfo").cloned().unwrap_or_default();
        let mut members = request.document.to_floats().as_object().cloned().unwrap_or_default();
        members.insert("userInfo".into(), user(&request.document));
        for (name, list) in [("roles", &surroundings.roles), ("clusterRoles", &surroundings.cluster_roles)] {
            if !list.is_empty() {
                members.insert(name.into(), Value::list(list.iter().map(|role| Value::Text(Arc::clone(role)))));
            }
        }
        if request.dry_run {
            // The dry-run flag of Kyverno's request record carries this name.
            members.insert("synchronize".into(), Value::Bool(true));
        }
        let (namespace, name) = service_account(&request.user.name);
        let document = Value::object([
            ("request", Value::Object(Arc::new(members))),
            ("serviceAccountName", Value::text(name)),
            ("serviceAccountNamespace", Value::text(namespace)),
        ]);
        Self {
            state: RefCell::new(State { document, operation: request.operation, ..State::default() }),
            image_source: object,
            configuration: Arc::clone(&surroundings.configuration),
            policy_namespace: RefCell::default(),
        }
    }

    /// The context of an object that nobody asks to admit: a background scan, or the command line. Members of the request
    /// that are not known are absent, not null.
    pub fn of_object(request: &Request, surroundings: &Surroundings) -> Self {
        let context = Self {
            state: RefCell::new(State { document: Value::object::<&str>([]), ..State::default() }),
            image_source: if request.object.is_null() { request.old_object.clone() } else { request.object.clone() },
            configuration: Arc::clone(&surroundings.configuration),
            policy_namespace: RefCell::default(),
        };
        if request.operation == Operation::Delete {
            context.set_old_object(request.old_object.clone());
        } else {
            context.set_object(request.object.clone());
        }
        context.write(Value::Text(Arc::clone(&request.namespace)), &["request", "namespace"], Writing::Merge);
        if request.operation == Operation::Update {
            context.set_old_object(request.old_object.clone());
        }
        if let Some(user) = request.document.get("userInfo") {
            context.write(user.clone(), &["request", "userInfo"], Writing::Merge);
            for (name, list) in [("roles", &surroundings.roles), ("clusterRoles", &surroundings.cluster_roles)] {
                if !list.is_empty() {
                    let roles = Value::list(list.iter().map(|role| Value::Text(Arc::clone(role))));
                    context.write(roles, &["request", name], Writing::Merge);
                }
            }
            let (namespace, name) = service_account(&request.user.name);
            context.write(Value::text(name), &["serviceAccountName"], Writing::Merge);
            context.write(Value::text(namespace), &["serviceAccountNamespace"], Writing::Merge);
        }
        context.set_operation(request.operation);
        context
    }

    /// The whole document as it stands.
    pub fn document(&self) -> Value {
        self.state.borrow().document.clone()
    }

    /// A member of the document. `images` is computed when it is first named, unless a context entry has that name.
    pub(crate) fn member(&self, name: &str) -> Result<Option<Value>, Fault> {
        if name == "images" {
            self.load_images()?;
        }
        let state = self.state.borrow();
        Ok(match &state.document {
            Value::Object(members) => members.get(name).cloned(),
            _ => Some(Value::Null),
        })
    }

    fn load_images(&self) -> Result<(), Fault> {
        if self.state.borrow().document.get("images").is_some() {
            return Ok(());
        }
        if std::mem::replace(&mut self.state.borrow_mut().images_named, true) {
            return Ok(());
        }
        let images = images::of_object(&self.image_source, &self.configuration).map_err(|error| {
            // each query that names them meets the error
            self.state.borrow_mut().images_named = false;
            Fault::query(error)
        })?;
        if let Some(images) = images {
            self.write(images, &["images"], Writing::Merge);
        }
        Ok(())
    }

    /// Whether the request deletes its object.
    pub fn is_delete(&self) -> bool {
        self.state.borrow().operation == Operation::Delete
    }

    /// Puts another object in the place of `request.object`.
    pub fn set_object(&self, object: Value) {
        self.write(object_or_empty(object), &["request", "object"], Writing::Replace);
    }

    /// Puts another object in the place of `request.oldObject`.
    pub fn set_old_object(&self, object: Value) {
        self.write(object_or_empty(object), &["request", "oldObject"], Writing::Replace);
    }

    /// Sets the object that a rule with targets changes.
    pub fn set_target(&self, object: Value) {
        self.write(object_or_empty(object), &["target"], Writing::Replace);
    }

    /// Sets the operation, for variables and for the reading of `request.object` on DELETE.
    pub fn set_operation(&self, operation: Operation) {
        self.write(Value::text(operation.as_str()), &["request", "operation"], Writing::Merge);
        self.state.borrow_mut().operation = operation;
    }

    /// Sets the variables of a loop's turn; `nesting` counts from 0.
    pub fn set_element(&self, element: &Value, index: usize, nesting: usize) {
        let index = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
        for (name, value) in [("element", element), ("elementIndex", &index)] {
            self.write(value.clone(), &[name], Writing::Replace);
            self.write(value.clone(), &[&format!("{name}{nesting}")], Writing::Replace);
        }
    }

    /// Adds a variable that the host supplies.
    pub fn set_variable(&self, path: &[&str], value: Value) {
        self.write(value, path, Writing::Merge);
    }

    /// Sets the namespace of the policy that runs; nothing for a cluster policy.
    pub fn set_policy_namespace(&self, namespace: Option<Arc<str>>) {
        *self.policy_namespace.borrow_mut() = namespace;
    }

    fn write(&self, value: Value, path: &[&str], writing: Writing) {
        tree::write(&mut self.state.borrow_mut().document, value, path, writing);
    }

    /// Registers context entries of the present scope. They are evaluated when a query names them.
    pub(crate) fn register(&self, entries: impl IntoIterator<Item = EntryId>) {
        let mut state = self.state.borrow_mut();
        let level = state.checkpoints.len();
        for entry in entries {
            state.deferred.add(entry, level);
        }
    }

    /// The waiting entries that queries have named so far.
    pub(crate) fn named_entries(&self) -> Vec<EntryId> {
        self.state.borrow().deferred.named()
    }

    /// Takes back that queries have named entries which are not among these, so that they may be loaded again.
    pub(crate) fn forget_named_since(&self, named: &[EntryId]) {
        self.state.borrow_mut().deferred.forget_named_since(named);
    }

    /// Opens a scope.
    pub(crate) fn checkpoint(&self) {
        let mut state = self.state.borrow_mut();
        let document = state.document.clone();
        state.checkpoints.push(document);
    }
}

/// A nil map of Go: it has no members, but is no null.
fn object_or_empty(object: Value) -> Value {
    if object.is_null() { Value::object::<&str>([]) } else { object }
}

/// Namespace and name of a service account. As in Kyverno the prefix of the user's name is cut off unseen
/// (`context.go`, `AddServiceAccount`).
pub(crate) fn service_account(user: &str) -> (&str, &str) {
    const PREFIX: &str = "system:serviceaccount:";
    let account = user.get(PREFIX.len()..).unwrap_or_default();
    match account.split_once(':') {
        Some((namespace, rest)) => (namespace, rest.split(':').next().unwrap_or_default()),
        None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_prefix_of_a_service_account_is_not_checked() {
        assert_eq!(service_account("system:serviceaccount:ns:sa"), ("ns", "sa"));
        assert_eq!(service_account("a-rather-long-user-name:ns:sa"), ("e", "ns"));
        assert_eq!(service_account("short:a:b"), ("", ""));
    }

    #[test]
    fn a_request_has_floats_and_the_user_of_the_surroundings() {
        let request = value(r#"{"userInfo":{"username":"u"},"object":{"n":1},"operation":"CREATE"}"#);
        let request = Request::from_value(&request).unwrap();
        let surroundings = Surroundings { roles: vec!["ns:r".into()], ..Surroundings::default() };
        let document = Context::of_request(&request, &surroundings, Value::Null).document();
        assert_eq!(document.at(&["request", "object", "n"]), Some(&Value::Float(1.0)));
        assert_eq!(document.at(&["request", "roles"]), Some(&value(r#"["ns:r"]"#)));
        assert_eq!(document.at(&["request", "clusterRoles"]), None);
        assert_eq!(document.at(&["request", "oldObject"]), Some(&Value::Null));
    }

    #[test]
    fn elements_replace_and_indexes_are_whole_numbers() {
        let context = Context::of_document(value(r#"{"element":{"old":1}}"#));
        context.set_element(&value(r#"{"new":1}"#), 2, 1);
        assert_eq!(
            context.document(),
            value(r#"{"element":{"new":1},"element1":{"new":1},"elementIndex":2,"elementIndex1":2}"#)
        );
    }
}
