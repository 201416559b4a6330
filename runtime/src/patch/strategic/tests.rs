use dikast_stdlib::Value;

use super::{Merged, merge};

/// The result as JSON, `unchanged`, or the error.
fn give(base: &str, overlay: &str) -> String {
    let value = |text| serde_json::from_str::<Value>(text).unwrap();
    match merge(&value(base), &value(overlay)) {
        Ok(Merged::Changed(value)) => serde_json::to_string(&value).unwrap(),
        Ok(Merged::Skipped) => "unchanged".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The items of `spec.containers` of a Pod after the merge.
fn containers(before: &str, overlay: &str) -> String {
    let pod = |containers| format!(r#"{{"apiVersion":"v1","kind":"Pod","spec":{{"containers":{containers}}}}}"#);
    let result = give(&pod(before), &format!(r#"{{"spec":{{"containers":{overlay}}}}}"#));
    let prefix = r#"{"apiVersion":"v1","kind":"Pod","spec":{"containers":"#;
    result.strip_prefix(prefix).and_then(|rest| rest.strip_suffix("}}")).unwrap_or(&result).to_owned()
}

#[test]
fn maps_are_merged_and_nulls_delete() {
    assert_eq!(give(r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":null,"d":3}}"#), r#"{"a":{"c":2,"d":3}}"#);
    assert_eq!(give(r#"{"a":{"b":1}}"#, r#"{"a":{"$patch":"delete"},"c":1}"#), r#"{"c":1}"#);
    assert_eq!(give(r#"{"a":{"b":1}}"#, r#"{"a":{"$patch":"replace","c":2}}"#), r#"{"a":{"c":2}}"#);
    assert_eq!(give(r#"{"a":1}"#, r#"{"a":1}"#), "unchanged");
}

#[test]
fn a_scalar_keeps_the_quotes_of_the_one_it_replaces() {
    assert_eq!(give(r#"{"a":"x"}"#, r#"{"a":5}"#), r#"{"a":"5"}"#);
    assert_eq!(give(r#"{"a":5}"#, r#"{"a":"x"}"#), r#"{"a":"x"}"#);
}

#[test]
fn lists_without_schema_are_replaced() {
    assert_eq!(give(r#"{"l":[{"name":"a"}]}"#, r#"{"l":[{"name":"b"}]}"#), r#"{"l":[{"name":"b"}]}"#);
}

#[test]
fn lists_with_a_merge_key_put_patched_items_first() {
    assert_eq!(
        containers(r#"[{"name":"a"},{"name":"b"},{"name":"c"}]"#, r#"[{"name":"c","image":"i"},{"name":"x"}]"#),
        r#"[{"image":"i","name":"c"},{"name":"x"},{"name":"a"},{"name":"b"}]"#
    );
    assert_eq!(
        containers(r#"[{"name":"a"},{"name":"b"}]"#, r#"[{"name":"a","$patch":"delete"}]"#),
        r#"[{"name":"b"}]"#
    );
    assert_eq!(containers(r#"[{"name":"a"},{"name":"b"}]"#, r#"[{"image":"z"}]"#), "[]");
}

#[test]
fn two_conditional_items_lose_others() {
    let before = r#"[{"name":"a"},{"name":"b"}]"#;
    let both = r#"[{"(name)":"a","image":"1"},{"(name)":"b","image":"2"}]"#;
    assert_eq!(containers(before, both), r#"[{"image":"2","name":"b"}]"#);
    let none = r#"[{"(name)":"x","image":"1"},{"(name)":"y","image":"2"}]"#;
    assert_eq!(containers(before, none), "slice bounds out of range [2:1]");
}

#[test]
fn conditions_gate_the_whole_overlay() {
    let base = r#"{"metadata":{"labels":{"app":"web"}},"spec":{}}"#;
    assert_eq!(
        give(base, r#"{"metadata":{"labels":{"(app)":"w*","tier":"x"}}}"#),
        r#"{"metadata":{"labels":{"app":"web","tier":"x"}},"spec":{}}"#
    );
    assert_eq!(give(base, r#"{"metadata":{"labels":{"(app)":"db"}},"spec":{"a":1}}"#), "unchanged");
    assert_eq!(give(base, r#"{"metadata":{"<(missing)":"x"},"spec":{"a":1}}"#), "unchanged");
}

#[test]
fn defaults_are_set_only_where_nothing_is() {
    assert_eq!(give(r#"{"a":null}"#, r#"{"+(a)":1,"+(b)":2}"#), r#"{"a":null,"b":2}"#);
}

#[test]
fn clashes_name_the_kinds() {
    assert_eq!(
        give(r#"{"a":[1]}"#, r#"{"a":{"b":1}}"#),
        "wrong node kind: expected SequenceNode but got MappingNode: node contents:\n{\"b\": 1}\n"
    );
    assert_eq!(
        give(r#"{"a":1}"#, r#"{"a":{"$patch":"other"}}"#),
        "wrong node kind: expected ScalarNode but got MappingNode: node contents:\n{\"$patch\": \"other\"}\n"
    );
}

#[test]
fn an_overlay_cannot_add_an_empty_map() {
    assert_eq!(give(r#"{"a":1}"#, r#"{"b":{"c":{}}}"#), "unchanged");
}
