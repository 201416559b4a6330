//! Exceptions for what fails (Kyverno `cmd/cli/kubectl-kyverno/commands/apply/print.go`).

use dikast_runtime::engine::{Control, RuleResponse, Status};
use dikast_stdlib::Value;
use dikast_stdlib::duration::GoDuration;

use super::report;
use crate::evaluation::response::Response;
use crate::input::resources::ObjectKey;

/// An exception for each failure of a cluster policy, each for one object.
pub(crate) fn for_failures(
    response: &Response,
    audit_warns: bool,
    lifetime: GoDuration,
) -> impl Iterator<Item = Value> {
    let fails = move |rule: &&RuleResponse| report::status(response, rule, audit_warns) == Status::Fail;
    let is_clustered = response.policy.namespace.is_empty();
    let failed = response.rules.iter().filter(move |_| is_clustered).filter(fails);
    failed.map(move |rule| exception(response, rule, lifetime))
}

fn exception(response: &Response, rule: &RuleResponse, lifetime: GoDuration) -> Value {
    let ObjectKey { kind, namespace, name, .. } = ObjectKey::of(&response.object);
    let policy = response.policy.name.as_str();
    let (mut kinds, mut names, mut rules) = (vec![kind.clone()], vec![name.clone()], vec![rule.name.to_string()]);
    // an exception for a controller is one for its Pods, too
    if let Some(written) = rule.name.strip_prefix("autogen-") {
        let of_job = written.strip_prefix("cronjob-").filter(|_| kind == "CronJob");
        if let Some(written) = of_job {
            kinds.push("Job".to_owned());
            rules.push(format!("autogen-{written}"));
        }
        kinds.push("Pod".to_owned());
        rules.push(of_job.unwrap_or(written).to_owned());
        names.push(format!("{name}-*"));
    }
    let mut resources = vec![("kinds", texts(kinds)), ("names", texts(names))];
    if !namespace.is_empty() {
        resources.push(("namespaces", texts(vec![namespace.clone()])));
    }
    let filter = Value::object([("resources", Value::object(resources))]);
    let excepted = Value::object([("policyName", Value::text(policy)), ("ruleNames", texts(rules))]);
    let mut spec =
        vec![("match", Value::object([("all", Value::list([filter]))])), ("exceptions", Value::list([excepted]))];
    let controls = rule.pod_security.as_ref().map(|findings| findings.controls.as_slice()).unwrap_or_default();
    if !controls.is_empty() {
        spec.push(("podSecurity", Value::list(controls.iter().map(control))));
    }
    let full_name = [policy, &*rule.name, &namespace, &name].join("-");
    let mut metadata = vec![("name", Value::from(full_name))];
    if lifetime.nanoseconds() > 0 {
        metadata.push(("labels", Value::object([("cleanup.kyverno.io/ttl", Value::from(lifetime.to_string()))])));
    }
    Value::object([
        ("apiVersion", Value::text("kyverno.io/v2beta1")),
        ("kind", Value::text("PolicyException")),
        ("metadata", Value::object(metadata)),
        ("spec", Value::object(spec)),
    ])
}

fn texts(texts: Vec<String>) -> Value {
    Value::list(texts.into_iter().map(Value::from))
}

/// The images of a control in any version.
fn control(control: &Control) -> Value {
    let mut members = vec![("controlName", Value::text(control.name.unwrap_or_default()))];
    let any_version = |image: &str| match image.find([':', '@']) {
        Some(at) => format!("{}*", &image[..at]),
        None => image.to_owned(),
    };
    if !control.images.is_empty() {
        members.push(("images", Value::list(control.images.iter().map(|image| Value::from(any_version(image))))));
    }
    Value::object(members)
}
