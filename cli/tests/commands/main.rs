//! The commands on the examples, as a user runs them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod apply;
mod cluster;
mod compile;
mod registry;
mod testing;
mod whole;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

fn example(path: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples").join(path).display().to_string()
}

fn dikast(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dikast")).args(arguments).output().unwrap()
}

/// Standard output, after a check of the exit code.
fn give(code: i32, arguments: &[&str]) -> String {
    let output = dikast(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// A folder of its own for files that a test writes.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_tests_of_all_examples_pass_on_both_engines() {
    let out = give(0, &["test", &example(""), "--engine", "both"]);
    assert!(out.contains(" and 0 tests failed"), "{out}");
}

#[test]
fn test_results_are_one_json_array() {
    let out = give(0, &["test", &example("require-labels"), "-o", "json", "--detailed-results"]);
    let rows: serde_json::Value = serde_json::from_str(&out).unwrap();
    let row = &rows[0];
    assert_eq!((row["ID"].as_u64(), row["REASON"].as_str()), (Some(1), Some("Ok")), "{row}");
    assert!(row["Message"].is_string());
}

#[test]
fn an_expectation_that_is_not_met_fails_the_test() {
    let folder = folder("unmet");
    let policy = fs::read_to_string(example("require-labels/policy.yaml")).unwrap();
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    fs::write(folder.join("pod.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").unwrap();
    let test = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\npolicies: [policy.yaml]\nresources: [pod.yaml]\n\
                results:\n- {policy: unknown, rule: r, result: pass, kind: Pod, resources: [a]}\n";
    fs::write(folder.join("kyverno-test.yaml"), test).unwrap();
    let out = give(1, &["test", &folder.display().to_string(), "--fail-only"]);
    assert!(out.contains("1 out of 1 tests failed") && out.contains("Not found"), "{out}");
}

#[test]
fn a_test_file_with_a_fault_names_the_place() {
    let folder = folder("faulty");
    let path = folder.join("kyverno-test.yaml");
    fs::write(&path, "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nresourcs: []\n").unwrap();
    let output = dikast(&["test", &folder.display().to_string()]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains(":3:1: test has no field `resourcs`; did you mean `resources`?"), "{error}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn apply_counts_failures_and_changes_objects() {
    let out =
        give(1, &["apply", &example("require-labels/policy.yaml"), "-r", &example("require-labels/resources.yaml")]);
    assert!(out.starts_with("\nApplying "), "{out}");
    assert!(out.contains("failed:\n1 - ") && out.contains("\npass: "), "{out}");

    let folder = folder("changed");
    let (policy, objects) = (example("default-limits/policy.yaml"), example("default-limits/resources.yaml"));
    give(0, &["apply", &policy, "-r", &objects, "-o", &folder.display().to_string()]);
    let written = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert!(fs::read_to_string(written).unwrap().contains("requests:"));

    let piped = give(0, &["apply", &policy, "-r", &objects, "-i"]);
    assert!(piped.starts_with("apiVersion: "), "{piped}");
}

#[test]
fn apply_writes_reports() {
    let (policy, objects) = (example("require-labels/policy.yaml"), example("require-labels/resources.yaml"));
    let out = give(1, &["apply", &policy, "-r", &objects, "-p", "--output-format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&report["apiVersion"], &report["kind"]),
        (&"wgpolicyk8s.io/v1alpha2".into(), &"ClusterPolicyReport".into())
    );
    assert_eq!(report["results"].as_array().unwrap().len() as u64, {
        let summary = &report["summary"];
        ["pass", "fail", "warn", "error", "skip"].iter().map(|name| summary[*name].as_u64().unwrap()).sum::<u64>()
    });
}

#[test]
fn arguments_that_exclude_each_other_are_refused() {
    let (policy, objects) = (example("require-labels/policy.yaml"), example("require-labels/resources.yaml"));
    give(2, &["apply", &policy, "-r", &objects, "-s", "a=b", "-f", "values.yaml"]);
    give(2, &["apply", "-", "-r", "-"]);
}

#[test]
fn expressions_are_evaluated_and_explained() {
    let pod = example("require-labels/resources.yaml");
    assert_eq!(give(0, &["jp", "query", "-i", &pod, "-c", "kind"]), "# kind\n\"Pod\"\n");
    give(2, &["jp", "query", "-i", &pod, "kind["]);
    assert!(give(0, &["jp", "parse", "a.b"]).contains("ASTSubexpression {"));
    assert!(give(0, &["jp", "function", "truncate"]).starts_with("Name: truncate\n"));
    let explained = give(0, &["jp", "query", "-i", &pod, "--explain", "length(spec.containers[?name]) > `0`"]);
    assert!(explained.lines().nth(1).is_some_and(|line| line.ends_with("> `0`  = true")), "{explained}");
    for format in ["json", "yaml"] {
        let out = give(0, &["jp", "query", "-i", &pod, "--explain", "-o", format, "kind"]);
        let data: serde_json::Value = serde_yaml::from_str(&out).unwrap();
        assert_eq!((data["value"].as_str(), data["end"].as_u64()), (Some("Pod"), Some(4)), "{out}");
        let out = give(0, &["jp", "parse", "-o", format, "a[0]"]);
        let data: serde_json::Value = serde_yaml::from_str(&out).unwrap();
        assert_eq!(data["node"], "ASTIndexExpression");
        let data: serde_json::Value =
            serde_yaml::from_str(&give(0, &["jp", "function", "-o", format, "split"])).unwrap();
        assert_eq!(data[0]["signature"], "split(string, string) array[string]");
    }
}

#[test]
fn results_in_a_format_are_data_alone() {
    let pod = example("require-labels/resources.yaml");
    assert_eq!(give(0, &["jp", "query", "-i", &pod, "-o", "json", "kind", "apiVersion"]), "\"Pod\"\n\"v1\"\n");
    assert_eq!(give(0, &["jp", "query", "-i", &pod, "-o", "yaml", "kind", "apiVersion"]), "Pod\n---\nv1\n");
}

#[test]
fn an_explained_failure_is_a_failure() {
    let pod = example("require-labels/resources.yaml");
    let explained = give(2, &["jp", "query", "-i", &pod, "--explain", "to_upper(metadata)"]);
    assert!(explained.contains("to_upper(metadata)  fails: "), "{explained}");
    give(2, &["jp", "query", "-i", &pod, "--explain", "nowhere"]);
    give(2, &["jp", "query", "-"]);
}

#[test]
fn codes_and_policies_are_explained() {
    assert!(give(0, &["explain", "dk0201"]).starts_with("DK0201: unknown field"));
    let out = give(0, &["explain", &example("restrict-registries/policy.yaml")]);
    assert!(out.starts_with("ClusterPolicy restrict-registries\n"), "{out}");
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&give(0, &[&["explain", "-o", "json"], arguments].concat())).unwrap()
    };
    assert_eq!(json(&["DK0201"])["severity"], "error");
    assert!(json(&["--list"]).as_array().unwrap().iter().any(|code| code["title"] == "unknown field"));
    let policies = json(&[&example("restrict-registries/policy.yaml"), "known-registry"]);
    assert_eq!(
        (&policies[0]["kind"], &policies[0]["rules"][0]["name"]),
        (&"ClusterPolicy".into(), &"known-registry".into())
    );
    assert!(policies[0]["rules"][0]["explanation"].as_array().is_some_and(|lines| lines.len() > 2), "{policies}");
    give(2, &["explain", "no-such-thing"]);
}

#[test]
fn cleanup_policies_say_what_they_delete() {
    let folder = folder("cleanup");
    let policy = "apiVersion: kyverno.io/v2\nkind: CleanupPolicy\nmetadata: {name: sweep, namespace: shop}\nspec:\n  \
                  schedule: \"*/5 * * * *\"\n  match: {any: [{resources: {kinds: [Pod]}}]}\n  conditions:\n    all:\n    \
                  - {key: \"{{ target.metadata.labels.done || '' }}\", operator: Equals, value: \"yes\"}\n";
    let pod = |name: &str, namespace: &str, done: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{done: \"{done}\"}}}}\n"
        )
    };
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    let pods = [pod("old", "shop", "yes"), pod("new", "shop", "no"), pod("other", "bank", "yes")].concat();
    fs::write(folder.join("pods.yaml"), pods).unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    let out = give(0, &["apply", &path("policy.yaml"), "-r", &path("pods.yaml")]);
    assert!(out.contains("\npolicy shop/sweep deletes shop/Pod/old\n"), "{out}");
    assert_eq!(out.matches(" deletes ").count(), 1, "{out}");
    assert!(out.contains("\npass: 1, fail: 0, warn: 0, error: 0, skip: 1 \n"), "{out}");
    let test = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: t}\npolicies: [policy.yaml]\n\
                resources: [\"p*s.yaml\"]\nresults:\n- {policy: shop/sweep, result: pass, resources: [shop/old]}\n\
                - {policy: shop/sweep, result: skip, resources: [shop/new, bank/other]}\n";
    fs::write(folder.join("kyverno-test.yaml"), test).unwrap();
    let out = give(0, &["test", &folder.display().to_string()]);
    assert!(out.contains("3 tests passed and 0 tests failed"), "{out}");
}

#[test]
fn results_that_hold_whatever_the_policy_says_are_told_of() {
    let folder = folder("vacuous");
    fs::copy(example("require-labels/policy.yaml"), folder.join("policy.yaml")).unwrap();
    fs::write(folder.join("map.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n").unwrap();
    let test = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: t}\npolicies: [policy.yaml]\n\
                resources: [map.yaml]\nresults:\n- {policy: require-labels, result: fail, resources: [a]}\n";
    fs::write(folder.join("kyverno-test.yaml"), test).unwrap();
    let path = folder.display().to_string();
    let output = dikast(&["test", &path]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("warning: policy require-labels is expected to give `fail`"), "{told}");
    give(1, &["test", &path, "--deny-vacuous"]);
}

#[test]
fn custom_kinds_without_a_namespace_are_known_from_their_definitions() {
    let folder = folder("definitions");
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: teams.example.org}\n\
                      spec: {group: example.org, scope: Cluster, names: {kind: Team, plural: teams}}\n";
    fs::write(folder.join("crd.yaml"), definition).unwrap();
    fs::write(folder.join("team.yaml"), "apiVersion: example.org/v1\nkind: Team\nmetadata: {name: a}\n").unwrap();
    let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: named}\nspec:\n  rules:\n  - name: r\n    \
                  match: {any: [{resources: {kinds: [Team]}}]}\n    validate: {message: m, pattern: {metadata: {namespace: \"?*\"}}}\n";
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    give(0, &["apply", &path("policy.yaml"), "-r", &path("team.yaml")]);
    give(1, &["apply", &path("policy.yaml"), "-r", &path("team.yaml"), "--crd-paths", &path("crd.yaml")]);
}

#[test]
fn files_that_cannot_be_read_are_findings_among_the_others() {
    let folder = folder("unreadable");
    fs::write(folder.join("bytes.yaml"), b"kind: \xff\n").unwrap();
    fs::write(
        folder.join("slip.yaml"),
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\nspec: {ruls: []}\n",
    )
    .unwrap();
    let missing = folder.join("missing.yaml").display().to_string();
    let out = give(1, &["compile", "--check", "-o", "json", &missing, &folder.display().to_string()]);
    let findings: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    let place = |file: &str| {
        let found = findings.iter().find(|finding| finding["file"].as_str().unwrap().ends_with(file)).unwrap();
        (found["line"].as_u64().unwrap(), found["column"].as_u64().unwrap())
    };
    assert_eq!((place("missing.yaml"), place("bytes.yaml"), place("slip.yaml")), ((1, 1), (1, 7), (4, 8)));
}
