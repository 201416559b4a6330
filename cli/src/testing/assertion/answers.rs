//! Checks against the answers of the rules.

use dikast_compiler::testing::assertion::Tree;
use dikast_grammar::SourceMap;
use dikast_grammar::yaml;
use dikast_runtime::engine::{PodSecurityFindings, RuleResponse, Status};
use dikast_stdlib::Value;

use super::holds::objections;
use super::{Check, Match};
use crate::evaluation::response::{PolicyFacts, Response};
use crate::input::resources::ObjectKey;
use crate::testing::check::{EXCLUDED, Outcome, Said};
use crate::testing::row::{Row, Verdict};
use crate::testing::selector::Selector;
use crate::testing::vacuous::Vacuous;

/// The rows of checks, and those among them that hold because no rule answers.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) rows: Vec<Row>,
    /// The places of rows are those in a list in which `before` rows stand before them.
    pub(crate) vacuous: Vec<Vacuous>,
}

/// The policies of a test as their authors wrote them.
pub(crate) fn policy_documents(sources: &SourceMap) -> Vec<Value> {
    let documents = sources.iter().flat_map(|(id, file)| yaml::parse(id, file.text()).into_objects());
    documents.map(|document| Value::from(&document).to_floats()).collect()
}

/// Checks the answers that the selector selects. Rows stand behind `before` others.
pub(crate) fn check_all(
    checks: &[Check],
    policies: &[Value],
    outcome: &Outcome,
    selector: &Selector,
    before: usize,
) -> Checked {
    let mut checked = Checked::default();
    for check in checks {
        let mut answers = 0;
        for (key, response) in each_response(&outcome.said) {
            for rule in &response.rules {
                let row = |verdict, reason: String| Row {
                    id: 0,
                    expectation: usize::MAX,
                    policy: response.policy.full_name(),
                    rule: rule.name.to_string(),
                    resource: key.path(),
                    verdict,
                    reason,
                    message: rule.message.clone(),
                };
                match check.matches.holds(response, rule, policies) {
                    Ok(false) => continue,
                    Ok(true) => answers += 1,
                    Err(error) => {
                        answers += 1;
                        checked.rows.push(row(Verdict::Fail, error));
                        continue;
                    }
                }
                if !selector.selects(response, rule, key) {
                    continue;
                }
                let answer = answer(rule);
                if let Some(tree) = &check.assert {
                    let (verdict, reason) = asserted(tree, &answer, rule.status);
                    checked.rows.push(row(verdict, reason));
                }
                if let Some(tree) = &check.error {
                    let (verdict, reason) = refuted(tree, &answer, rule.status);
                    checked.rows.push(row(verdict, reason));
                }
            }
        }
        if answers == 0 {
            let place = before + checked.rows.len();
            let message = format!(
                "the check at {} is about no answer of any rule: it holds whatever the policies say",
                check.place
            );
            checked.vacuous.push(Vacuous { message, rows: vec![place] });
            checked.rows.push(nothing_matched());
        }
    }
    for (at, row) in checked.rows.iter_mut().enumerate() {
        row.id = before + at + 1;
    }
    checked
}

/// Calls `take` for each answer that the checks are about, once for each check.
pub(crate) fn each_answer(
    checks: &[Check],
    policies: &[Value],
    outcome: &Outcome,
    take: &mut dyn FnMut(&Response, &RuleResponse),
) {
    for check in checks {
        for (_, response) in each_response(&outcome.said) {
            let matched =
                response.rules.iter().filter(|rule| check.matches.holds(response, rule, policies) == Ok(true));
            matched.for_each(|rule| take(response, rule));
        }
    }
}

fn each_response(said: &Said) -> impl Iterator<Item = (&ObjectKey, &Response)> {
    said.iter().flat_map(|(key, responses)| responses.iter().map(move |response| (key, response)))
}

fn nothing_matched() -> Row {
    let any = || "*".to_owned();
    Row {
        id: 0,
        expectation: usize::MAX,
        policy: any(),
        rule: any(),
        resource: any(),
        verdict: Verdict::PassSkipped,
        reason: EXCLUDED.to_owned(),
        message: EXCLUDED.to_owned(),
    }
}

fn asserted(tree: &Tree, answer: &Value, status: Status) -> (Verdict, String) {
    match objections(tree, answer) {
        Ok(objections) if objections.is_empty() => (passed(status), "Ok".to_owned()),
        Ok(objections) => (Verdict::Fail, objections.join("; ")),
        Err(error) => (Verdict::Fail, error),
    }
}

fn refuted(tree: &Tree, answer: &Value, status: Status) -> (Verdict, String) {
    match objections(tree, answer) {
        Ok(objections) if objections.is_empty() => (Verdict::Fail, "what `error` says holds".to_owned()),
        Ok(_) => (passed(status), "Ok".to_owned()),
        Err(error) => (Verdict::Fail, error),
    }
}

fn passed(status: Status) -> Verdict {
    if status == Status::Skip { Verdict::PassSkipped } else { Verdict::Pass }
}

impl Match {
    fn holds(&self, response: &Response, rule: &RuleResponse, policies: &[Value]) -> Result<bool, String> {
        let holds = |tree: &Option<Tree>, value: &dyn Fn() -> Value| match tree {
            Some(tree) => objections(tree, &value()).map(|objections| objections.is_empty()),
            None => Ok(true),
        };
        let document = || document_of(&response.policy, policies).cloned().unwrap_or_default();
        Ok(holds(&self.rule, &|| Value::object([("name", Value::from(&*rule.name))]))?
            && holds(&self.policy, &document)?
            && holds(&self.resource, &|| response.object.to_floats())?)
    }
}

/// The document of a policy.
fn document_of<'p>(policy: &PolicyFacts, policies: &'p [Value]) -> Option<&'p Value> {
    let text =
        |document: &Value, path: &[&str]| document.at(path).and_then(Value::as_text).unwrap_or_default().to_owned();
    let is_meant = |document: &&Value| {
        text(document, &["metadata", "name"]) == policy.name
            && text(document, &["kind"]).ends_with("Policy")
            && (policy.namespace.is_empty() || text(document, &["metadata", "namespace"]) == policy.namespace)
    };
    policies.iter().find(is_meant)
}

/// An answer as checks see it.
fn answer(rule: &RuleResponse) -> Value {
    Value::object([
        ("name", Value::from(&*rule.name)),
        ("ruleType", Value::from(rule.kind.as_str())),
        ("message", Value::from(&*rule.message)),
        ("status", Value::from(rule.status.as_str())),
        ("podSecurityChecks", rule.pod_security.as_ref().map(pod_security).unwrap_or_default()),
        ("exceptions", Value::list(rule.exceptions.iter().map(|name| Value::from(&**name)))),
    ])
}

fn pod_security(findings: &PodSecurityFindings) -> Value {
    let checks = findings.controls.iter().map(|control| {
        Value::object([
            ("id", Value::from(control.id)),
            ("images", Value::list(control.images.iter().map(|image| Value::from(&**image)))),
        ])
    });
    Value::object([
        ("level", Value::from(&*findings.level)),
        ("version", Value::from(&*findings.version)),
        ("checks", Value::list(checks)),
    ])
}
