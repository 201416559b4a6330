//! `dikast test`

use std::fs;
use std::path::PathBuf;

use super::{dikast, folder, give};

const POLICY: &str = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: named}\nspec:\n  rules:\n  - name: has-team\n    \
                      match: {any: [{resources: {kinds: [Pod]}}]}\n    exclude: {any: [{resources: {names: [\"free-*\"]}}]}\n    \
                      validate: {message: m, pattern: {metadata: {labels: {team: \"?*\"}}}}\n";
const PODS: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: good, labels: {team: a}}\n---\napiVersion: v1\nkind: Pod\n\
                    metadata: {name: bad}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: free-one}\n";

/// A folder with a policy for Pods, three Pods and a test with these results.
fn test_with(name: &str, results: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("policy.yaml"), POLICY).unwrap();
    fs::write(folder.join("pods.yaml"), PODS).unwrap();
    let test = format!(
        "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {{name: t}}\npolicies: [policy.yaml]\nresources: \
         [pods.yaml]\nresults:\n{results}"
    );
    fs::write(folder.join("kyverno-test.yaml"), test).unwrap();
    folder
}

fn rows(out: &str) -> Vec<(u64, String, String)> {
    let rows: Vec<serde_json::Value> = serde_json::from_str(out).unwrap();
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter().map(|row| (row["ID"].as_u64().unwrap(), text(row, "RESULT"), text(row, "REASON"))).collect()
}

#[test]
fn denied_vacuous_results_fail_in_every_format() {
    let folder = test_with(
        "vacuous-rows",
        "- {policy: named, rule: has-team, result: fail, resources: [free-one]}\n\
         - {policy: named, rule: has-team, result: skip, resources: [free-one]}\n\
         - {policy: named, rule: has-team, result: pass, resources: [good]}\n",
    );
    let path = folder.display().to_string();
    let output = dikast(&["test", &path]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), told.matches(": warning: policy named ").count()), (Some(0), 2), "{told}");
    let row = |id, result: &str, reason: &str| (id, result.to_owned(), reason.to_owned());
    let expected = [row(1, "Fail", "vacuous"), row(2, "Fail", "vacuous"), row(3, "Pass", "Ok")];
    assert_eq!(rows(&give(1, &["test", &path, "--deny-vacuous", "-o", "json"])), expected);
    let junit = give(1, &["test", &path, "--deny-vacuous", "-o", "junit"]);
    assert_eq!(junit.matches("<failure message=\"vacuous\">").count(), 2, "{junit}");
    let markdown = give(1, &["test", &path, "--deny-vacuous", "-o", "markdown"]);
    assert_eq!(markdown.matches("| Fail | vacuous |").count(), 2, "{markdown}");
    let yaml = give(1, &["test", &path, "--deny-vacuous", "-o", "yaml"]);
    assert_eq!(yaml.matches("REASON: vacuous\n").count(), 2, "{yaml}");
    let text = give(1, &["test", &path, "--deny-vacuous"]);
    assert!(text.contains("\nTest Summary: 1 tests passed and 2 tests failed\n"), "{text}");
}

#[test]
fn failures_keep_their_numbers() {
    let folder = test_with(
        "numbers",
        "- {policy: named, rule: has-team, result: pass, resources: [good]}\n\
         - {policy: named, rule: has-team, result: pass, resources: [bad]}\n",
    );
    let out = give(1, &["test", &folder.display().to_string(), "--fail-only", "-o", "json"]);
    assert_eq!(rows(&out), [(2, "Fail".to_owned(), "Want pass, got fail".to_owned())]);
}

