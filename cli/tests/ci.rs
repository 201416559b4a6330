//! The commands in `examples/ci` and in the hooks, as a CI service runs them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(repository().join(path)).unwrap()).unwrap()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_sequence().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// A project with an example's policies, with or without a mistake.
fn project(name: &str, with_mistake: bool) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("policies")).unwrap();
    for file in ["policy.yaml", "resources.yaml", "kyverno-test.yaml"] {
        let text = fs::read_to_string(repository().join("examples/require-labels").join(file)).unwrap();
        fs::write(folder.join("policies").join(file), text).unwrap();
    }
    if with_mistake {
        let mistake = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\nspec: {rulez: []}\n";
        fs::write(folder.join("policies/mistake.yaml"), mistake).unwrap();
    }
    folder
}

/// Runs a command line in a shell that finds the built dikast.
fn shell(folder: &Path, line: &str) -> Output {
    let binaries = Path::new(env!("CARGO_BIN_EXE_dikast")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("sh");
    command.args(["-e", "-c", line]).current_dir(folder).env("PATH", format!("{}:{path}", binaries.display()));
    command.output().unwrap()
}

fn codes(folder: &Path, lines: &[String]) -> Vec<Option<i32>> {
    lines.iter().map(|line| shell(folder, line).status.code()).collect()
}

/// The commands of a workflow's job that run dikast, installation left out.
fn steps() -> Vec<String> {
    let workflow = read("examples/ci/github-workflow.yaml");
    let steps = workflow["jobs"]["policies"]["steps"].as_sequence().unwrap().clone();
    let commands = steps.iter().filter_map(|step| step["run"].as_str().map(str::to_owned));
    commands.filter(|command| command.starts_with("dikast ")).collect()
}

#[test]
fn the_github_workflow_runs() {
    let (good, bad) = (project("ci-github-good", false), project("ci-github-bad", true));
    assert_eq!(codes(&good, &steps()), [Some(0); 3]);
    assert_eq!(codes(&bad, &steps()), [Some(1), Some(0), Some(0)]);
    let sarif = fs::read_to_string(bad.join("dikast.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
    assert!(fs::read_to_string(good.join("coverage.info")).unwrap().contains("SF:policies/policy.yaml"));
    let annotations = shell(&bad, &steps()[0]).stdout;
    assert!(String::from_utf8(annotations).unwrap().starts_with("::error file=policies/mistake.yaml"));
}

#[test]
fn the_gitlab_job_runs() {
    let job = read("examples/ci/gitlab-job.yaml");
    let lines = texts(&job["policies"]["script"]);
    let (good, bad) = (project("ci-gitlab-good", false), project("ci-gitlab-bad", true));
    assert_eq!(codes(&good, &lines), [Some(0); 3]);
    assert_eq!(codes(&bad, &lines), [Some(0), Some(0), Some(1)]);
    let report = |name: &str| job["policies"]["artifacts"]["reports"][name].as_str().unwrap().to_owned();
    let quality = fs::read_to_string(bad.join(report("codequality"))).unwrap();
    let quality: serde_json::Value = serde_json::from_str(&quality).unwrap();
    assert_eq!(quality[0]["location"]["path"], "policies/mistake.yaml");
    assert!(fs::read_to_string(bad.join(report("junit"))).unwrap().contains("<testsuite"));
}

#[test]
fn the_hooks_run() {
    let hooks = read(".pre-commit-hooks.yaml");
    let config = read("examples/ci/pre-commit-config.yaml");
    let used = config["repos"][0]["hooks"].as_sequence().unwrap();
    let (good, bad) = (project("ci-hooks-good", false), project("ci-hooks-bad", true));
    for (hook, used) in hooks.as_sequence().unwrap().iter().zip(used) {
        for field in ["id", "name", "entry", "language", "types"] {
            assert_eq!(hook[field], used[field], "the example says what the hook of the repository says");
        }
        let mut line = hook["entry"].as_str().unwrap().to_owned();
        let arguments = match used.get("args") {
            Some(arguments) => texts(arguments),
            None => Vec::new(),
        };
        line += &arguments.iter().map(|argument| format!(" {argument}")).collect::<String>();
        if hook["pass_filenames"] != Value::Bool(false) {
            line += " policies/*.yaml";
        }
        assert_eq!(shell(&good, &line).status.code(), Some(0), "{line}");
        let expected = if hook["id"] == "dikast-check" { 1 } else { 0 };
        assert_eq!(shell(&bad, &line).status.code(), Some(expected), "{line}");
    }
}
