//! Policy reports (Kyverno `cmd/cli/kubectl-kyverno/report`, `pkg/utils/report/results.go`).

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use dikast_runtime::engine::{RuleResponse, Status};
use dikast_stdlib::{Object, Value, encode};

use crate::evaluation::response::{PolicyFacts, Response, reported};
use crate::input::resources::ObjectKey;

/// API groups of reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Group {
    /// wgpolicyk8s.io/v1alpha2, which Kyverno writes to clusters
    #[default]
    Wgpolicyk8s,
    /// openreports.io/v1alpha1, which Kyverno's command line writes
    Openreports,
}

impl Group {
    fn api_version(self) -> &'static str {
        match self {
            Self::Wgpolicyk8s => "wgpolicyk8s.io/v1alpha2",
            Self::Openreports => "openreports.io/v1alpha1",
        }
    }

    fn cluster_kind(self) -> &'static str {
        match self {
            Self::Wgpolicyk8s => "ClusterPolicyReport",
            Self::Openreports => "ClusterReport",
        }
    }
}

/// The reports of all responses: one of all cluster policies, then one of each namespaced policy.
pub(crate) fn reports(responses: &[Response], audit_warns: bool, group: Group) -> Vec<Value> {
    let mut clustered = Vec::new();
    let mut namespaced: Vec<(&Arc<PolicyFacts>, Vec<Value>)> = Vec::new();
    for response in responses.iter().filter(|response| !response.rules.is_empty()) {
        let results = response.rules.iter().map(|rule| result(response, rule, audit_warns));
        if response.policy.namespace.is_empty() {
            clustered.extend(results);
            continue;
        }
        match namespaced.iter_mut().find(|(policy, _)| policy.full_name() == response.policy.full_name()) {
            Some((_, all)) => all.extend(results),
            None => namespaced.push((&response.policy, results.collect())),
        }
    }
    let mut reports = Vec::new();
    if !clustered.is_empty() {
        reports.push(report(group, group.cluster_kind(), Value::object([("name", Value::text("merged"))]), clustered));
    }
    for (policy, results) in namespaced {
        let metadata = Value::object([("name", &policy.name), ("namespace", &policy.namespace)].map(text_member));
        reports.push(report(group, "PolicyReport", metadata, results));
    }
    reports
}

fn text_member<'n>((name, text): (&'n str, &String)) -> (&'n str, Value) {
    (name, Value::from(text.as_str()))
}

fn report(group: Group, kind: &str, metadata: Value, results: Vec<Value>) -> Value {
    let count = |status: &str| {
        let found = results.iter().filter(|result| result.get("result").and_then(Value::as_text) == Some(status));
        Value::Int(i64::try_from(found.count()).unwrap_or(i64::MAX))
    };
    let summary = ["pass", "fail", "warn", "error", "skip"].map(|status| (status, count(status)));
    let mut members = vec![
        ("apiVersion", Value::text(group.api_version())),
        ("kind", Value::text(kind)),
        ("metadata", metadata),
        ("summary", Value::object(summary)),
        ("results", Value::list(results)),
    ];
    if group == Group::Openreports {
        members.push(("source", Value::text("kyverno")));
    }
    Value::object(members)
}

/// One entry of `results`.
fn result(response: &Response, rule: &RuleResponse, audit_warns: bool) -> Value {
    let policy = &response.policy;
    let (status, message) = reported(response, rule);
    let status = match status {
        Status::Fail if audit_warns && !response.enforced => Status::Warn,
        status => status,
    };
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut members = Object::new();
    let mut text = |name: &str, text: &str| {
        if !text.is_empty() {
            members.insert(name.into(), Value::text(text));
        }
    };
    text("source", "kyverno");
    text("policy", &policy.full_name());
    text("rule", &rule.name);
    text("category", &policy.category);
    text("severity", &policy.severity);
    text("result", status.as_str());
    text("message", &message);
    if policy.scored {
        members.insert("scored".into(), Value::Bool(true));
    }
    members.insert(
        "timestamp".into(),
        Value::object([("seconds", Value::Int(i64::try_from(seconds).unwrap_or(i64::MAX))), ("nanos", Value::Int(0))]),
    );
    members.insert("properties".into(), properties(policy, rule));
    members.insert("resources".into(), Value::list([reference(&response.object)]));
    Value::Object(Arc::new(members))
}

fn properties(policy: &PolicyFacts, rule: &RuleResponse) -> Value {
    let mut properties: Vec<(Arc<str>, Value)> =
        rule.properties.iter().map(|(name, text)| (Arc::clone(name), Value::from(text.as_str()))).collect();
    let process = match (policy.background, policy.admission) {
        (true, _) => "background scan",
        (false, true) => "admission review",
        (false, false) => "",
    };
    properties.push(("process".into(), Value::text(process)));
    if !rule.exceptions.is_empty() {
        let names: Vec<&str> = rule.exceptions.iter().map(|name| name.rsplit('/').next().unwrap_or_default()).collect();
        properties.push(("exceptions".into(), Value::text(names.join(","))));
    }
    if let Some(findings) = rule.pod_security.as_ref().filter(|findings| !findings.controls.is_empty()) {
        let ids: Vec<&str> = findings.controls.iter().map(|control| control.id).collect();
        let controls = findings.controls.iter().map(|control| {
            Value::object([
                ("ID", Value::text(control.id)),
                ("Name", Value::text(control.name.unwrap_or_default())),
                ("Images", Value::list(control.images.iter().map(|image| Value::from(image.as_str())))),
            ])
        });
        properties.push(("standard".into(), Value::Text(Arc::clone(&findings.level))));
        properties.push(("version".into(), Value::Text(Arc::clone(&findings.version))));
        properties.push(("controls".into(), Value::text(ids.join(","))));
        let controls = encode::to_go_json(&Value::list(controls)).unwrap_or_default();
        properties.push(("controlsJSON".into(), Value::from(controls)));
    }
    Value::object(properties)
}

fn reference(object: &Value) -> Value {
    let key = ObjectKey::of(object);
    let text = |path: &[&str]| object.at(path).and_then(Value::as_text).unwrap_or_default().to_owned();
    let members = [
        ("apiVersion", key.api_version),
        ("kind", key.kind),
        ("name", key.name),
        ("namespace", key.namespace),
        ("uid", text(&["metadata", "uid"])),
        ("resourceVersion", text(&["metadata", "resourceVersion"])),
    ];
    let given = members.into_iter().filter(|(_, text)| !text.is_empty());
    Value::object(given.map(|(name, text)| (name, Value::from(text))))
}
