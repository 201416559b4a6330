//! Compares what policies said with what a test expects (Kyverno `cmd/cli/kubectl-kyverno/commands/test/output.go`).

use std::path::PathBuf;

use dikast_runtime::engine::{RuleKind, RuleResponse};
use dikast_runtime::request::Operation;
use dikast_stdlib::Value;

use super::compare::{Comparison, with_file};
use super::file::Expectation;
use super::row::{Row, Verdict};
use crate::evaluation::policies::LeftOut;
use crate::evaluation::response::{Response, reported};
use crate::input::resources::ObjectKey;

/// The reason of rows about a policy or rule that Kyverno runs and dikast does not.
const NOT_SUPPORTED: &str = "Not supported";

/// The reason of rows about an object that no rule of the policy matches: they hold whatever is expected.
pub(super) const EXCLUDED: &str = "Excluded";

/// What all policies said, by object.
pub(crate) type Said = Vec<(ObjectKey, Vec<Response>)>;

/// The outcome of a test before it is compared with the expectations.
#[derive(Default)]
pub(crate) struct Outcome {
    /// About the objects of the test.
    pub(crate) said: Said,
    /// The same for operations that an expectation names.
    pub(crate) by_operation: Vec<(Operation, Said)>,
    /// About existing objects that rules changed.
    pub(crate) targets: Said,
    /// Policies and rules that were left out.
    pub(crate) left_out: Vec<LeftOut>,
}

impl Outcome {
    /// All that was said about the objects of the test.
    pub(crate) fn responses(&self) -> impl Iterator<Item = &Response> {
        let all = self.said.iter().chain(self.by_operation.iter().flat_map(|(_, said)| said));
        all.flat_map(|(_, responses)| responses)
    }

    /// What rules that apply could not generate, and why.
    pub(crate) fn generation_errors(&self) -> impl Iterator<Item = String> {
        self.responses().flat_map(Response::generation_errors)
    }
}

/// Compares the outcome with the expectations.
pub(crate) fn check(expectations: &[Expectation], outcome: &Outcome) -> Vec<Row> {
    let mut checker = Checker { rows: Vec::new(), expectation: 0 };
    for (at, expectation) in expectations.iter().enumerate() {
        checker.expectation = at;
        let none = Said::new();
        let said = said_for(expectation, outcome).unwrap_or(&none);
        for key in candidates(expectation, said, &outcome.targets) {
            checker.object(expectation, key, said, outcome);
        }
    }
    checker.rows
}

/// The objects that an expectation is about: those that it names, or all when it names none that are there.
fn candidates<'o>(expectation: &Expectation, said: &'o Said, targets: &'o Said) -> Vec<&'o ObjectKey> {
    let all = || targets.iter().chain(said).map(|(key, _)| key);
    let mut named = Vec::new();
    if let Some(names) = &expectation.resources {
        for name in names {
            named.extend(all().filter(|key| is_named(key, name)));
        }
        for spec in &expectation.resource_specs {
            let api_version =
                if spec.group.is_empty() { spec.version.clone() } else { format!("{}/{}", spec.group, spec.version) };
            named.extend(all().filter(|key| {
                key.api_version == api_version && key.namespace == spec.namespace && key.name == spec.name
            }));
        }
    }
    if named.is_empty() { all().collect() } else { named }
}

/// Whether an expectation's `name` or `namespace/name` is that of an object.
pub(crate) fn is_named(key: &ObjectKey, written: &str) -> bool {
    match written.split_once('/') {
        None => key.name == written,
        Some((namespace, name)) => key.namespace == namespace && key.name == name,
    }
}

/// Calls `take` for each answer that the expectations are about, once for each expectation and object.
pub(crate) fn each_answer(
    expectations: &[Expectation],
    outcome: &Outcome,
    take: &mut dyn FnMut(&Response, &RuleResponse),
) {
    let none = Said::new();
    for expectation in expectations {
        let said = said_for(expectation, outcome).unwrap_or(&none);
        for key in candidates(expectation, said, &outcome.targets) {
            let is_meant = |response: &&Response| response.policy.name == expectation.policy_name();
            for response in about(said, key).filter(is_meant) {
                response.rules.iter().filter(|rule| concerns(expectation, rule)).for_each(|rule| take(response, rule));
            }
            for response in about(&outcome.targets, key).filter(is_meant) {
                let changed = |rule: &&RuleResponse| {
                    rule.patched_target.as_ref().is_some_and(|object| ObjectKey::of(object) == *key)
                };
                if let Some(rule) = response.rules.iter().filter(|rule| concerns(expectation, rule)).find(changed) {
                    take(response, rule);
                }
            }
        }
    }
}

