//! Findings while a policy is typed.

use serde_json::{Value, json};

use crate::client::{Client, URI, place};

const POLICY: &str = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: names, annotations: {mood: 😀}}
spec:
  rules:
  - name: has-owner
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      mesage: an owner is needed
      pattern: {metadata: {labels: {owner: '?*'}}}
";

fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().filter_map(|finding| finding["code"].as_str()).collect()
}

#[test]
fn findings_follow_the_text() {
    let mut client = Client::initialised();
    client.open(URI, POLICY);
    let found = client.findings(URI);
    assert_eq!(codes(&found), ["DK0201"]);
    assert_eq!(found[0]["source"], "dikast");
    assert_eq!(found[0]["severity"], 1);
    assert_eq!(found[0]["range"]["start"], place(POLICY, "mesage"));
    assert!(found[0]["message"].as_str().unwrap().contains("message"), "{}", found[0]);
    let (start, end) = (place(POLICY, "mes§age"), place(POLICY, "mesa§ge"));
    client.edit(URI, json!([{ "range": { "start": start, "end": end }, "text": "sa" }]));
    assert_eq!(client.findings(URI), [] as [Value; 0]);
    client.edit(URI, json!([{ "text": POLICY.replace("mesage", "message").replace("rules:", "rulez:") }]));
    assert!(codes(&client.findings(URI)).contains(&"DK0201"));
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(client.next_findings(URI), json!([]));
    client.finish();
}

#[test]
fn columns_are_counted_in_units_of_the_encoding() {
    for (encoding, end) in [("utf-16", 18), ("utf-8", 20), ("utf-32", 17)] {
        let mut client = Client::start();
        client.initialise(json!({ "general": { "positionEncodings": [encoding] } }));
        client.open(URI, "\"😀 aé\": {, b: 1}\n");
        let found = client.findings(URI);
        let column = found[0]["range"]["start"]["character"].as_i64().unwrap();
        assert!(column > 0 && column < end, "{encoding}: {}", found[0]);
        let text = "a: {\"😀é\": 1, \"😀é\": 2}\n";
        client.edit(URI, json!([{ "text": text }]));
        let found = client.findings(URI);
        assert_eq!(codes(&found), ["DK0102"], "{found:?}");
        let expected = match encoding {
            "utf-8" => 17,
            "utf-32" => 13,
            _ => 14,
        };
        assert_eq!(found[0]["range"]["start"]["character"], expected, "{encoding}");
        client.finish();
    }
}
