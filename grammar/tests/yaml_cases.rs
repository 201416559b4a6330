//! Each `tests/yaml/NAME.yaml` holds documents of one kind; `NAME.expected` has what is read of them: the values, the
//! comments and the faults with their places. `UPDATE_EXPECTED=1` writes the files anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use dikast_grammar::yaml::{self, Node, NodeValue};
use dikast_grammar::{SourceMap, Span};

#[test]
fn files_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/yaml");
    let mut inputs: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    let mut differing = Vec::new();
    for input in inputs {
        let read = describe(&std::fs::read_to_string(&input).unwrap());
        let expected = input.with_extension("expected");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected, &read).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != read {
            differing.push(format!("{}:\n{read}", input.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn describe(text: &str) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("input", text);
    let parsed = yaml::parse(file, text);
    let place = |span: Span| {
        let file = sources.get(span.file).unwrap();
        let (start, end) = (file.position(span.start), file.position(span.end));
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    };
    let mut out = String::new();
    for document in &parsed.documents {
        writeln!(out, "document {}", place(document.span)).unwrap();
        match document.as_map() {
            Some(entries) => {
                for entry in entries {
                    writeln!(out, "  {:?}: {}", entry.key.as_str(), to_json(&entry.value)).unwrap();
                }
            }
            None => writeln!(out, "  {}", to_json(document)).unwrap(),
        }
    }
    for comment in &parsed.comments {
        writeln!(out, "comment {} {}", place(*comment), sources.text(*comment)).unwrap();
    }
    for error in &parsed.errors {
        let word = if error.is_refusal() { "error" } else { "warning" };
        write!(out, "{word} {} {error}", place(error.span)).unwrap();
        if let Some(context) = error.context {
            write!(out, " (since {})", place(context)).unwrap();
        }
        out.push('\n');
    }
    out
}

fn to_json(node: &Node) -> serde_json::Value {
    match &node.value {
        NodeValue::Null => serde_json::Value::Null,
        NodeValue::Bool(truth) => (*truth).into(),
        NodeValue::Int(number) => (*number).into(),
        NodeValue::Float(number) => (*number).into(),
        NodeValue::Text(text) => text.as_str().into(),
        NodeValue::List(items) => items.iter().map(to_json).collect(),
        NodeValue::Map(entries) => {
            entries.iter().map(|entry| (entry.key.as_str().to_owned(), to_json(&entry.value))).collect()
        }
    }
}
