//! What stands beside the open documents.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::client::{Client, place};

const DEFINITION: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kettles.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Kettle, plural: kettles}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              temperature: {type: integer, description: How hot it gets.}
";

const POLICY: &str = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: hot}
spec:
  rules:
  - name: not-too-hot
    match: {any: [{resources: {kinds: [Kettle]}}]}
    validate:
      message: \"{{ request.object.spec. }}\"
      pattern: {spec: {temperature: <100}}
";

const EXCEPTION: &str = "apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: mine, namespace: default}
spec:
  match: {any: [{resources: {kinds: [Kettle]}}]}
  exceptions:
  - policyName: hot
    ruleNames: [not-too-hot]
";

/// A folder with these files, and their URIs.
fn folder(name: &str, files: &[(&str, &str)]) -> (PathBuf, String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let uri = format!("file://{}", folder.display());
    (folder, uri)
}

fn ask(client: &mut Client, method: &str, uri: &str, text: &str, marked: &str) -> Value {
    client.ask(method, json!({ "textDocument": { "uri": uri }, "position": place(text, marked) }))
}

/// Asks until the search for files has ended, which nobody is told of.
fn ask_until(client: &mut Client, ask: impl Fn(&mut Client) -> Value, is_there: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..500 {
        let answer = ask(client);
        if is_there(&answer) {
            return answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the files were not found: {}", ask(client));
}

#[test]
fn definitions_and_policies_of_the_folder_are_known() {
    let (_, root) = folder("lsp-folder", &[("crds/kettle.yaml", DEFINITION), ("policies/hot.yaml", POLICY)]);
    let mut client = Client::start();
    client.initialise_in(Some(&root), json!({}));
    let policy = format!("{root}/policies/hot.yaml");
    client.open(&policy, POLICY);
    let completions = ask_until(
        &mut client,
        |client| ask(client, "textDocument/completion", &policy, POLICY, "request.object.spec.§"),
        |items| items.as_array().is_some_and(|items| !items.is_empty()),
    );
    assert_eq!(completions[0]["label"], "temperature");
    let hover = ask(&mut client, "textDocument/hover", &policy, POLICY, "{temp§erature");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("How hot it gets."), "{hover}");
    let exception = format!("{root}/exception.yaml");
    client.open(&exception, EXCEPTION);
    let found = ask(&mut client, "textDocument/definition", &exception, EXCEPTION, "policyName: h§ot");
    assert_eq!(found[0]["uri"], policy.as_str());
    assert_eq!(found[0]["range"]["start"], place(POLICY, "{name: §hot}"));
    let names = ask(&mut client, "textDocument/completion", &exception, EXCEPTION, "policyName: h§ot");
    assert_eq!(names[0]["label"], "hot");
    client.finish();
}

#[test]
fn a_document_opened_alone_knows_its_own_folder() {
    let (folder, root) = folder("lsp-alone", &[("kettle.yaml", DEFINITION)]);
    let mut client = Client::start();
    client.initialise_in(None, json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } }));
    let policy = format!("{root}/hot.yaml");
    client.open(&policy, POLICY);
    let complete =
        |client: &mut Client| ask(client, "textDocument/completion", &policy, POLICY, "request.object.spec.§");
    let labels = |items: &Value| -> Vec<String> {
        items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    };
    ask_until(&mut client, complete, |items| labels(items) == ["temperature"]);
    fs::write(folder.join("kettle.yaml"), DEFINITION.replace("temperature:", "litres:")).unwrap();
    let change = json!({ "uri": format!("{root}/kettle.yaml"), "type": 2 });
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
    ask_until(&mut client, complete, |items| labels(items) == ["litres"]);
    client.finish();
}

