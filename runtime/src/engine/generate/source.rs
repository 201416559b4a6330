//! The objects that one pattern stands for.

use std::sync::Arc;

use dikast_compiler::ir::Body;
use dikast_stdlib::{Object, Value, encode};

use crate::data::{DataKey, Lookup};
use crate::engine::object;
use crate::engine::rule::RuleRun;
use crate::interpreter::Fault;

/// What tells an object from others.
struct Target {
    api_version: Arc<str>,
    kind: Arc<str>,
    namespace: Arc<str>,
    name: Arc<str>,
}

impl Target {
    fn of(pattern: &Value) -> Self {
        Self {
            api_version: text(pattern, "apiVersion"),
            kind: text(pattern, "kind"),
            namespace: text(pattern, "namespace"),
            name: text(pattern, "name"),
        }
    }
}

fn text(of: &Value, member: &str) -> Arc<str> {
    match of.get(member) {
        Some(Value::Text(text)) => Arc::clone(text),
        _ => "".into(),
    }
}

/// The objects that a pattern generates, those left out that are there already.
pub(super) fn objects(run: &RuleRun<'_>, pattern: &Value) -> Result<Vec<Value>, Fault> {
    let target = Target::of(pattern);
    let clone = pattern.get("clone").cloned().unwrap_or_default();
    if !text(&clone, "name").is_empty() {
        let source = Target {
            api_version: Arc::clone(&target.api_version),
            kind: Arc::clone(&target.kind),
            namespace: text(&clone, "namespace"),
            name: text(&clone, "name"),
        };
        return Ok(cloned(run, &source, &target)?.into_iter().collect());
    }
    let list = pattern.get("cloneList").cloned().unwrap_or_default();
    let kinds = list.get("kinds").and_then(Value::as_list).unwrap_or_default();
    if !kinds.is_empty() {
        let mut all = Vec::new();
        for kind in kinds.iter().filter_map(Value::as_text) {
            all.extend(cloned_kind(run, &list, kind, &target.namespace)?);
        }
        return Ok(all);
    }
    match pattern.get("data") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(data) if data.as_object().is_none() => {
            Err(Fault::error(format!("data of a generated object is no object but {}", data.type_name())))
        }
        Some(data) => Ok(from_data(run, data, &target)?.into_iter().collect()),
    }
}

/// The object of `data`; nothing when it is there already and is to stay as it is.
fn from_data(run: &RuleRun<'_>, data: &Value, target: &Target) -> Result<Option<Value>, Fault> {
    let synchronize = matches!(&run.rule.body, Body::Generate(body) if body.synchronize);
    let present = find(run, target)?.is_some();
    Ok((!present || synchronize).then(|| named(data, target)))
}

/// A copy of an existing object; nothing when it would be a copy onto itself.
fn cloned(run: &RuleRun<'_>, source: &Target, target: &Target) -> Result<Option<Value>, Fault> {
    if source.namespace == target.namespace && source.name == target.name {
        return Ok(None);
    }
    match find(run, source)? {
        Some(object) => Ok(Some(copy(&object, target))),
        None => Err(Fault::error(format!(
            "source resource {}/{}/{}/{} not found: {} \"{}\" not found",
            target.api_version,
            target.kind,
            target.namespace,
            target.name,
            source.kind.to_lowercase(),
            source.name
        ))),
    }
}

/// Copies of all objects of a kind that the selector of a `cloneList` takes.
fn cloned_kind(run: &RuleRun<'_>, list: &Value, kind: &str, namespace: &Arc<str>) -> Result<Vec<Value>, Fault> {
    let (api_version, kind) = kind.rsplit_once('/').unwrap_or(("", kind));
    let selector = match list.get("selector") {
        None | Some(Value::Null) => None,
        Some(selector) => Some(encode::to_go_json(selector).map_err(|error| Fault::error(error.to_string()))?.into()),
    };
    let key = DataKey::Objects {
        api_version: api_version.into(),
        kind: kind.into(),
        namespace: text(list, "namespace"),
        name: "".into(),
        selector,
    };
    let mut copies = Vec::new();
    for source in lookup(run, key)? {
        if object::namespace(&source) != &**namespace {
            let target = Target {
                api_version: text(&source, "apiVersion"),
                kind: text(&source, "kind"),
                namespace: Arc::clone(namespace),
                name: object::name(&source).into(),
            };
            copies.push(copy(&source, &target));
        }
    }
    Ok(copies)
}

fn find(run: &RuleRun<'_>, target: &Target) -> Result<Option<Value>, Fault> {
    if target.name.is_empty() {
        return Ok(None);
    }
    let key = DataKey::Objects {
        api_version: Arc::clone(&target.api_version),
        kind: Arc::clone(&target.kind),
        namespace: Arc::clone(&target.namespace),
        name: Arc::clone(&target.name),
        selector: None,
    };
    let found = lookup(run, key)?;
    Ok(found
        .into_iter()
        .find(|object| object::name(object) == &*target.name && (object::namespace(object) == &*target.namespace)))
}

/// The objects that a key names; what cannot be had does not exist.
fn lookup(run: &RuleRun<'_>, key: DataKey) -> Result<Vec<Value>, Fault> {
    match run.interpreter.world().data.lookup(&key) {
        Lookup::Ready(Value::List(objects)) => Ok(objects.to_vec()),
        Lookup::Ready(object) => Ok(vec![object]),
        Lookup::Failed(_) => Ok(Vec::new()),
        Lookup::Absent => Err(Fault::NeedsData(vec![key])),
    }
}

/// The object with the name, namespace and kind of its target.
fn named(data: &Value, target: &Target) -> Value {
    let mut members = data.as_object().cloned().unwrap_or_default();
    let mut metadata = members.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    set(&mut metadata, "name", &target.name);
    set(&mut metadata, "namespace", &target.namespace);
    members.insert("metadata".into(), Value::Object(Arc::new(metadata)));
    if text(data, "kind").is_empty() {
        set(&mut members, "kind", &target.kind);
    }
    set(&mut members, "apiVersion", &target.api_version);
    Value::Object(Arc::new(members))
}

/// A text member; an empty one is taken away.
fn set(members: &mut Object, name: &str, text: &Arc<str>) {
    if text.is_empty() {
        members.remove(name);
    } else {
        members.insert(name.into(), Value::Text(Arc::clone(text)));
    }
}

/// A copy without what the API server writes, marked with where it comes from.
fn copy(source: &Value, target: &Target) -> Value {
    let mut members = source.as_object().cloned().unwrap_or_default();
    let mut metadata = members.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let labels = super::label::of_source(source);
    for name in ["uid", "selfLink", "creationTimestamp", "managedFields", "resourceVersion"] {
        metadata.remove(name);
    }
    if object::namespace(source) != &*target.namespace {
        metadata.remove("ownerReferences");
    }
    metadata.insert("labels".into(), labels);
    members.insert("metadata".into(), Value::Object(Arc::new(metadata)));
    named(&Value::Object(Arc::new(members)), target)
}
