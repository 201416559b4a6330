//! The objects that a pattern stands for (Kyverno `pkg/background/generate/data.go`, `clone.go`).

use std::sync::Arc;

use dikast_stdlib::{Object, Value};

use super::downstream::{self, Downstream, Identity};
use super::label;
use super::pattern::{Kind, Pattern, Source};
use crate::engine::object;
use crate::engine::rule::RuleRun;
use crate::interpreter::Fault;

/// What the API server writes into the metadata of an object.
const SERVER_FIELDS: [&str; 5] = ["creationTimestamp", "managedFields", "resourceVersion", "selfLink", "uid"];

/// An object to write.
pub(super) struct Planned {
    pub(super) target: Identity,
    /// Without the labels that all generated objects bear.
    pub(super) object: Value,
    pub(super) exists: bool,
}

/// The objects to write for a pattern. All is read before anything is written.
///
/// # Errors
///
/// When something to copy cannot be had.
pub(super) fn plan(run: &RuleRun<'_>, pattern: &Pattern, downstream: &Downstream) -> Result<Vec<Planned>, Fault> {
    let target = &pattern.target;
    match &pattern.source {
        Source::Data(data) => {
            if target.name.is_empty() {
                return Err(Fault::error("name is required"));
            }
            let exists = downstream.has(run, target)?;
            let object = named(data.clone(), &["resourceVersion"], None, target);
            Ok(vec![Planned { target: target.clone(), object, exists }])
        }
        Source::Clone { namespace, name } => {
            let source = Identity { namespace: Arc::clone(namespace), name: Arc::clone(name), ..target.clone() };
            Ok(copy(run, &source, target, downstream)?.into_iter().collect())
        }
        Source::CloneList { kinds, namespace, selector } => {
            let mut copies = Vec::new();
            for kind in kinds {
                for source in listed(run, kind, namespace, selector.as_ref())? {
                    let target = Identity { namespace: Arc::clone(&target.namespace), ..source.clone() };
                    if source.namespace != target.namespace {
                        copies.extend(copy(run, &source, &target, downstream)?);
                    }
                }
            }
            Ok(copies)
        }
    }
}

/// The objects of a kind that a `cloneList` selects.
fn listed(
    run: &RuleRun<'_>,
    kind: &Kind,
    namespace: &Arc<str>,
    selector: Option<&Arc<str>>,
) -> Result<Vec<Identity>, Fault> {
    let objects = downstream::existing(run, kind, namespace, selector).map_err(|fault| {
        let Kind { api_version, kind } = kind;
        fault.reworded(|error| {
            format!("failed to list source resource for cloneList {api_version} {kind}/{namespace}. {error}")
        })
    })?;
    let identity = |object: &Value| Identity {
        api_version: object.get("apiVersion").and_then(Value::as_text).unwrap_or_default().into(),
        kind: object::kind(object).into(),
        namespace: object::namespace(object).into(),
        name: object::name(object).into(),
    };
    Ok(objects.iter().map(identity).collect())
}

/// A copy of an object; nothing when it would be a copy onto itself.
fn copy(
    run: &RuleRun<'_>,
    source: &Identity,
    target: &Identity,
    downstream: &Downstream,
) -> Result<Option<Planned>, Fault> {
    if source.namespace == target.namespace && source.name == target.name {
        return Ok(None);
    }
    let Identity { api_version, kind, namespace, name } = source;
    let source = downstream.object(run, source).map_err(|fault| {
        fault.reworded(|error| format!("source resource {api_version}/{kind}/{namespace}/{name} not found: {error}"))
    })?;
    let exists = downstream.has(run, target)?;
    let owners = (object::namespace(&source) != &*target.namespace).then_some("ownerReferences");
    let dropped: Vec<&str> = SERVER_FIELDS.into_iter().chain(owners).collect();
    let members = source.as_object().cloned().unwrap_or_default();
    let object = named(members, &dropped, Some(label::of_source(&source)), target);
    Ok(Some(Planned { target: target.clone(), object, exists }))
}

/// The object with the name and namespace of its target, without some of its metadata and with other labels. It keeps a
/// kind of its own, but not an API version.
fn named(mut members: Object, dropped: &[&str], labels: Option<Value>, target: &Identity) -> Value {
    let mut metadata = members.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    metadata.retain(|name, _| !dropped.contains(&&**name));
    if let Some(labels) = labels {
        metadata.insert("labels".into(), labels);
    }
    set(&mut metadata, "name", &target.name);
    set(&mut metadata, "namespace", &target.namespace);
    members.insert("metadata".into(), Value::Object(Arc::new(metadata)));
    if members.get("kind").and_then(Value::as_text).is_none_or(str::is_empty) {
        set(&mut members, "kind", &target.kind);
    }
    set(&mut members, "apiVersion", &target.api_version);
    Value::Object(Arc::new(members))
}

/// Sets a text; an empty one is taken away.
fn set(members: &mut Object, name: &str, text: &Arc<str>) {
    if text.is_empty() {
        members.remove(name);
    } else {
        members.insert(name.into(), Value::Text(Arc::clone(text)));
    }
}