#[test]
fn settings_of_the_folder_count() {
    let mistake = POLICY.replace("message:", "mesage:");
    let files = [("dikast.toml", "exclude = ['old/']\n[levels]\nDK0201 = 'info'\n"), ("hot.yaml", &mistake)];
    let (folder, root) = folder("lsp-settings", &files);
    let mut client = Client::start();
    client.initialise_in(Some(&root), json!({}));
    let (policy, old) = (format!("{root}/hot.yaml"), format!("{root}/old/hot.yaml"));
    client.open(&policy, &mistake);
    client.open(&old, &mistake);
    client
        .findings_until(&policy, |found| found.iter().any(|found| found["code"] == "DK0201" && found["severity"] == 3));
    client.findings_until(&old, |found| found.is_empty());
    fs::write(folder.join("dikast.toml"), "levels = 1\n").unwrap();
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    let told = client.next_told("window/showMessage");
    assert!(told["message"].as_str().unwrap().contains("dikast.toml cannot be used"), "{told}");
    client.finish();
}

#[test]
fn tests_exceptions_and_cleanup_policies_are_known_too() {
    let test = "apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: t}
policies: [hot.yaml]
resources: [kettle.yaml, nothing.yaml]
results:
- policy: hot
  rule: not-too-hat
  kind: Kettle
  resources: [cold, warm]
  result: pass
";
    let kettle = "apiVersion: example.com/v1\nkind: Kettle\nmetadata: {name: cold}\n";
    let files = [("hot.yaml", POLICY), ("kettle.yaml", kettle), ("crds.yaml", DEFINITION)];
    let (_, root) = folder("lsp-tests", &files);
    let mut client = Client::start();
    client.initialise_in(Some(&root), json!({}));
    let uri = format!("{root}/kyverno-test.yaml");
    client.open(&uri, test);
    let lines = |found: &[Value]| {
        let line = |found: &Value| found["range"]["start"]["line"].as_u64().unwrap_or_default();
        found
            .iter()
            .map(|found| (line(found), found["code"].as_str().unwrap_or_default().to_owned()))
            .collect::<Vec<_>>()
    };
    let expected = [(4, "DK1101".to_owned()), (7, "DK1101".to_owned())];
    assert_eq!(lines(&client.findings(&uri)), expected);
    let edit = |client: &mut Client, uri: &str, text: &str| {
        client.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": text }] }),
        );
    };
    let has = |answer: &Value, label: &str| answer.as_array().unwrap().iter().any(|item| item["label"] == label);
    for (place, written, expected) in [
        ("  rule: not-too-hat\n", "  rule: §\n", "not-too-hot"),
        ("  result: pass\n", "  result: §\n", "skip"),
        ("  result: pass\n", "  §\n", "patchedResources"),
        ("policies: [hot.yaml]\n", "pol§\n", "policies"),
    ] {
        let text = test.replace(place, &written.replace('§', ""));
        edit(&mut client, &uri, &text);
        let completion = |client: &mut Client| ask(client, "textDocument/completion", &uri, &text, written);
        ask_until(&mut client, completion, |answer| has(answer, expected));
    }
    let cleanup = "apiVersion: kyverno.io/v2
kind: ClusterCleanupPolicy
metadata: {name: old}
spec:
  schedule: '0 1 * * *'
  match: {any: [{resources: {kinds: [Kettle]}}]}
  deletionPropagationPolicy: Orphan
  conditions:
    all:
    - {key: '{{ target.spec.temperature }}', operator: Equals, value: 1}
";
    let uri = format!("{root}/cleanup.yaml");
    client.open(&uri, cleanup);
    for (place, written, expected) in [
        ("{{ target.spec.temperature }}", "{{ target.spec.§ }}", "temperature"),
        ("{{ target.spec.temperature }}", "{{ tar§ }}", "target"),
        ("Policy: Orphan", "Policy: §", "Foreground"),
        ("  conditions:", "  §:", "conditions"),
    ] {
        let text = cleanup.replace(place, &written.replace('§', ""));
        edit(&mut client, &uri, &text);
        let completion = |client: &mut Client| ask(client, "textDocument/completion", &uri, &text, written);
        ask_until(&mut client, completion, |answer| has(answer, expected));
    }
    let uri = format!("{root}/exception.yaml");
    client.open(&uri, EXCEPTION);
    let text = EXCEPTION.replace("[not-too-hot]", "[]");
    edit(&mut client, &uri, &text);
    let completion = |client: &mut Client| ask(client, "textDocument/completion", &uri, &text, "ruleNames: [§");
    ask_until(&mut client, completion, |answer| has(answer, "not-too-hot"));
    client.finish();
}