/// What was said about an object.
fn about<'o>(said: &'o Said, key: &ObjectKey) -> impl Iterator<Item = &'o Response> {
    said.iter().filter(move |(of, _)| of == key).flat_map(|(_, responses)| responses)
}

/// What was said for the operation of an expectation.
fn said_for<'o>(expectation: &Expectation, outcome: &'o Outcome) -> Option<&'o Said> {
    match expectation.operation {
        None => Some(&outcome.said),
        Some(operation) => outcome.by_operation.iter().find(|(of, _)| *of == operation).map(|(_, said)| said),
    }
}

/// What a comparison comes to, in the words of result rows.
struct Finding {
    passed: bool,
    message: String,
    reason: String,
}

struct Checker {
    rows: Vec<Row>,
    /// The number of the expectation that is checked.
    expectation: usize,
}

impl Checker {
    fn object(&mut self, expectation: &Expectation, key: &ObjectKey, said: &Said, outcome: &Outcome) {
        let of_key = |said: &'_ Said| {
            said.iter().find(|(of, _)| of == key).map(|(_, responses)| responses.clone()).unwrap_or_default()
        };
        let before = self.rows.len();
        let mut missing_in_file = false;
        for response in of_key(said).iter().filter(|response| response.policy.name == expectation.policy_name()) {
            for rule in response.rules.iter().filter(|rule| concerns(expectation, rule)) {
                missing_in_file |= self.answer(expectation, key, response, rule);
            }
            if self.rows.len() == before && !missing_in_file {
                self.no_rule_answered(expectation, key, outcome);
            }
        }
        for response in of_key(&outcome.targets) {
            for rule in &response.rules {
                let Some(target) = rule.patched_target.as_ref().filter(|target| ObjectKey::of(target) == *key) else {
                    continue;
                };
                let finding = examine(expectation, &response, rule, target);
                self.compared(expectation, rule, key.path(), finding);
                break;
            }
        }
        if self.rows.len() == before && !missing_in_file {
            self.nothing_said(expectation, key, outcome);
        }
    }

    /// Compares one answer and says whether the file lacks the object, in which case there is no row.
    fn answer(&mut self, expectation: &Expectation, key: &ObjectKey, response: &Response, rule: &RuleResponse) -> bool {
        if rule.kind == RuleKind::Generation {
            if rule.generated.is_empty() {
                let finding = examine_status(expectation, response, rule);
                self.compared(expectation, rule, key.path(), finding);
            }
            for object in &rule.generated {
                let finding = examine(expectation, response, rule, object);
                self.compared(expectation, rule, format!("/{}", ObjectKey::of(object).name), finding);
            }
            return false;
        }
        let object = if rule.kind == RuleKind::Mutation { &response.patched } else { &response.object };
        let finding = examine(expectation, response, rule, object);
        if !expectation.fail_on_missing && finding.message.contains("not found in manifest") {
            return true;
        }
        self.compared(expectation, rule, key.path(), finding);
        false
    }

    fn compared(&mut self, expectation: &Expectation, rule: &RuleResponse, resource: String, finding: Finding) {
        let verdict = match finding.passed {
            false => Verdict::Fail,
            true if expectation.result == "skip" => Verdict::PassSkipped,
            true => Verdict::Pass,
        };
        self.add(expectation, &rule.name, resource, finding, verdict);
    }

    /// A policy that says nothing about an object does not concern it, unless a rule is left out that would have.
    fn no_rule_answered(&mut self, expectation: &Expectation, key: &ObjectKey, outcome: &Outcome) {
        let (finding, verdict) = match left_out(expectation, outcome) {
            Some(left) => {
                let finding = Finding { passed: false, message: left.why.clone(), reason: NOT_SUPPORTED.to_owned() };
                (finding, Verdict::Fail)
            }
            None => {
                let finding = Finding { passed: true, message: EXCLUDED.into(), reason: EXCLUDED.into() };
                (finding, Verdict::PassSkipped)
            }
        };
        self.add(expectation, &expectation.rule, key.path(), finding, verdict);
    }

    fn nothing_said(&mut self, expectation: &Expectation, key: &ObjectKey, outcome: &Outcome) {
        let (message, reason, verdict) = match left_out(expectation, outcome) {
            Some(left) if left.unsupported || left.rule.is_some() => (left.why.as_str(), NOT_SUPPORTED, Verdict::Fail),
            Some(left) => (left.why.as_str(), "Invalid Policy", Verdict::Skip),
            None => ("Not found", "Not found", Verdict::Fail),
        };
        let finding = Finding { passed: false, message: message.to_owned(), reason: reason.to_owned() };
        self.add(expectation, &expectation.rule, key.path(), finding, verdict);
    }

    fn add(&mut self, expectation: &Expectation, rule: &str, resource: String, finding: Finding, verdict: Verdict) {
        // of `namespace/name/more` only the first two parts are shown
        let policy = expectation.policy.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        self.rows.push(Row {
            id: self.rows.len() + 1,
            expectation: self.expectation,
            policy,
            rule: rule.to_owned(),
            resource,
            verdict,
            reason: finding.reason,
            message: finding.message,
        });
    }
}

