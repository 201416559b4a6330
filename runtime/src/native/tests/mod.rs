//! Native verdicts against the interpreter's statuses, on policies written as authors write them.

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_compiler::codegen::Status;
use dikast_compiler::ir::{Program, RuleId};
use dikast_compiler::unit::{Kind, Operation, Unit};
use dikast_grammar::SourceMap;
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;

use super::{NativeProgram, NativeUnit};
use crate::data::FixedData;
use crate::engine::{self, Admission, Engine, World};
use crate::request::{Request, Surroundings};

mod matching;
mod pattern;
mod question;

fn compile(policies: &str) -> Arc<Program> {
    let mut sources = SourceMap::new();
    sources.add("policies.yaml", policies);
    let compilation = dikast_compiler::compile(&sources);
    let errors: Vec<_> = compilation.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
    assert!(!compilation.program.rules.is_empty(), "{errors:?}");
    Arc::new(compilation.program)
}

/// A policy with one rule on Pods.
fn policy(rule: &str) -> String {
    let rule: String = rule.trim_matches('\n').lines().map(|line| format!("      {line}\n")).collect();
    format!(
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: p\nspec:\n  rules:\n    - name: r\n{rule}"
    )
}

fn on_pods(body: &str) -> String {
    policy(&format!("match:\n  any:\n    - resources:\n        kinds: [Pod]\n{}", body.trim_matches('\n')))
}

/// A review that creates a Pod with these members.
fn review(members: &str) -> String {
    let object = format!(r#"{{"apiVersion":"v1","kind":"Pod"{}{members}}}"#, if members.is_empty() { "" } else { "," });
    format!(
        r#"{{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{{"uid":"1","kind":{{"group":"","version":"v1","kind":"Pod"}},"resource":{{"group":"","version":"v1","resource":"pods"}},"namespace":"","operation":"CREATE","userInfo":{{"username":"jane","groups":["dev","system:authenticated"]}},"object":{object},"oldObject":null}}}}"#
    )
}

/// The interpreter's statuses of all rules; those that do not answer are left out.
fn interpreted(program: &Arc<Program>, review: &str, surroundings: &Surroundings) -> BTreeMap<RuleId, Status> {
    let review: Value = serde_json::from_str(review).unwrap();
    let request = Request::from_value(review.get("request").unwrap()).unwrap();
    let engine = Engine::new(Arc::clone(program));
    let admission = Admission::new(&request, surroundings);
    let data = FixedData::new();
    let world = World { data: &data, environment: &Isolated::EPOCH };
    (0..program.policies.len() as u32)
        .flat_map(|policy| engine.validate(dikast_compiler::ir::PolicyId(policy), &admission, world).unwrap().rules)
        .map(|rule| {
            let status = match rule.status {
                engine::Status::Pass => Status::Pass,
                engine::Status::Fail | engine::Status::Warn => Status::Fail,
                engine::Status::Error => Status::Error,
                engine::Status::Skip => Status::Skip,
            };
            (rule.rule, status)
        })
        .collect()
}

/// Asserts that native code and the interpreter agree on each review, that no rule is left to the interpreter as a whole,
/// and gives the statuses of the first rule.
fn statuses(policies: &str, reviews: &[&str]) -> Vec<Status> {
    let program = compile(policies);
    let native = NativeProgram::new(Arc::clone(&program));
    let unit = native.unit(&Unit::of_objects(Kind::new("", "v1", "Pod"), Operation::Create)).unwrap();
    for rule in &unit.compiled().rules {
        assert_eq!(rule.interpreted, None, "{}", program.name(program.rule(rule.rule).name));
    }
    let surroundings = Surroundings::default();
    reviews
        .iter()
        .map(|members| {
            let review = review(members);
            let verdicts = native.verdicts(review.as_bytes(), &surroundings, &Isolated::EPOCH).unwrap().unwrap();
            let expected = interpreted(&program, &review, &surroundings);
            for rule in (0..program.rules.len() as u32).map(RuleId) {
                let wanted = expected.get(&rule).copied().unwrap_or(Status::NoMatch);
                let status = verdicts.status(rule);
                let status = if status == Status::Silent { Status::NoMatch } else { status };
                assert!(status == wanted || status == Status::Interpret, "{members}: {status:?}, not {wanted:?}");
            }
            verdicts.status(RuleId(0))
        })
        .collect()
}

#[test]
fn clif_has_comments() {
    let program = compile(&on_pods("validate:\n  message: m\n  pattern:\n    metadata:\n      name: a"));
    let unit = Unit::of_objects(Kind::new("", "v1", "Pod"), Operation::Create);
    let (_, clif) = NativeUnit::explain(&program, &unit, &|span| format!("byte {}", span.start)).unwrap();
    assert!(clif.contains("; policy p, rule r"), "{clif}");
    assert!(clif.contains("; status Fail"), "{clif}");
}

/// More rules than one function holds, in a policy without keys and in those that are asked for some names only.
#[test]
fn functions_of_many_rules_are_in_parts() {
    let rules = |matching: &str| -> String {
        let rule = |number: usize| {
            format!(
                "    - name: r{number}\n      match: {{any: [{{resources: {{kinds: [Pod]{matching}}}}}]}}\n      validate:\n        message: m\n        pattern: {{metadata: {{name: \"a*{}\"}}}}\n",
                number % 10
            )
        };
        (0..70).map(rule).collect()
    };
    let policy = |name: &str, matching: &str| {
        let head = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:";
        let annotation = "annotations: {pod-policies.kyverno.io/autogen-controllers: none}";
        format!("{head}\n  name: {name}\n  {annotation}\nspec:\n  rules:\n{}", rules(matching))
    };
    let keyed = (0..4).map(|number| policy(&format!("keyed{number}"), &format!(", names: [\"a-{number}*\"]")));
    let policies = std::iter::once(policy("all", "")).chain(keyed).collect::<Vec<_>>().join("---\n");
    let reviews = [r#""metadata":{"name":"a-3"}"#, r#""metadata":{"name":"a7"}"#, r#""metadata":{"name":"b"}"#, ""];
    let all = [Status::Fail, Status::Fail, Status::Fail, Status::Fail];
    assert_eq!(statuses(&policies, &reviews), all);
    let unit = Unit::of_objects(Kind::new("", "v1", "Pod"), Operation::Create);
    let compiled = NativeUnit::compile(&compile(&policies), &unit).unwrap();
    let symbols = compiled.compiled().code.symbols();
    let named: std::collections::BTreeSet<_> = symbols.iter().filter_map(|symbol| symbol.rule).collect();
    assert_eq!(named.len(), 5 * 70, "every rule has code that profilers find");
    assert_eq!(compiled.compiled().dispatch.groups.len(), 4);
}