#[test]
fn a_selector_that_selects_nothing_is_no_test() {
    let folder = test_with("unselected", "- {policy: named, rule: has-team, result: pass, resources: [good]}\n");
    let path = folder.display().to_string();
    give(0, &["test", &path, "-t", "policy=other"]);
    let output = dikast(&["test", &path, "-t", "policy=other", "--require-tests"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert_eq!(told, "error[DK1202]: no tests found: `policy=other` selects none of the results in 1 test(s)\n");
    give(0, &["test", &path, "-t", "policy=named", "--require-tests"]);
}

#[test]
fn names_that_nothing_has_are_told_with_what_may_be_meant() {
    let folder = test_with(
        "misspelt",
        "- {policy: named, rule: has-taem, result: pass, resources: [good]}\n\
         - {policy: named, rule: has-team, result: pass, resources: [goot]}\n",
    );
    let output = dikast(&["test", &folder.display().to_string()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("no rule of this test is called `has-taem`"), "{told}");
    assert!(told.contains("did you mean `has-team`?") && told.contains("did you mean `good`?"), "{told}");
    assert!(!told.contains("error["), "{told}");
}

#[test]
fn the_name_of_the_old_form_is_shown() {
    let folder = test_with("old-form", "- {policy: named, rule: has-team, result: pass, resources: [good]}\n");
    let file = folder.join("kyverno-test.yaml");
    let text = fs::read_to_string(&file).unwrap().replace("metadata: {name: t}", "name: old");
    fs::write(&file, text).unwrap();
    let out = give(0, &["test", &folder.display().to_string()]);
    assert!(out.starts_with(&format!("Loading test old ( {} ) ...\n", file.display())), "{out}");
}

#[test]
fn objects_stand_in_folders_and_behind_wildcards() {
    let result = "- {policy: named, rule: has-team, result: pass, resources: [good]}\n\
                  - {policy: named, rule: has-team, result: fail, resources: [bad, far]}\n";
    let folder = test_with("places-of-objects", result);
    fs::create_dir_all(folder.join("more/deep")).unwrap();
    let pods = |name: &str| {
        PODS.replace("name: bad", &format!("name: {name}")).replace("name: good", &format!("name: {name}-good"))
    };
    fs::rename(folder.join("pods.yaml"), folder.join("more/pods.yaml")).unwrap();
    fs::write(folder.join("more/deep/far.yaml"), pods("far")).unwrap();
    let file = folder.join("kyverno-test.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let path = folder.display().to_string();
    for resources in ["[more, more/deep/far.yaml]", "[more/deep, more]", "[\"more/*.yaml\", \"m?re/*/*.yaml\"]"] {
        fs::write(&file, text.replace("[pods.yaml]", resources)).unwrap();
        let out = give(0, &["test", &path, "-o", "json"]);
        assert_eq!(rows(&out).len(), 3, "{resources}: {out}");
        give(0, &["test", &path, "--check"]);
    }
    fs::write(&file, text.replace("[pods.yaml]", "[\"more/*.yml\"]")).unwrap();
    give(2, &["test", &path]);
    assert!(give(1, &["test", &path, "--check"]).contains("there is no file `more/*.yml`"));
}

#[test]
fn test_files_that_are_named_have_to_be_there() {
    let folder = test_with("named", "- {policy: named, rule: has-team, result: pass, resources: [good]}\n");
    let path = folder.display().to_string();
    let told = "error[DK1202]: no tests found: no file is called `nope.yaml`\n";
    for (flags, code) in [(&["-f", "nope.yaml"][..], 2), (&["-f", "nope.yaml", "--require-tests"], 1)] {
        let output = dikast(&[&["test", &path][..], flags].concat());
        assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(code), told), "{flags:?}");
    }
    fs::remove_file(folder.join("kyverno-test.yaml")).unwrap();
    assert!(give(0, &["test", &path]).contains("No test yamls available"));
    give(1, &["test", &path, "--require-tests"]);
}

/// Rows as policy, rule, object, result and reason.
pub(super) fn full_rows(out: &str) -> Vec<String> {
    let rows: Vec<serde_json::Value> = serde_json::from_str(out).unwrap();
    let row = |row: &serde_json::Value| {
        ["POLICY", "RULE", "RESOURCE", "RESULT", "REASON"]
            .map(|name| row[name].as_str().unwrap().to_owned())
            .join(" | ")
    };
    rows.iter().map(row).collect()
}

#[test]
fn checks_give_a_row_for_each_answer() {
    let folder = test_with("checks", "- {policy: named, rule: has-team, result: pass, resources: [good]}\n");
    let checks = "checks:
- match:
    policy: {kind: ClusterPolicy, metadata: {name: named}}
    resource: {kind: Pod}
    rule: {name: has-team}
  assert:
    (status == 'pass' || status == 'fail'): true
    ruleType: Validation
  error: {status: error}
- match: {resource: {metadata: {name: bad}}}
  assert: {status: pass, (length(exceptions)): 0}
- match: {resource: {metadata: {(labels.team): a}}}
  error: {status: pass}
- match: {resource: {metadata: {name: nobody}}}
  assert: {status: pass}
";
    let file = folder.join("kyverno-test.yaml");
    fs::write(&file, fs::read_to_string(&file).unwrap() + checks).unwrap();
    let path = folder.display().to_string();
    let out = give(1, &["test", &path, "-o", "json"]);
    let expected = [
        "named | has-team | v1/Pod/default/good | Pass | Ok",
        "named | has-team | v1/Pod/default/good | Pass | Ok",
        "named | has-team | v1/Pod/default/good | Pass | Ok",
        "named | has-team | v1/Pod/default/bad | Pass | Ok",
        "named | has-team | v1/Pod/default/bad | Pass | Ok",
        "named | has-team | v1/Pod/default/bad | Fail | status is \"fail\", not \"pass\"",
        "named | has-team | v1/Pod/default/good | Fail | what `error` says holds",
        "* | * | * | Pass | Excluded",
    ];
    assert_eq!(full_rows(&out), expected);
    let ids: Vec<u64> = rows(&out).iter().map(|(id, ..)| *id).collect();
    assert_eq!(ids, (1..=8).collect::<Vec<_>>());
    let output = dikast(&["test", &path, "--deny-vacuous"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("error: the check at ") && told.contains("kyverno-test.yaml:21:3 is about no answer"),
        "{told}"
    );
    let only_bad = give(1, &["test", &path, "-t", "resource=bad", "-o", "json"]);
    assert_eq!(full_rows(&only_bad), [expected[3], expected[4], expected[5], expected[7]]);
    let table = give(1, &["test", &path, "--coverage"]);
    assert!(table.contains("has-team"), "{table}");
}

#[test]
fn malformed_checks_are_told_before_and_while_they_run() {
    let folder = test_with("bad-checks", "- {policy: named, rule: has-team, result: pass, resources: [good]}\n");
    let file = folder.join("kyverno-test.yaml");
    let checks = "checks:\n- match: {resource: {(lenght(kind)): 3}}\n  assert: {status: ($status)}\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + checks).unwrap();
    let path = folder.display().to_string();
    let found = give(1, &["test", &path, "--check", "-o", "json"]);
    let found: Vec<serde_json::Value> = serde_json::from_str(&found).unwrap();
    let codes: Vec<_> = found.iter().map(|found| (found["code"].as_str().unwrap(), found["line"].as_u64())).collect();
    assert_eq!(codes, [("DK0402", Some(9)), ("DK1103", Some(10))], "{found:?}");
    let output = dikast(&["test", &path]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.starts_with("error[DK0402]: ") && told.contains("kyverno-test.yaml:9:23: unknown function"), "{told}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn results_of_policies_that_kyverno_refuses_are_skipped() {
    let result = "- {policy: named, rule: has-team, result: pass, resources: [good]}\n";
    let folder = test_with("refused", result);
    let file = folder.join("policy.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let users = text.replace("kinds: [Pod]}", "kinds: [Pod]}, clusterRoles: [viewer]");
    assert_ne!(text, users);
    fs::write(&file, users).unwrap();
    let out = give(0, &["test", &folder.display().to_string(), "-o", "json"]);
    assert_eq!(rows(&out), [(1, "Skip".to_owned(), "Invalid Policy".to_owned())]);
}
