//! Policy reports (Kyverno `cmd/cli/kubectl-kyverno/report`, `pkg/utils/report/results.go`).

use std::io::Write;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
use dikast_runtime::engine::{RuleResponse, Status};
use dikast_stdlib::{Object, Value, encode};

use crate::evaluation::response::{PolicyFacts, Response, reported};
use crate::input::resources::ObjectKey;
use crate::output::yaml;

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

/// Formats of reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// YAML
    #[default]
    Yaml,
    /// JSON
    Json,
}

impl Format {
    /// Writes a value as a document.
    pub(crate) fn document(self, value: &Value) -> anyhow::Result<String> {
        match self {
            Self::Yaml => Ok(yaml::write(value)),
            Self::Json => json(value),
        }
    }
}

fn json(value: &Value) -> anyhow::Result<String> {
    encode::to_go_json(value).map_err(|error| anyhow!("{error}"))
}

/// The reports of all responses: one of all cluster policies, then one of each namespaced policy. Results are written when
/// they come; only those of namespaced policies wait for the end, as text.
pub(crate) struct Reports {
    audit_warns: bool,
    group: Group,
    format: Format,
    clustered: Option<Report>,
    namespaced: Vec<(Arc<PolicyFacts>, Report, Vec<u8>)>,
}

impl Reports {
    /// Reports without results.
    pub(crate) fn new(audit_warns: bool, group: Group, format: Format) -> Self {
        Self { audit_warns, group, format, clustered: None, namespaced: Vec::new() }
    }

    /// Adds what a response says.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn take(&mut self, response: &Response, out: &mut impl Write) -> anyhow::Result<()> {
        let policy = &response.policy;
        let results = response.rules.iter().map(|rule| result(response, rule, self.audit_warns));
        let (group, format) = (self.group, self.format);
        if response.rules.is_empty() {
            return Ok(());
        }
        if policy.namespace.is_empty() {
            let report = match &mut self.clustered {
                Some(report) => report,
                None => {
                    let metadata = Value::object([("name", Value::text("merged"))]);
                    self.clustered.insert(Report::begin(group, format, group.cluster_kind(), metadata, out)?)
                }
            };
            return results.into_iter().try_for_each(|result| report.add(&result, out));
        }
        let found = self.namespaced.iter().position(|(of, ..)| of.full_name() == policy.full_name());
        let at = match found {
            Some(at) => at,
            None => {
                let metadata =
                    Value::object([("name", &policy.name), ("namespace", &policy.namespace)].map(text_member));
                let mut text = Vec::new();
                let report = Report::begin(group, format, "PolicyReport", metadata, &mut text)?;
                self.namespaced.push((Arc::clone(policy), report, text));
                self.namespaced.len() - 1
            }
        };
        let Some((_, report, text)) = self.namespaced.get_mut(at) else { return Ok(()) };
        results.into_iter().try_for_each(|result| report.add(&result, text))
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(self, out: &mut impl Write) -> anyhow::Result<()> {
        let mut is_first = self.clustered.is_none();
        if let Some(report) = self.clustered {
            report.end(out)?;
        }
        for (_, report, text) in self.namespaced {
            if !std::mem::take(&mut is_first) {
                writeln!(out, "---")?;
            }
            out.write_all(&text)?;
            report.end(out)?;
        }
        Ok(())
    }
}

fn text_member<'n>((name, text): (&'n str, &String)) -> (&'n str, Value) {
    (name, Value::from(text.as_str()))
}

/// A report of which the beginning is written.
struct Report {
    group: Group,
    format: Format,
    /// How many results there are of each status, in the order of [`STATUSES`].
    counts: [i64; 5],
}

const STATUSES: [Status; 5] = [Status::Pass, Status::Fail, Status::Warn, Status::Error, Status::Skip];

impl Report {
    /// Writes all that stands before the results: the members whose names come first.
    fn begin(group: Group, format: Format, kind: &str, metadata: Value, out: &mut impl Write) -> anyhow::Result<Self> {
        let members =
            [("apiVersion", Value::text(group.api_version())), ("kind", Value::text(kind)), ("metadata", metadata)];
        let head = format.document(&Value::object(members))?;
        match format {
            Format::Yaml => writeln!(out, "{head}results:")?,
            Format::Json => write!(out, "{},\"results\":[", head.strip_suffix('}').unwrap_or(&head))?,
        }
        Ok(Self { group, format, counts: [0; 5] })
    }

    fn add(&mut self, result: &Value, out: &mut impl Write) -> anyhow::Result<()> {
        let is_first = self.counts.iter().all(|count| *count == 0);
        let status = result.get("result").and_then(Value::as_text);
        for (count, _) in self.counts.iter_mut().zip(STATUSES).filter(|(_, of)| Some(of.as_str()) == status) {
            *count += 1;
        }
        match self.format {
            Format::Yaml => write!(out, "{}", yaml::write(&Value::list([result.clone()])))?,
            Format::Json => write!(out, "{}{}", if is_first { "" } else { "," }, json(result)?)?,
        }
        Ok(())
    }

    /// Writes all that stands behind the results.
    fn end(self, out: &mut impl Write) -> anyhow::Result<()> {
        let counts = STATUSES.iter().zip(self.counts).map(|(status, count)| (status.as_str(), Value::Int(count)));
        let mut members = vec![("summary", Value::object(counts))];
        if self.group == Group::Openreports {
            members.push(("source", Value::text("kyverno")));
        }
        let tail = self.format.document(&Value::object(members))?;
        match self.format {
            Format::Yaml => writeln!(out, "{tail}")?,
            Format::Json => writeln!(out, "],{}", tail.strip_prefix('{').unwrap_or(&tail))?,
        }
        Ok(())
    }
}

/// The status that a report has for an answer.
pub(crate) fn status(response: &Response, rule: &RuleResponse, audit_warns: bool) -> Status {
    match reported(response, rule).0 {
        Status::Fail if audit_warns && !response.enforced => Status::Warn,
        status => status,
    }
}

/// One entry of `results`.
fn result(response: &Response, rule: &RuleResponse, audit_warns: bool) -> Value {
    let policy = &response.policy;
    let (_, message) = reported(response, rule);
    let status = status(response, rule, audit_warns);
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
        // In the order of Kyverno's fields, which is not that of an object's members.
        let json = |value: Value| encode::to_go_json(&value).unwrap_or_default();
        let controls = findings.controls.iter().map(|control| {
            let images = match control.images.is_empty() {
                true => Value::Null,
                false => Value::list(control.images.iter().map(|image| Value::from(image.as_str()))),
            };
            let name = Value::text(control.name.unwrap_or_default());
            format!(r#"{{"ID":{},"Name":{},"Images":{}}}"#, json(Value::text(control.id)), json(name), json(images))
        });
        let controls = format!("[{}]", controls.collect::<Vec<_>>().join(","));
        properties.push(("standard".into(), Value::Text(Arc::clone(&findings.level))));
        properties.push(("version".into(), Value::Text(Arc::clone(&findings.version))));
        properties.push(("controls".into(), Value::text(ids.join(","))));
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
