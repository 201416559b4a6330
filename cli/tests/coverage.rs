//! `dikast test --coverage`, as a user runs it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const POLICY: &str = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: labels}
spec:
  rules:
  - name: has-team
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      message: a team is needed
      pattern: {metadata: {labels: {team: '?*'}}}
  - name: only-skipped
    match: {any: [{resources: {kinds: [Pod]}}]}
    preconditions: {all: [{key: a, operator: Equals, value: b}]}
    validate:
      deny: {}
  - name: untested
    match: {any: [{resources: {kinds: [Service]}}]}
    validate:
      deny: {}
";

const TEST: &str = "apiVersion: cli.kyverno.io/v1alpha1
kind: Test
policies: [policy.yaml]
resources: [pods.yaml]
results:
- {policy: labels, rule: has-team, kind: Pod, resources: [good, better], result: pass}
- {policy: labels, rule: has-team, kind: Pod, resources: [bad], result: fail}
- {policy: labels, rule: only-skipped, kind: Pod, resources: [good], result: skip}
";

const PODS: &str = "apiVersion: v1
kind: Pod
metadata: {name: good, labels: {team: a}}
---
apiVersion: v1
kind: Pod
metadata: {name: better, labels: {team: b}}
---
apiVersion: v1
kind: Pod
metadata: {name: bad}
";

/// A folder with a policy, its test, and a policy that no test names.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let other = POLICY.replace("name: labels", "name: forgotten");
    for (file, text) in
        [("policy.yaml", POLICY), ("kyverno-test.yaml", TEST), ("pods.yaml", PODS), ("other.yaml", &other)]
    {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn test(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dikast"))
        .args(["test", "."])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_table_says_how_often_a_rule_is_reached() {
    let (code, out) = test(&folder("coverage-table"), &["--coverage"]);
    assert_eq!(code, Some(0), "{out}");
    let row = |rule: &str| -> Vec<String> {
        let line = out.lines().rfind(|line| line.contains(" labels ") && line.contains(rule)).unwrap();
        line.split('│').map(|cell| cell.trim().to_owned()).collect()
    };
    assert_eq!(row("has-team")[3..8], ["policy.yaml:6", "3 rows", "2", "1", ""]);
    assert_eq!(row("only-skipped")[4..9], ["only skipped", "", "", "", "1"]);
    assert_eq!(row("untested")[4], "never");
    assert_eq!(out.matches("forgotten").count(), 3, "{out}");
    assert!(out.ends_with("Coverage: 1 of 6 rules reached\n"), "{out}");
}

#[test]
fn files_have_lines_branches_and_counts() {
    let folder = folder("coverage-files");
    let (code, out) = test(&folder, &["-o", "json", "--coverage=lcov:out.info", "--coverage=json:out.json"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "results alone stand on standard output");
    let lcov = fs::read_to_string(folder.join("out.info")).unwrap();
    let record = lcov.split("end_of_record\n").find(|record| record.contains("SF:policy.yaml")).unwrap();
    for line in [
        "FN:6,labels/has-team",
        "FNDA:3,labels/has-team",
        "FNDA:0,labels/untested",
        "FNF:3",
        "FNH:1",
        // complies, is violated
        "BRDA:8,0,0,2",
        "BRDA:8,0,1,1",
        "DA:6,3",
        "DA:10,3",
        // matched, but its body was never asked
        "DA:11,1",
        "DA:14,0",
        "LF:14",
        "LH:8",
    ] {
        assert!(record.lines().any(|of| of == line), "no {line} in\n{record}");
    }
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("out.json")).unwrap()).unwrap();
    assert_eq!((json["reached"].as_u64(), json["total"].as_u64()), (Some(1), Some(6)));
    let rule = json["rules"].as_array().unwrap().iter().find(|rule| rule["policy"] == "labels").unwrap();
    assert_eq!((rule["line"].as_u64(), rule["rows"]["pass"].as_u64()), (Some(6), Some(2)));
}

#[test]
fn other_forms_are_refused() {
    let (code, _) = test(&folder("coverage-forms"), &["--coverage=xml:out.xml"]);
    assert_eq!(code, Some(2));
}

#[test]
fn branches_of_rules_are_told_of() {
    let folder = folder("coverage-branches");
    let policy = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: branches}
spec:
  rules:
  - name: alternatives
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      message: one of them
      anyPattern:
      - metadata: {labels: {team: a}}
      - metadata: {labels: {team: b}}
      - metadata: {labels: {team: c}}
  - name: conditions
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      message: not this
      deny:
        conditions:
          any:
          - {key: '{{ request.object.metadata.name }}', operator: Equals, value: good}
          - {key: '{{ request.object.metadata.name }}', operator: Equals, value: other}
  - name: loop
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      message: not this
      foreach:
      - list: request.object.spec.containers
        deny:
          conditions:
            all:
            - {key: '{{ element.image }}', operator: Equals, value: bad}
";
    let test = "apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: t}
policies: [policy.yaml]
resources: [pods.yaml]
results:
- {policy: branches, rule: alternatives, kind: Pod, resources: [good, better], result: pass}
- {policy: branches, rule: conditions, kind: Pod, resources: [good], result: fail}
- {policy: branches, rule: loop, kind: Pod, resources: [good], result: pass}
";
    let pods = PODS.replace("}}\n", "}}\nspec: {containers: [{name: a, image: b}, {name: c, image: d}]}\n");
    for (file, text) in [("policy.yaml", policy), ("kyverno-test.yaml", test), ("pods.yaml", &pods)] {
        fs::write(folder.join(file), text).unwrap();
    }
    let (code, out) = self::test(&folder, &["--coverage", "--coverage=lcov:out.info", "--coverage=json:out.json"]);
    assert_eq!(code, Some(0), "{out}");
    for (line, words) in [
        (12, "every object fits the alternative"),
        (13, "never asked"),
        (21, "the condition always holds"),
        (22, "never asked"),
        (28, "no element fails"),
        (32, "the condition never holds"),
    ] {
        let place = format!("policy.yaml:{line} ");
        assert!(out.lines().any(|row| row.contains(&place) && row.contains(words)), "{line} {words}\n{out}");
    }
    assert!(!out.lines().any(|row| row.contains("policy.yaml:11 ") && row.contains("alternative")), "{out}");
    let lcov = fs::read_to_string(folder.join("out.info")).unwrap();
    for line in ["BRDA:11,1,0,1", "BRDA:11,1,1,1", "BRDA:12,2,0,1", "BRDA:13,3,0,0", "BRDA:28,1,0,1", "BRDA:32,2,1,1"] {
        assert!(lcov.lines().any(|of| of == line), "no {line} in\n{lcov}");
    }
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("out.json")).unwrap()).unwrap();
    let rules = json["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["rule"] == "conditions").unwrap();
    let expected = serde_json::json!([
        {"line": 21, "sort": "condition", "held": 1, "failed": 0},
        {"line": 22, "sort": "condition", "held": 0, "failed": 0},
    ]);
    assert_eq!(rule["branches"], expected);
}
