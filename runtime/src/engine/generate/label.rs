//! The labels of generated objects (Kyverno `pkg/background/common/labels.go`).

use std::sync::Arc;

use dikast_stdlib::{Object, Value};

use crate::engine::object;
use crate::engine::rule::RuleRun;
use crate::request::GroupVersionKind;

/// The generated object with labels that name policy, rule and trigger.
pub(super) fn mark(run: &RuleRun<'_>, generated: &Value) -> Value {
    let trigger = run.admission.shown_object();
    let program = run.interpreter.program();
    let kind = GroupVersionKind::of(trigger);
    let namespace = run.policy.namespace.map(|name| &**program.name(name)).unwrap_or_default();
    let uid = trigger.at(&["metadata", "uid"]).and_then(Value::as_text).unwrap_or_default();
    let mut members = generated.as_object().cloned().unwrap_or_default();
    let mut metadata = members.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut labels = texts(generated);
    for (name, text) in [
        ("app.kubernetes.io/managed-by", "kyverno"),
        ("generate.kyverno.io/policy-name", &**program.name(run.policy.name)),
        ("generate.kyverno.io/policy-namespace", namespace),
        ("generate.kyverno.io/rule-name", &**run.name()),
        ("generate.kyverno.io/trigger-group", &*kind.group),
        ("generate.kyverno.io/trigger-version", &*kind.version),
        ("generate.kyverno.io/trigger-kind", &*kind.kind),
        ("generate.kyverno.io/trigger-namespace", object::namespace(trigger)),
        ("generate.kyverno.io/trigger-uid", uid),
    ] {
        labels.insert(name.into(), Value::text(text));
    }
    metadata.insert("labels".into(), Value::Object(Arc::new(labels)));
    members.insert("metadata".into(), Value::Object(Arc::new(metadata)));
    Value::Object(Arc::new(members))
}

/// The labels of a copy: those of its source, and where that is.
pub(super) fn of_source(source: &Value) -> Value {
    let kind = GroupVersionKind::of(source);
    let uid = source.at(&["metadata", "uid"]).and_then(Value::as_text).unwrap_or_default();
    let mut labels = texts(source);
    for (name, text) in [
        ("generate.kyverno.io/clone-source", ""),
        ("generate.kyverno.io/source-group", &*kind.group),
        ("generate.kyverno.io/source-version", &*kind.version),
        ("generate.kyverno.io/source-kind", &*kind.kind),
        ("generate.kyverno.io/source-namespace", object::namespace(source)),
        ("generate.kyverno.io/source-uid", uid),
    ] {
        labels.insert(name.into(), Value::text(text));
    }
    Value::Object(Arc::new(labels))
}

/// The labels of an object; none when any of them is no text.
fn texts(of: &Value) -> Object {
    object::texts(of, "labels").into_iter().map(|(name, text)| (name.into(), Value::text(text))).collect()
}
