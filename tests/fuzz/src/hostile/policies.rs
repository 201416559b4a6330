//! Whole policies around a text: compiled, optimised, made native code of, and asked about a Pod by both engines.

use std::hint::black_box;
use std::sync::Arc;

use dikast_compiler::compile;
use dikast_compiler::ir::PolicyId;
use dikast_compiler::passes::optimise;
use dikast_compiler::testing;
use dikast_compiler::testing::folder::Beside;
use dikast_compiler::unit::{Kind, Operation, Unit};
use dikast_grammar::{FileId, SourceMap, yaml};
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::{Admission, Engine, World};
use dikast_runtime::native::NativeProgram;
use dikast_runtime::request::{Request, Surroundings};
use dikast_stdlib::{Value, encode};

use super::LENGTH;
use super::inputs::{pattern_inputs, repeated, template_inputs};
use crate::targets::Nowhere;

const REVIEW: &str = r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1",
    "kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},
    "name":"web","namespace":"shop","operation":"CREATE","userInfo":{"username":"jane","groups":["dev"]},
    "object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop","labels":{"a":"10Mi"}},
    "spec":{"containers":[{"name":"c","image":"shop/web:1"}]}},"oldObject":null}}"#;

/// Texts of policies: of patterns and templates.
pub(super) fn texts() -> Vec<String> {
    let mut texts = pattern_inputs();
    texts.extend(template_inputs());
    texts.extend(repeated(&["x", "{{request.object.metadata.name}} ", "\\{{ {{@}} "]));
    texts.extend(numbered(&["a{} | ", "a*{} | ", "a?b*{} | ", ">{}Mi & ", "{}-9Gi | ", "{}h | "]));
    texts.extend(longest_within_bounds(&["a{} | ", "a*{} | ", "{}-9Gi | ", "a{} ", "{{a{}}} ", "\\{{a{}}} "]));
    texts
        .extend(longest_within_bounds(&["{{request.object.metadata.labels.a{}}} ", "{{length(request.name)||'{}'}} "]));
    texts
}

/// Units one after the other, with a number in place of the braces of each.
pub(super) fn numbered(units: &[&str]) -> Vec<String> {
    let numbered = |unit: &&str| {
        let parts = (0..LENGTH / (unit.len() + 4)).map(|number| unit.replace("{}", &number.to_string()));
        parts.collect()
    };
    units.iter().map(numbered).collect()
}

/// Words that hold as many parts as a policy may, and are long; those with variables long and few, or short and many.
pub(super) fn longest_within_bounds(words: &[&str]) -> Vec<String> {
    let of_word = |word: &&str| match word.matches("{{").count() {
        0 => vec![of_length(word, 9_000, LENGTH)],
        variables => [(200, LENGTH / 4), (9_000 / (4 * variables + 3), 0)]
            .map(|(words, length)| of_length(word, words, length))
            .to_vec(),
    };
    words.iter().flat_map(of_word).collect()
}

/// A word many times with a number in place of its braces, so that all are about as long together as is wanted.
fn of_length(word: &str, words: usize, length: usize) -> String {
    let width = (length / words).saturating_sub(word.len());
    (0..words).map(|number| word.replace("{}", &format!("{number:0>width$}"))).collect()
}

/// A test with many results.
pub(super) fn test_file() -> String {
    let result = "- {policy: p, rule: r, kind: Pod, resources: [ns/web, web], result: pass}\n";
    format!("kind: Test\nresults:\n{}", result.repeat(LENGTH / result.len()))
}

/// A text as the pattern of a label.
pub(super) fn pattern(text: &str) {
    let labels = Value::object([("a", Value::text(text))]);
    let pattern = Value::object([("metadata", Value::object([("labels", labels)]))]);
    run([("message", Value::text("m")), ("pattern", pattern)]);
}

/// A text as the message of a rule that fails.
pub(super) fn message(text: &str) {
    run([("message", Value::text(text)), ("deny", Value::object::<&str>([]))]);
}

/// The beginning of a text.
fn part(text: &str, of: usize) -> &str {
    &text[..text.floor_char_boundary(LENGTH / of)]
}

