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
fn files_count_by_their_names_in_any_case_and_json_when_it_speaks_of_policies() {
    let folder = folder("names-of-files");
    let wrong = policy("Secret", "no").replace("rules:", "rulez:");
    fs::write(folder.join("a.YML"), &wrong).unwrap();
    fs::write(folder.join("b.Yaml"), &wrong).unwrap();
    let json = r#"{"apiVersion":"kyverno.io/v1","kind":"ClusterPolcy","metadata":{"name":"a"},"spec":{"rules":[]}}"#;
    fs::write(folder.join("c.json"), json).unwrap();
    fs::write(folder.join("package.json"), "{\"name\": // no JSON").unwrap();
    let out = give(1, &["compile", "--check", "-o", "jsonl", &folder.display().to_string()]);
    let files: Vec<_> = ["a.YML", "b.Yaml", "c.json", "package.json"].map(|name| out.contains(name)).into();
    assert_eq!(files, [true, true, true, false], "{out}");
}

#[test]
fn definitions_beside_a_file_are_found() {
    let folder = folder("definitions-beside");
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: kettles.example.com}\n\
        spec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Kettle, plural: kettles}\n  versions:\n  - name: v1\n    \
        served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          \
        spec: {type: object, properties: {heat: {type: integer}}}\n";
    fs::write(folder.join("crd.yaml"), definition).unwrap();
    fs::write(folder.join("other.yaml"), "a: [").unwrap();
    let file = folder.join("policy.yaml");
    let text = policy("Kettle", "{{ request.object.spec.heta }}");
    fs::write(&file, text).unwrap();
    let out = give(1, &["compile", "--check", "-o", "jsonl", &file.display().to_string()]);
    assert!(out.contains("`heta`") && out.lines().count() == 1, "{out}");
}

#[test]
fn folders_without_policies_are_told_of() {
    let folder = folder("no-policies");
    let name = folder.display().to_string();
    let output = dikast(&["compile", "--check", &name]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("holds no YAML file"));
    fs::write(folder.join("values.yaml"), "replicas: 3\n").unwrap();
    let output = dikast(&["compile", "--check", "-o", "json", &name]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), b"[]\n".as_slice()));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no policy here"));
}

#[test]
fn a_file_that_is_no_text_is_a_finding() {
    let folder = folder("no-text");
    let file = folder.join("a.yaml");
    fs::write(&file, b"kind: \xff\n").unwrap();
    let out = give(1, &["compile", "--check", "-o", "json", &file.display().to_string()]);
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&found[0]["line"], &found[0]["column"]), (&1.into(), &7.into()), "{out}");
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
    let check = |mistakes: usize| {
        let started = std::time::Instant::now();
        let policy = policy("Secret", &"é{{a}}".repeat(mistakes));
        let output = piped(&policy, &["compile", "--check", "-o", "jsonl", "-"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
        String::from_utf8(output.stdout).unwrap()
    };
    let within = check(2_300);
    assert!(within.lines().count() < 20 && within.contains("more findings of this code in this file"), "{within}");
    for beyond in [2_400, 100_000] {
        let refused = check(beyond);
        assert!(refused.lines().count() == 1 && refused.contains("DK0107"), "{refused}");
    }
}
