//! Definitions and symbols.

use serde_json::{Value, json};

use crate::client::{Client, URI, about, place};
use crate::sample::POLICY;

#[test]
fn a_name_leads_to_its_definition() {
    let mut client = Client::initialised();
    client.open(URI, POLICY);
    for (marked, expected) in [
        ("{{ allo§wed.data", Some("- name: §allowed")),
        ("{{ fir§st.image", Some("- name: §first")),
        ("{{ elem§ent.image", Some("- list: §request")),
        ("{{ first.im§age", None),
        ("{{ len§gth(", None),
    ] {
        let found = client.ask("textDocument/definition", about(POLICY, marked));
        match expected {
            Some(expected) => {
                assert_eq!(found["uri"], URI);
                assert_eq!(found["range"]["start"], place(POLICY, expected), "{marked}");
            }
            None => assert_eq!(found, Value::Null, "{marked}"),
        }
    }
    client.finish();
}

#[test]
fn symbols_are_policies_and_rules() {
    let mut client = Client::initialised();
    client.open(URI, POLICY);
    let symbols = client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(symbols[0]["name"], "sample");
    assert_eq!(symbols[0]["detail"], "ClusterPolicy");
    let rules = symbols[0]["children"].as_array().unwrap();
    assert_eq!((rules.len(), &rules[1]["name"], &rules[1]["detail"]), (2, &json!("loops"), &json!("validate")));
    assert_eq!(rules[0]["children"][0]["name"], "allowed");
    assert_eq!(rules[1]["selectionRange"]["start"], place(POLICY, "- name: §loops"));
    client.finish();
}
