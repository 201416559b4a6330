//! Whatever is typed, and wherever is asked: every request has its answer and the session ends in order.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use dikast_lsp::{End, serve};
use proptest::prelude::*;
use serde_json::{Value, json};

const URI: &str = "untitled:policy";

const POLICY: &str = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: sample}
spec:
  rules:
  - name: é😀
    match: {any: [{resources: {kinds: [Pod]}}]}
    context:
    - name: all
      variable: {jmesPath: \"request.object.spec.containers[?image == 'x'].{a: name, b: [image]}\"}
    - {name: again, variable: {jmesPath: 'all[].a | [0]'}}
    preconditions:
      all:
      - key: \"{{ length(all[].b[]) }}\"
        operator: Equals
        value: \"{{ again.{{ request.name }}.x }}\"
    validate:
      message: |-
        {{ all[0].a }} and \\{{ no }}
        {{ request.object.metadata.labels.\"a.b/c\" }}
      foreach:
      - list: all
        pattern: {=(a): {(b): '?*'}, X(c): null, ^(d): [{<(e): f}]}
---
apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: e}
spec:
  exceptions: [{policyName: sample, ruleNames: [x]}]
";

/// Runs a whole session on edits of the sample, asking everything at some places. Gives the ids that were answered.
fn session(edits: &[(usize, usize, String)], places: &[(u32, u32)]) -> Vec<i64> {
    let mut input = Vec::new();
    let mut next_id = 0;
    let mut say = |method: &str, params: Value, is_request: bool| {
        let mut message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        if is_request {
            next_id += 1;
            message["id"] = json!(next_id);
        }
        let text = message.to_string();
        input.extend(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes());
    };
    say("initialize", json!({ "capabilities": {} }), true);
    say("initialized", json!({}), false);
    let document = json!({ "uri": URI, "languageId": "yaml", "version": 1, "text": POLICY });
    say("textDocument/didOpen", json!({ "textDocument": document }), false);
    for (version, (line, length, text)) in edits.iter().enumerate() {
        let start = json!({ "line": line, "character": length / 3 });
        let end = json!({ "line": line + length % 3, "character": length });
        let changes = json!([{ "range": { "start": start, "end": end }, "text": text }]);
        let document = json!({ "uri": URI, "version": version + 2 });
        say("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }), false);
        for (line, character) in places {
            let place = json!({ "line": line, "character": character });
            let about = json!({ "textDocument": { "uri": URI }, "position": place });
            for method in ["hover", "completion", "definition"] {
                say(&format!("textDocument/{method}"), about.clone(), true);
            }
            let range = json!({ "start": place, "end": { "line": line + 3, "character": 0 } });
            let context = json!({ "diagnostics": [] });
            let asked = json!({ "textDocument": { "uri": URI }, "range": range, "context": context });
            say("textDocument/codeAction", asked, true);
        }
        say("textDocument/documentSymbol", json!({ "textDocument": { "uri": URI } }), true);
    }
    say("shutdown", Value::Null, true);
    say("exit", Value::Null, false);
    let mut output = Vec::new();
    assert_eq!(serve(Cursor::new(input), &mut output).unwrap(), End::Orderly);
    let output = String::from_utf8(output).unwrap();
    let bodies = output.split("Content-Length: ").filter_map(|part| part.split_once("\r\n\r\n"));
    let answers = bodies.map(|(_, body)| serde_json::from_str::<Value>(body).unwrap());
    let answers = answers.filter(|answer| answer.get("method").is_none());
    answers
        .map(|answer| {
            assert!(answer.get("error").is_none(), "{answer}");
            answer["id"].as_i64().unwrap()
        })
        .collect()
}

fn check(edits: &[(usize, usize, String)], places: &[(u32, u32)]) {
    let requests = 2 + edits.len() * (1 + 4 * places.len());
    assert_eq!(session(edits, places), (1..=requests as i64).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn edits_break_nothing(
        edits in prop::collection::vec(
            (0..36_usize, 0..60_usize, "[ \\-:{}\\[\\]\"'|>#&*!?,.()@a-c\\n\\\\éX=^<+😀]{0,12}"),
            1..4,
        ),
        places in prop::collection::vec((0..40_u32, 0..80_u32), 1..4),
    ) {
        check(&edits, &places);
    }
}

#[test]
fn deep_and_long_texts_are_answered() {
    for text in [
        "[".repeat(20_000),
        "{a: ".repeat(20_000),
        "- ".repeat(20_000),
        format!("a: '{{{{ {}", "(".repeat(20_000)),
        format!("a: '{{{{ {}", "a.".repeat(20_000)),
        "{{".repeat(20_000),
        (0..400).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
    ] {
        check(&[(13, 12, text)], &[(13, 10), (13, 30_000), (14, 0)]);
    }
}

#[test]
fn definitions_that_name_one_another_often_are_no_trap() {
    let entry = |at: usize| {
        let members: Vec<_> = (0..40).map(|member| format!("m{member}: e{}", at - 1)).collect();
        format!("\n    - {{name: e{at}, variable: {{jmesPath: '{{{}}}'}}}}", members.join(", "))
    };
    let entries: String = (1..12).map(entry).collect();
    let text = format!("{entries}\n    - {{name: last, variable: {{jmesPath: 'e11.m1.m1.m1.'}}}}");
    check(&[(9, 300, text)], &[(21, 55), (21, 45)]);
}
