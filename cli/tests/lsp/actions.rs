//! Changes that an editor offers for findings.

use serde_json::{Value, json};

use crate::client::{Client, URI, place};

const POLICY: &str = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: a}
spec:
  rulez:
  - name: r
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      mesage: |-
        {{ requets.name }}
      pattern: {a: b}
";

fn actions(client: &mut Client, text: &str, marked: &str, only: Value) -> Vec<Value> {
    let at = place(text, marked);
    let findings = client.findings(URI);
    let parameters = json!({
        "textDocument": { "uri": URI },
        "range": { "start": at, "end": at },
        "context": { "diagnostics": findings, "only": only },
    });
    client.ask("textDocument/codeAction", parameters).as_array().unwrap().clone()
}

fn edits(action: &Value) -> &Value {
    &action["edit"]["changes"][URI]
}

#[test]
fn fixes_and_comments_are_offered() {
    let mut client = Client::initialised();
    client.open(URI, POLICY);
    let offered = actions(&mut client, POLICY, "rul§ez", Value::Null);
    let fix = offered.iter().find(|action| action["isPreferred"] == true).unwrap();
    assert_eq!(fix["title"], "Replace by `rules` (DK0201)");
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["diagnostics"][0]["code"], "DK0201");
    assert_eq!(edits(fix)[0]["newText"], "rules");
    assert_eq!(edits(fix)[0]["range"]["start"], place(POLICY, "rulez"));
    let allow = offered.iter().find(|action| action["title"] == "Allow DK0201 here").unwrap();
    assert_eq!(edits(allow)[0]["newText"], " # dikast: allow DK0201 say why");
    assert_eq!(edits(allow)[0]["range"]["start"], place(POLICY, "rulez:§"));
    client.finish();
}

#[test]
fn all_fixes_are_one_change() {
    let mut client = Client::initialised();
    let text = POLICY.replace("rulez", "rules");
    client.open(URI, &text);
    let offered = actions(&mut client, &text, "§apiVersion", json!(["source.fixAll"]));
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert_eq!(offered[0]["kind"], "source.fixAll");
    assert!(!edits(&offered[0]).as_array().unwrap().is_empty());
    assert_eq!(actions(&mut client, &text, "§apiVersion", json!(["refactor"])), [] as [Value; 0]);
    client.finish();
}
