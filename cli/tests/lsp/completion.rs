//! What is proposed at a place.

use serde_json::{Value, json};

use crate::client::{Client, URI, about};
use crate::sample::POLICY;

fn proposals(client: &mut Client, text: &str, marked: &str) -> Vec<Value> {
    client.ask("textDocument/completion", about(text, marked)).as_array().unwrap().clone()
}

fn labels(client: &mut Client, text: &str, marked: &str) -> Vec<String> {
    let items = proposals(client, text, marked);
    items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

/// Changes the sample at a place, asks there, and gives what is proposed.
fn typed(client: &mut Client, place: &str, written: &str) -> Vec<String> {
    let text = POLICY.replace(place, &written.replace('§', ""));
    assert!(POLICY.contains(place), "{place}");
    client.edit(URI, json!([{ "text": text }]));
    labels(client, &text, written)
}

#[test]
fn broken_text_has_completions() {
    let mut client = Client::initialised();
    client.open(URI, POLICY);
    let rest = "      message: \"😀 {{ allowed.data.text }} and {{ first.image }}\"\n";
    for (place, written, expected, unexpected) in [
        // fields by indentation
        (rest, "      §\n", "message", "pattern"),
        (rest, "      me§\n", "message", "anyPattern"),
        (rest, "    §\n", "exclude", "mutate"),
        ("  validationFailureAction: Enforce\n", "  §\n", "background", "rules"),
        ("  validationFailureAction: Enforce\n", "  validationFailureAction: §\n", "Enforce", "rules"),
        ("          - Pod\n", "          - §\n", "StatefulSet", "kinds"),
        ("        operator: GreaterThan\n", "        operator: §\n", "AnyIn", "operator"),
        ("        operator: GreaterThan\n", "        §\n", "operator", "key"),
        ("  - name: loops\n", "  - §\n", "name", "apiVersion"),
        ("kinds: [Deployment]", "kinds: [Dep§]", "DaemonSet", "kinds"),
        ("configMap: {name: owners, namespace: default}", "configMap: {name: owners, §}", "namespace", "name"),
        // resources
        ("          =(hostNetwork): false\n", "          §\n", "hostPID", "containers"),
        ("          - image: \"*:*\"\n", "          - §\n", "imagePullPolicy", "spec"),
        ("          =(hostNetwork): false\n", "          =(host§Network): false\n", "hostNetwork", "apiVersion"),
        // expressions
        ("{{ first.image }}\"", "{{ first.§", "imagePullPolicy", "allowed"),
        ("{{ first.image }}\"", "{{ §\"", "allowed", "element"),
        ("{{ first.image }}\"", "{{ le§\"", "length", "imagePullPolicy"),
        ("{{ first.image }}\"", "{{ request.§ }}\"", "userInfo", "spec"),
        ("{{ first.image }}\"", "{{ request.object.spec.vol§ }}\"", "volumes", "metadata"),
        ("{{ first.image }}\"", "{{ request.object.spec.containers[?§ }}\"", "image", "volumes"),
        ("{{ element.image }}", "{{ element.§ }}", "image", "spec"),
        ("{{ element.image }}", "{{ elem§ }}", "element", "allowed"),
        ("jmesPath: request.object.spec.containers[0]", "jmesPath: §", "allowed", "first"),
        (
            "list: request.object.spec.template.spec.containers",
            "list: request.object.spec.template.§",
            "spec",
            "containers",
        ),
    ] {
        let got = typed(&mut client, place, written);
        assert!(got.iter().any(|label| label == expected), "{written}: no {expected} in {got:?}");
        assert!(!got.iter().any(|label| label == unexpected), "{written}: {unexpected} in {got:?}");
    }
    client.finish();
}

#[test]
fn a_proposal_says_what_it_is_and_where_it_goes() {
    let mut client = Client::initialised();
    let text = POLICY.replace("first.image", "first.ima");
    client.open(URI, &text);
    let items = proposals(&mut client, &text, "first.ima§");
    let image = items.iter().find(|item| item["label"] == "image").unwrap();
    assert_eq!(image["detail"], "the reference of an image");
    assert!(image["documentation"]["value"].as_str().unwrap().len() > 10, "{image}");
    let range = &image["textEdit"]["range"];
    // the emoji before it counts twice
    assert_eq!((&range["start"]["character"], &range["end"]["character"]), (&json!(56), &json!(59)), "{image}");
    let items = proposals(&mut client, &text, "  §validationFailureAction");
    assert!(items.iter().any(|item| item["tags"] == json!([1])), "deprecated fields are marked");
    client.finish();
}

#[test]
fn an_empty_document_becomes_a_policy() {
    let mut client = Client::initialised();
    client.open(URI, "");
    assert_eq!(labels(&mut client, "", "")[..2], ["apiVersion", "kind"]);
    client.edit(URI, json!([{ "text": "apiVersion: v1\nkind: Pod\n\n" }]));
    let other = client.ask(
        "textDocument/completion",
        json!({ "textDocument": { "uri": URI }, "position": { "line": 2, "character": 0 } }),
    );
    assert_eq!(other, json!([]));
    client.finish();
}
