//! What users are told (Kyverno `pkg/webhooks/utils/block.go`, `warning.go`).

use std::collections::BTreeMap;
use std::fmt::Write;

use dikast_compiler::ir::Program;

use super::{order, scalar};
use crate::engine::{Admission, PolicyResponse, RuleResponse, Status, object};

/// The message of a refused request: every rule that neither passed nor was skipped, by policy and rule, as YAML.
/// Policies are known by their bare names, so that of two with the same name the later one stands.
pub(super) fn refusal(program: &Program, admission: &Admission<'_>, responses: &[&PolicyResponse]) -> String {
    let mut policies: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for response in responses {
        let failed = response.rules.iter().filter(|rule| !matches!(rule.status, Status::Pass | Status::Skip));
        let failed: BTreeMap<&str, &str> = failed.map(|rule| (&*rule.name, &*rule.message)).collect();
        if !failed.is_empty() {
            policies.insert(program.name(program.policy(response.policy).name), failed);
        }
    }
    let object = admission.shown_object();
    let (kind, namespace, name) = (object::kind(object), object::namespace(object), object::name(object));
    let mut text = format!("\n\nresource {kind}/{namespace}/{name} was blocked due to the following policies \n\n");
    let mut policies: Vec<_> = policies.into_iter().collect();
    order::sort(&mut policies);
    for (policy, rules) in policies {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}:", scalar::key(policy));
        let mut rules: Vec<_> = rules.into_iter().collect();
        order::sort(&mut rules);
        for (rule, message) in rules {
            let _ = writeln!(text, "  {}: {}", scalar::key(rule), scalar::value(message, 4));
        }
    }
    text
}

/// The warnings of a policy: failures and errors, and on request everything that was not skipped.
pub(super) fn warnings(program: &Program, response: &PolicyResponse, all: bool) -> Vec<String> {
    let policy = program.name(program.policy(response.policy).name);
    let warns = |rule: &&RuleResponse| match rule.status {
        Status::Fail | Status::Error | Status::Warn => true,
        Status::Pass => all,
        Status::Skip => false,
    };
    response.rules.iter().filter(warns).map(|rule| format!("policy {policy}.{}: {}", rule.name, rule.message)).collect()
}
