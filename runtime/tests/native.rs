//! What native code does itself: each construct alone, in the files of `runtime/tests/native`.
//!
//! A file is a list of cases. A case has what `validate` of a rule holds, the `spec` of objects by the status that the rule
//! has for them, and the helpers that its code calls for ordinary values (`calls`): most constructs are emitted, and their
//! helpers stand in cold blocks, for values of other types. The interpreter has to give the same statuses.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use dikast_compiler::codegen::Status;
use dikast_compiler::ir::{PolicyId, Program, RuleId};
use dikast_compiler::unit::{Kind, Operation, Unit};
use dikast_grammar::SourceMap;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::{self, Admission, Engine, World};
use dikast_runtime::native::{NativeProgram, NativeUnit};
use dikast_runtime::request::{Request, Surroundings};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;
use serde_yaml::{Mapping, Value as Yaml};

#[test]
fn constructs_are_native() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 8);
    let mut wrong = Vec::new();
    for file in files {
        let cases: Vec<Mapping> = serde_yaml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases {
            let name = format!("{}: {}", file.file_name().unwrap().to_string_lossy(), text(&case["name"]));
            wrong.extend(check(&case).into_iter().map(|what| format!("{name}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not as the case says.
fn check(case: &Mapping) -> Vec<String> {
    let known = ["name", "validate", "calls", "pass", "fail", "skip", "error"];
    let mut wrong: Vec<String> =
        case.keys().filter(|key| !known.contains(&text(key))).map(|key| format!("unknown: {key:?}")).collect();
    let program = compile(&case["validate"]);
    let calls: BTreeSet<String> = list(case, "calls").iter().map(|name| text(name).to_owned()).collect();
    let called = called(&program);
    if called != calls {
        wrong.push(format!("calls {called:?}, not {calls:?}"));
    }
    let native = NativeProgram::new(Arc::clone(&program));
    let statuses = [("pass", Status::Pass), ("fail", Status::Fail), ("skip", Status::Skip), ("error", Status::Error)];
    for (key, status) in statuses {
        for spec in list(case, key) {
            let review = review(&spec);
            let surroundings = Surroundings::default();
            let verdicts = native.verdicts(review.as_bytes(), &surroundings, &Isolated::EPOCH).unwrap().unwrap();
            let (native, interpreted) = (verdicts.status(RuleId(0)), interpreted(&program, &review));
            if (native, interpreted) != (status, status) {
                wrong.push(format!("{spec:?}: {native:?} by native code, {interpreted:?} by the interpreter"));
            }
        }
    }
    wrong
}

fn text(value: &Yaml) -> &str {
    value.as_str().unwrap()
}

fn list(case: &Mapping, key: &str) -> Vec<Yaml> {
    case.get(key).map(|items| items.as_sequence().unwrap().clone()).unwrap_or_default()
}

fn compile(validate: &Yaml) -> Arc<Program> {
    let policy = format!(
        r#"{{"apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": {{"name": "p"}}, "spec": {{"rules": [
            {{"name": "r", "match": {{"any": [{{"resources": {{"kinds": ["Thing"]}}}}]}}, "validate": {}}}]}}}}"#,
        serde_json::to_string(validate).unwrap()
    );
    let mut sources = SourceMap::new();
    sources.add("policy.yaml", policy);
    let compilation = dikast_compiler::compile(&sources);
    assert_eq!(compilation.program.rules.len(), 1, "{:?}", compilation.diagnostics);
    Arc::new(compilation.program)
}

fn unit() -> Unit {
    Unit::of_objects(Kind::new("example.com", "v1", "Thing"), Operation::Create)
}

/// The helpers that the code of the rule calls outside cold blocks, by their names in native code.
fn called(program: &Arc<Program>) -> BTreeSet<String> {
    let (unit, clif) = NativeUnit::explain(program, &unit(), &|_| String::new()).unwrap();
    assert_eq!(unit.compiled().rules[0].interpreted, None);
    // What stands before is what all rules rely on.
    let (_, rule) = clif.split_once("policy p, rule r").unwrap();
    let mut is_cold = false;
    let mut called = BTreeSet::new();
    for line in rule.lines().map(str::trim) {
        if line.starts_with("block") && line.ends_with(':') {
            is_cold = line.ends_with(" cold:");
        } else if let (false, Some(helper)) = (is_cold, line.strip_prefix("; call dikast_")) {
            called.insert(helper.to_owned());
        }
    }
    called
}

fn review(spec: &Yaml) -> String {
    let spec = serde_json::to_string(spec).unwrap();
    format!(
        r#"{{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{{"uid":"1",
            "kind":{{"group":"example.com","version":"v1","kind":"Thing"}},
            "resource":{{"group":"example.com","version":"v1","resource":"things"}},"name":"t","namespace":"team",
            "operation":"CREATE","userInfo":{{"username":"ann"}},"object":{{"apiVersion":"example.com/v1",
            "kind":"Thing","metadata":{{"name":"t","namespace":"team"}},"spec":{spec}}},"oldObject":null}}}}"#
    )
}

fn interpreted(program: &Arc<Program>, review: &str) -> Status {
    let review: Value = serde_json::from_str(review).unwrap();
    let request = Request::from_value(review.get("request").unwrap()).unwrap();
    let surroundings = Surroundings::default();
    let world = World { data: &FixedData::new(), environment: &Isolated::EPOCH };
    let answer =
        Engine::new(Arc::clone(program)).validate(PolicyId(0), &Admission::new(&request, &surroundings), world);
    match answer.unwrap().rules.first().map(|rule| rule.status) {
        Some(engine::Status::Pass) => Status::Pass,
        Some(engine::Status::Fail | engine::Status::Warn) => Status::Fail,
        Some(engine::Status::Error) => Status::Error,
        Some(engine::Status::Skip) => Status::Skip,
        None => Status::NoMatch,
    }
}
