//! Start, cancel and end.

use serde_json::{Value, json};

use crate::client::{Client, URI};

#[test]
fn the_server_says_who_it_is_and_counts_as_the_editor_does() {
    let mut client = Client::start();
    let answer = client.initialise(json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } }));
    assert_eq!(answer["serverInfo"]["name"], "dikast");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-8");
    client.finish();
    let mut client = Client::start();
    assert_eq!(client.initialise(json!({}))["capabilities"]["positionEncoding"], "utf-16");
    client.finish();
}

#[test]
fn requests_outside_a_session_are_refused() {
    let mut client = Client::start();
    assert_eq!(client.ask_in_vain("textDocument/hover", json!({})), -32002);
    client.initialise(json!({}));
    assert_eq!(client.ask_in_vain("initialize", json!({ "capabilities": {} })), -32600);
    assert_eq!(client.ask_in_vain("unheard/of", json!({})), -32601);
    client.ask("shutdown", Value::Null);
    assert_eq!(client.ask_in_vain("textDocument/hover", json!({})), -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.exit_code(), Some(0));
}

#[test]
fn an_end_without_shutdown_is_none_in_order() {
    let mut client = Client::initialised();
    client.tell("exit", Value::Null);
    assert_eq!(client.exit_code(), Some(1));
    let mut client = Client::initialised();
    assert_eq!(client.exit_code(), Some(1), "the editor went away");
}

#[test]
fn malformed_messages_cost_nothing_but_themselves() {
    let mut client = Client::initialised();
    client.send_raw("Content-Length: 9\r\n\r\nno json!!");
    client.tell("textDocument/didOpen", json!({ "textDocument": 5 }));
    client.tell("textDocument/didChange", json!({}));
    client.tell("$/unheard", json!([1]));
    client.open(URI, "a: [\n");
    assert_eq!(client.findings(URI).len(), 1);
    client.finish();
}

#[test]
fn a_cancelled_request_is_answered_as_cancelled() {
    let mut client = Client::initialised();
    let id = 77;
    let request = json!({ "jsonrpc": "2.0", "id": id, "method": "unheard/of" }).to_string();
    let cancel = json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": id } }).to_string();
    let framed = |message: &str| format!("Content-Length: {}\r\n\r\n{message}", message.len());
    client.send_raw(&(framed(&request) + &framed(&cancel)));
    // It may have been answered before the cancellation was read.
    let code = client.answer(id)["error"]["code"].as_i64();
    assert!(matches!(code, Some(-32800 | -32601)), "{code:?}");
    client.finish();
}
