use dikast_stdlib::Value;

use super::{Merged, apply};

/// The result as JSON, `unchanged`, or the error.
fn give(base: &str, operations: &str) -> String {
    match apply(&serde_json::from_str::<Value>(base).unwrap(), operations) {
        Ok(Merged::Changed(value)) => serde_json::to_string(&value).unwrap(),
        Ok(Merged::Skipped) => "unchanged".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn operations_run_in_order() {
    for (base, operations, expected) in [
        (
            r#"{}"#,
            r#"[{"op":"add","path":"/a/b/-","value":1},{"op":"add","path":"/a/b/0","value":0}]"#,
            r#"{"a":{"b":[0,1]}}"#,
        ),
        (r#"{"a":[1,2,3]}"#, r#"[{"op":"remove","path":"/a/-1"}]"#, r#"{"a":[1,2]}"#),
        (r#"{"a":1}"#, r#"[{"op":"move","from":"/a","path":"/b"}]"#, r#"{"b":1}"#),
        (
            r#"{"a":{"x":1}}"#,
            r#"[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/y","value":2}]"#,
            r#"{"a":{"x":1},"b":{"x":1,"y":2}}"#,
        ),
        (r#"{"a/b":1}"#, r#"[{"op":"replace","path":"/a~1b","value":2}]"#, r#"{"a/b":2}"#),
        (r#"{"a":1}"#, "- op: remove\n  path: /a\n", "{}"),
        (r#"{"a":null}"#, r#"[{"op":"add","path":"/a/b","value":1}]"#, r#"{"a":{"b":1}}"#),
        (r#"{}"#, r#"[{"op":"add","path":"/l/2","value":1}]"#, r#"{"l":[null,null,1]}"#),
    ] {
        assert_eq!(give(base, operations), expected, "{operations}");
    }
}

#[test]
fn nothing_changes_when_the_bytes_are_the_same() {
    assert_eq!(give(r#"{"a":1}"#, r#"[{"op":"add","path":"/a","value":1}]"#), "unchanged");
    assert_eq!(give(r#"{"a":1}"#, r#"[{"op":"remove","path":"/b/c"}]"#), "unchanged");
    assert_eq!(give(r#"{"a":1}"#, r#"[{"op":"test","path":"/a","value":1}]"#), "unchanged");
    // the order of keys shows in the bytes
    let there_and_back = r#"[{"op":"move","from":"/a","path":"/c"},{"op":"move","from":"/c","path":"/a"}]"#;
    assert_eq!(give(r#"{"a":1,"b":2}"#, there_and_back), r#"{"a":1,"b":2}"#);
}

#[test]
fn errors_are_in_the_words_of_the_library() {
    for (operations, expected) in [
        (
            r#"[{"op":"replace","path":"/x","value":1}]"#,
            "replace operation does not apply: doc is missing key: /x: missing value",
        ),
        (r#"[{"op":"test","path":"/a","value":2}]"#, "testing value /a failed: test failed"),
        (
            r#"[{"op":"add","path":"/l/9","value":1}]"#,
            "error in add for path: '/l/9': Unable to access invalid index: 9: invalid index referenced",
        ),
        (
            r#"[{"op":"add","path":"/m/a~1b/c","value":1}]"#,
            "add operation does not apply: doc is missing path: \"/m/a~1b/c\": missing value",
        ),
        (
            r#"[{"op":"bad","path":"/a"}]"#,
            r#"failed to decode patches: invalid operation {"op":"bad","path":"/a"}: unsupported operation"#,
        ),
        (
            "op: add\npath: /a\n",
            "failed to decode patches: json: cannot unmarshal object into Go value of type jsonpatch.Patch",
        ),
        ("", "empty mutate rule"),
    ] {
        assert_eq!(give(r#"{"a":1,"l":[]}"#, operations), expected, "{operations}");
    }
}

#[test]
fn copies_of_copies_are_bounded() {
    let steps = vec![r#"{"op":"copy","from":"/a","path":"/a/-"}"#; 40].join(",");
    let error = give(r#"{"a":[1,2,3,4]}"#, &format!("[{steps}]"));
    assert!(error.starts_with("more than") || error.starts_with("nested"), "{error:.80}");
}