/// The policy or rule of an expectation, if it is left out.
fn left_out<'o>(expectation: &Expectation, outcome: &'o Outcome) -> Option<&'o LeftOut> {
    outcome.left_out.iter().find(|left| {
        let rule = left.rule.as_ref();
        left.policy == expectation.policy_name()
            && rule.is_none_or(|rule| expectation.rule.is_empty() || expectation.rule == *rule)
    })
}

/// Whether an answer is of the rule that the expectation names, or of one that autogen made of it.
fn concerns(expectation: &Expectation, rule: &RuleResponse) -> bool {
    expectation.rule.is_empty() || expectation.names_rule(&rule.name)
}

fn examine(expectation: &Expectation, response: &Response, rule: &RuleResponse, actual: &Value) -> Finding {
    let different = |what: &str, lines: String| Finding {
        passed: false,
        message: format!("{what}\n(- only in expected, + only in actual)\n\n{lines}"),
        reason: "Resource diff".into(),
    };
    let failed = |message: String| Finding { passed: false, message, reason: "Resource error".into() };
    if let Some(path) = &expectation.patched {
        match with_file(actual, path, "PatchedResources") {
            Comparison::Same => {}
            Comparison::Failed(message) => return failed(message),
            Comparison::Different(lines) => {
                return different("Patched resource didn't match the patched resource in the test result", lines);
            }
        }
    }
    match generated(&expectation.generated, expectation.generated_listed, actual) {
        None | Some(Comparison::Same) => examine_status(expectation, response, rule),
        Some(Comparison::Failed(message)) => failed(message),
        Some(Comparison::Different(lines)) if expectation.generated_listed => different(
            "Generated resource didn't match any of the expected generated resources in the test result",
            lines,
        ),
        Some(Comparison::Different(lines)) => {
            different("Patched resource didn't match the generated resource in the test result", lines)
        }
    }
}

/// Compares with the files of generated objects; one that fits is enough, and a difference says more than a failure.
fn generated(paths: &[PathBuf], listed: bool, actual: &Value) -> Option<Comparison> {
    let field = if listed { "GeneratedResources" } else { "GeneratedResource" };
    let mut result = None;
    for path in paths {
        match (with_file(actual, path, field), &result) {
            (Comparison::Same, _) => return Some(Comparison::Same),
            (Comparison::Failed(_), Some(Comparison::Different(_))) => {}
            (other, _) => result = Some(other),
        }
    }
    result
}

fn examine_status(expectation: &Expectation, response: &Response, rule: &RuleResponse) -> Finding {
    let (status, message) = reported(response, rule);
    let passed = status.as_str() == expectation.result;
    let reason = if passed { "Ok".to_owned() } else { format!("Want {}, got {}", expectation.result, status.as_str()) };
    Finding { passed, message, reason }
}
