//! `dikast compile`

use std::io::Write;
use std::process::Stdio;

use super::*;

/// Runs with a text on standard input.
fn piped(text: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dikast"));
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn policy(kind: &str, message: &str) -> String {
    format!(
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: a}}\nspec:\n  rules:\n    - name: a\n      match: \
         {{any: [{{resources: {{kinds: [{kind}]}}}}]}}\n      validate: {{message: \"{message}\", deny: {{}}}}\n"
    )
}

#[test]
fn what_is_piped_in_comes_out_mended() {
    let output = piped(&policy("Secret", "no").replace("rules:", "rulez:"), &["compile", "--check", "--fix", "-"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), policy("Secret", "no"));
    assert_eq!(output.status.code(), Some(0), "nothing is left to mend");
    assert!(output.stderr.is_empty());
    let output = piped(&policy("Secrat", "no"), &["compile", "--check", "--fix", "-"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), policy("Secrat", "no"), "this is left to its author");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean `Secret`?"));
}

#[test]
fn the_version_of_kubernetes_can_be_chosen() {
    let check = |version: &str| {
        let text = policy("policy/v1beta1/PodSecurityPolicy", "no");
        piped(&text, &["compile", "--check", "-o", "jsonl", "--kubernetes", version, "-"])
    };
    assert_eq!(check("1.24").status.code(), Some(0));
    let output = check("1.30");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("DK1005"));
    assert_eq!(check("1.3").status.code(), Some(2));
    assert_eq!(check("three").status.code(), Some(2));
}

#[test]
fn the_version_of_kubernetes_can_be_set() {
    let folder = folder("version");
    fs::write(folder.join("policy.yaml"), policy("policy/v1beta1/PodSecurityPolicy", "no")).unwrap();
    let path = folder.display().to_string();
    for (version, code) in [("1.24", 0), ("1.30", 1), ("1.3", 2), ("x", 2)] {
        fs::write(folder.join("dikast.toml"), format!("[schemas]\nkubernetes = \"{version}\"\n")).unwrap();
        assert_eq!(dikast(&["compile", "--check", &path]).status.code(), Some(code), "{version}");
    }
}

#[test]
fn a_line_with_very_many_mistakes_is_answered_shortly() {
    let started = std::time::Instant::now();
    let output = piped(&policy("Secret", &"é{{a}}".repeat(100_000)), &["compile", "--check", "-o", "jsonl", "-"]);
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(out.lines().count() < 20 && out.contains("more findings of this code in this file"), "{out}");
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
