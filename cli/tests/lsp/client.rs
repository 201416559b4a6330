//! A small editor.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take before the test gives up; far beyond what any should.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name of the document that most tests have open.
pub(crate) const URI: &str = "file:///policies/policy.yaml";

/// A running server and what it has said.
pub(crate) struct Client {
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next_id: i64,
    /// The version of each open document.
    versions: HashMap<String, i64>,
    /// The findings that came last for each document, with the version that they are of.
    findings: HashMap<String, Value>,
}

impl Client {
    /// Starts the server and says nothing yet.
    pub(crate) fn start() -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_dikast"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, messages) = channel();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let input = server.stdin.take();
        Self { server, input, messages, next_id: 0, versions: HashMap::new(), findings: HashMap::new() }
    }

    /// A session that is initialised as an editor without special abilities does it.
    pub(crate) fn initialised() -> Self {
        let mut client = Self::start();
        client.initialise(json!({}));
        client
    }

    /// Initialises and gives the answer.
    pub(crate) fn initialise(&mut self, capabilities: Value) -> Value {
        self.initialise_in(None, capabilities)
    }

    /// Initialises in a folder, or in none.
    pub(crate) fn initialise_in(&mut self, root: Option<&str>, capabilities: Value) -> Value {
        let parameters = json!({ "processId": null, "rootUri": root, "capabilities": capabilities });
        let answer = self.ask("initialize", parameters);
        self.tell("initialized", json!({}));
        answer
    }

    /// Sends a text as it is.
    pub(crate) fn send_raw(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_raw(&format!("Content-Length: {}\r\n\r\n{text}", text.len()));
    }

    /// Sends a notification.
    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and gives its id.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }));
        self.next_id
    }

    /// Waits for the whole answer to a request.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        loop {
            let message = self.next();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    /// Sends a request and gives its result.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        let mut answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Sends a request that is refused and gives the code.
    pub(crate) fn ask_in_vain(&mut self, method: &str, params: Value) -> i64 {
        let id = self.request(method, params);
        self.answer(id)["error"]["code"].as_i64().unwrap()
    }

    /// The next message; findings are kept on the way.
    fn next(&mut self) -> Value {
        let message = match self.messages.recv_timeout(PATIENCE) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => panic!("no answer"),
            Err(RecvTimeoutError::Disconnected) => panic!("the server is gone"),
        };
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap().to_owned();
            self.findings.insert(uri, message["params"].clone());
        }
        message
    }

    /// Opens a document.
    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        self.versions.insert(uri.to_owned(), 1);
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Makes edits, each a range or nothing for the whole text, and the new text.
    pub(crate) fn edit(&mut self, uri: &str, changes: Value) {
        let version = self.versions.get_mut(uri).unwrap();
        *version += 1;
        let document = json!({ "uri": uri, "version": *version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The findings of the present text of a document.
    pub(crate) fn findings(&mut self, uri: &str) -> Vec<Value> {
        let version = self.versions[uri];
        loop {
            if let Some(known) = self.findings.get(uri).filter(|known| known["version"] == version) {
                return known["diagnostics"].as_array().unwrap().clone();
            }
            self.next();
        }
    }

    /// The findings of whatever version came last, after the next ones came.
    pub(crate) fn next_findings(&mut self, uri: &str) -> Value {
        self.findings.remove(uri);
        while !self.findings.contains_key(uri) {
            self.next();
        }
        self.findings[uri]["diagnostics"].clone()
    }

    /// Waits for findings of a document, of whatever version, that are as expected.
    pub(crate) fn findings_until(&mut self, uri: &str, is_expected: impl Fn(&[Value]) -> bool) {
        let known = |client: &Self| {
            let list = client.findings.get(uri).and_then(|known| known["diagnostics"].as_array());
            list.is_some_and(|list| is_expected(list))
        };
        while !known(self) {
            self.next();
        }
    }

    /// The parameters of the next notification of a method.
    pub(crate) fn next_told(&mut self, method: &str) -> Value {
        loop {
            let mut message = self.next();
            if message["method"] == method {
                return message["params"].take();
            }
        }
    }

    /// Ends as the protocol says.
    pub(crate) fn finish(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        assert_eq!(self.exit_code(), Some(0));
    }

    /// Closes the server's input and waits for its end.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.input = None;
        self.server.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Reads one message; nothing at the end.
fn read(input: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => {
                if let Some(value) = header.strip_prefix("Content-Length: ") {
                    length = value.parse().ok()?;
                }
            }
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The place of a text in another, as the protocol counts it; `§` in it marks the place itself.
pub(crate) fn place(text: &str, marked: &str) -> Value {
    let mark = marked.find('§').unwrap_or(0);
    let at = text.find(&marked.replace('§', "")).unwrap_or_else(|| panic!("no `{marked}`")) + mark;
    let line = text[..at].matches('\n').count();
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": line, "character": text[start..at].encode_utf16().count() })
}

/// The parameters of a request about a place in the document that is usually open.
pub(crate) fn about(text: &str, marked: &str) -> Value {
    json!({ "textDocument": { "uri": URI }, "position": place(text, marked) })
}