/// A text as a side of conditions; together they are as long as the others.
pub(super) fn condition(text: &str) {
    let text = part(text, 3);
    let key = Value::text("{{request.object.metadata.labels.a}}");
    let conditions = ["Equals", "AnyIn", "GreaterThan"].map(|operator| {
        Value::object([("key", key.clone()), ("operator", Value::text(operator)), ("value", Value::text(text))])
    });
    deny(conditions.to_vec());
}

/// The words of a text as the value of a condition.
pub(super) fn list(text: &str) {
    let key = Value::text("{{request.object.metadata.labels.a}}");
    let words = Value::list(part(text, 4).split(' ').map(Value::text));
    deny(vec![Value::object([("key", key), ("operator", Value::text("AnyIn")), ("value", words)])]);
}

fn deny(conditions: Vec<Value>) {
    let conditions = Value::object([("any", Value::list(conditions))]);
    run([("message", Value::text("m")), ("deny", Value::object([("conditions", conditions)]))]);
}

/// The words of a text as the keys of conditions, as many as there can be.
pub(super) fn keys(text: &str) {
    let condition = |key| {
        let members = [("key", Value::text(key)), ("operator", Value::text("Equals")), ("value", Value::text("a"))];
        Value::object(members)
    };
    deny(part(text, 1).split(' ').take(1_900).map(condition).collect());
}

/// The words of a text as the patterns of labels.
pub(super) fn members(text: &str) {
    let labels =
        part(text, 1).split(' ').take(9_900).enumerate().map(|(at, word)| (format!("l{at}"), Value::text(word)));
    let pattern = Value::object([("metadata", Value::object([("labels", Value::object(labels))]))]);
    run([("message", Value::text("m")), ("pattern", pattern)]);
}

/// The words of a text as kinds.
pub(super) fn kinds(text: &str) {
    let rule =
        rule(Value::list(part(text, 2).split(' ').map(Value::text)), Value::object([("message", Value::text("m"))]));
    decide(policy(vec![rule]));
}

/// A text as the document of a test.
pub(super) fn test(text: &str) {
    let parsed = yaml::parse(FileId::default(), text);
    if let Some((test, others)) = parsed.documents.split_first() {
        black_box(testing::check(test, text, &Beside::of(text, others)));
    }
}

fn run<const N: usize>(validate: [(&str, Value); N]) {
    decide(policy(vec![rule(Value::list([Value::text("Pod")]), Value::object(validate))]));
}

fn rule(kinds: Value, validate: Value) -> Value {
    let resources = Value::object([("resources", Value::object([("kinds", kinds)]))]);
    let matching = Value::object([("any", Value::list([resources]))]);
    Value::object([("name", Value::text("r")), ("match", matching), ("validate", validate)])
}

fn policy(rules: Vec<Value>) -> Value {
    Value::object([
        ("apiVersion", Value::text("kyverno.io/v1")),
        ("kind", Value::text("ClusterPolicy")),
        ("metadata", Value::object([("name", Value::text("p"))])),
        ("spec", Value::object([("rules", Value::list(rules))])),
    ])
}

fn decide(policy: Value) {
    let mut sources = SourceMap::new();
    sources.add("policy.yaml", encode::to_go_json(&policy).unwrap_or_default());
    let compilation = compile(&sources);
    black_box(compilation.diagnostics);
    let program = Arc::new(optimise(compilation.program).0);
    let surroundings = Surroundings::default();
    let native = NativeProgram::new(Arc::clone(&program));
    let _ = black_box(native.unit(&Unit::of_objects(Kind::new("", "v1", "Pod"), Operation::Create)));
    black_box(native.verdicts(REVIEW.as_bytes(), &surroundings, &Nowhere).is_ok());
    let review: Value = serde_json::from_str(REVIEW).unwrap_or_default();
    let Some(Ok(request)) = review.get("request").map(Request::from_value) else { return };
    let (engine, data) = (Engine::new(Arc::clone(&program)), FixedData::new());
    let admission = Admission::new(&request, &surroundings);
    let world = World { data: &data, environment: &Nowhere };
    for policy in 0..program.policies.len() as u32 {
        let _ = black_box(engine.validate(PolicyId(policy), &admission, world));
    }
}
