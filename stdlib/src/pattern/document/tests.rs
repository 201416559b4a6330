use proptest::prelude::*;

use super::*;

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// What a pattern says of a resource: `ok`, or the outcome, the path and the message.
fn verdict(pattern: &str, resource: &str) -> String {
    match match_document(&value(pattern), &value(resource)) {
        Ok(()) => "ok".to_owned(),
        Err(failure) => format!("{:?} {} {failure}", failure.outcome(), failure.path),
    }
}

fn check(rows: &[(&str, &str, &str)]) {
    for (pattern, resource, expected) in rows {
        assert_eq!(verdict(pattern, resource), *expected, "{pattern} on {resource}");
    }
}

#[test]
fn scalars_lists_and_structure() {
    check(&[
        (r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#, "ok"),
        (r#"{"a": 1}"#, "{}", "Fail /a/ resource value '<nil>' does not match '1' at path /a/"),
        (r#"{"a": "x"}"#, r#"{"a": ["x", "x"]}"#, "ok"),
        (r#"{"a": "x"}"#, r#"{"a": []}"#, "ok"),
        (
            r#"{"a": "x"}"#,
            r#"{"a": ["x", {"k": 1}]}"#,
            "Fail /a/ resource value '[x map[k:1]]' does not match 'x' at path /a/",
        ),
        (
            r#"{"a": {"b": 1}}"#,
            r#"{"a": "x"}"#,
            "Fail /a/ pattern and resource have different structures. Path: /a/. \
             Expected map[string]interface {}, found string",
        ),
        (
            r#"{"a": [1]}"#,
            "{}",
            "Fail /a/ validation rule failed at path /a/, resource does not satisfy the expected overlay pattern",
        ),
        (r#"{"a": []}"#, r#"{"a": []}"#, "Fail /a/ pattern Array empty"),
        (r#"{"a": ["x", "y"]}"#, r#"{"a": ["x"]}"#, "ok"),
        (
            r#"{"a": [["x"], ["y"]]}"#,
            r#"{"a": [["x"]]}"#,
            "Error  validate Array failed, array length mismatch, resource Array len is 1 and pattern Array len is 2",
        ),
    ]);
}

#[test]
fn a_star_wants_any_value_that_is_there() {
    check(&[
        (r#"{"a": "*"}"#, r#"{"a": {"b": 1}}"#, "ok"),
        (r#"{"a": "*"}"#, r#"{"a": null}"#, "Fail / //a not found"),
        (r#"{"s": {"a": "*"}}"#, r#"{"s": {}}"#, "Fail /s/ /s//a not found"),
    ]);
}

#[test]
fn conditions_skip() {
    check(&[
        (r#"{"(a)": 1, "b": 2}"#, r#"{"a": 1, "b": 2}"#, "ok"),
        (
            r#"{"(a)": 1, "b": 2}"#,
            r#"{"a": 3, "b": 3}"#,
            "Skip  conditional anchor mismatch: resource value '3' does not match '1' at path /a/",
        ),
        (
            r#"{"(a)": 1}"#,
            "{}",
            "Skip  conditional anchor mismatch: conditional anchor key doesn't exist in the resource",
        ),
        (r#"{"<(a)": 1}"#, "{}", "ok"),
        (
            r#"{"<(a)": 1}"#,
            r#"{"a": 2}"#,
            "Skip  global anchor mismatch: resource value '2' does not match '1' at path /a/",
        ),
    ]);
}

#[test]
fn items_skip_one_by_one() {
    let pattern = r#"{"l": [{"(a)": 1, "b": 2}]}"#;
    check(&[
        (pattern, r#"{"l": [{"a": 9}, {"a": 1, "b": 2}]}"#, "ok"),
        (
            pattern,
            r#"{"l": [{"a": 9}, {"a": 1, "b": 3}]}"#,
            "Fail /l/1/b/ resource value '3' does not match '2' at path /l/1/b/",
        ),
        (
            pattern,
            r#"{"l": [{"a": 8}, {"a": 9}]}"#,
            "Skip  conditional anchor mismatch: resource value '8' does not match '1' at path /l/0/a/; \
             conditional anchor mismatch: resource value '9' does not match '1' at path /l/1/a/",
        ),
        (pattern, r#"{"l": []}"#, "ok"),
    ]);
}

#[test]
fn negation_existence_and_equality() {
    check(&[
        (r#"{"X(a)": null}"#, r#"{"a": null}"#, "Fail /a/ negation anchor matched in resource: /a/ is not allowed"),
        (r#"{"X(a)": null}"#, "{}", "ok"),
        (r#"{"=(a)": 1}"#, "{}", "ok"),
        (r#"{"=(a)": 1}"#, r#"{"a": 2}"#, "Fail /a/ resource value '2' does not match '1' at path /a/"),
        (r#"{"^(l)": [{"a": 1}]}"#, r#"{"l": [{"a": 2}, {"a": 1}]}"#, "ok"),
        (r#"{"^(l)": [{"a": 1}]}"#, "{}", "ok"),
        (r#"{"^(l)": [{"a": 1}]}"#, r#"{"l": []}"#, "Fail /l/ existence anchor validation failed at path /l/"),
        (
            r#"{"^(l)": "x"}"#,
            r#"{"l": []}"#,
            "Fail /l/ invalid pattern type string: Pattern has to be of list to compare against resource",
        ),
        (
            r#"{"^(l)": [1]}"#,
            r#"{"l": 1}"#,
            "Fail /l/ invalid resource type int64: Existence ^ () anchor can be used only on list/array type resource",
        ),
    ]);
}

#[test]
fn a_failed_condition_hides_other_anchors_of_its_map() {
    check(&[
        (
            r#"{"(a)": 1, "X(b)": null}"#,
            r#"{"a": 2, "b": 1}"#,
            "Skip  conditional anchor mismatch: resource value '2' does not match '1' at path /a/",
        ),
        (
            r#"{"=(s)": {"(a)": 1}, "X(b)": null}"#,
            r#"{"s": {"a": 2}, "b": 1}"#,
            "Fail /b/ negation anchor matched in resource: /b/ is not allowed",
        ),
    ]);
}

#[test]
fn an_anchor_whose_key_is_nowhere_turns_failures_into_errors() {
    check(&[(
        r#"{"^(a)": [{"k": 1}], "b": 1}"#,
        r#"{"b": 2}"#,
        "Error  resource value '2' does not match '1' at path /b/",
    )]);
}

#[test]
fn the_kind_of_a_failure_is_not_read_from_the_resource() {
    let phrase = "conditional anchor mismatch";
    let failure = match_document(&value(r#"{"a": "x"}"#), &value(&format!(r#"{{"a": "{phrase}"}}"#))).unwrap_err();
    assert!(failure.message.contains(phrase));
    assert_eq!(failure.outcome(), Outcome::Fail);
}

#[test]
fn wildcards_in_metadata_keys() {
    let pattern = r#"{"metadata": {"labels": {"team/*": "?*", "other": 1}}}"#;
    check(&[
        (pattern, r#"{"metadata": {"labels": {"team/a": "x"}}}"#, "ok"),
        (
            pattern,
            r#"{"metadata": {"labels": {"team/a": ""}}}"#,
            "Fail /metadata/labels/team/a/ resource value '' does not match '?*' at path /metadata/labels/team/a/",
        ),
        (
            pattern,
            r#"{"metadata": {"labels": {"b": "x"}}}"#,
            "Fail /metadata/labels/team/*/ resource value '<nil>' does not match '?*' at path /metadata/labels/team/*/",
        ),
        (r#"{"metadata": {"=(labels)": {"X(a*)": null}}}"#, r#"{"metadata": {"labels": {"ab": ""}}}"#, "ok"),
        (
            r#"{"metadata": {"=(labels)": {"X(a*)": ""}}}"#,
            r#"{"metadata": {"labels": {"ab": ""}}}"#,
            "Fail /metadata/labels/ab/ negation anchor matched in resource: /metadata/labels/ab/ is not allowed",
        ),
    ]);
}

#[test]
fn a_key_expanded_for_one_item_stays_for_the_next() {
    let pattern = r#"{"l": [{"metadata": {"labels": {"a*": "x"}}}]}"#;
    check(&[
        (pattern, r#"{"l": [{"metadata": {"labels": {"ab": "x"}}}, {"metadata": {"labels": {"ab": "x"}}}]}"#, "ok"),
        (
            pattern,
            r#"{"l": [{"metadata": {"labels": {"ab": "x"}}}, {"metadata": {"labels": {"ac": "x"}}}]}"#,
            "Fail /l/1/metadata/labels/ab/ resource value '<nil>' does not match 'x' at path \
             /l/1/metadata/labels/ab/",
        ),
    ]);
}

#[test]
fn plain_keys_with_anchors_below_come_first_in_descending_order() {
    let pattern = value(r#"{"a": 1, "b": {"(x)": 1}, "c": [{"=(x)": 1}], "d": 2, "<(g)": 1, "(h)": 1, "+(i)": 1}"#);
    let order: Vec<_> = keys_in_order(pattern.as_object().unwrap()).into_iter().collect();
    assert_eq!(order.iter().map(|key| &**key).collect::<Vec<_>>(), ["c", "b", "<(g)", "+(i)", "a", "d"]);
}

#[test]
fn deep_nesting_is_refused() {
    let deep = (0..100_000).fold(Value::Null, |inner, _| Value::list([inner]));
    // Kept from being dropped: that would recurse.
    let deep = std::mem::ManuallyDrop::new(deep);
    let failure = match_document(&deep, &deep).unwrap_err();
    assert_eq!((failure.kind, failure.outcome()), (FailureKind::TooDeep, Outcome::Error));
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-2i64..3).prop_map(Value::Int),
        "[xy*?|>!0-2]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let key = prop_oneof!["[ab]", "[<=X^+]?\\([ab*]\\)", Just("metadata".to_owned()), Just("labels".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::list),
            prop::collection::vec((key, inner), 0..4).prop_map(Value::object),
        ]
    })
}

proptest! {
    #[test]
    fn every_pattern_gives_a_verdict(pattern in document(), resource in document()) {
        if let Err(failure) = match_document(&pattern, &resource) {
            prop_assert!(failure.path.is_empty() || failure.path.starts_with('/'));
            prop_assert_eq!(failure.outcome() == Outcome::Skip, failure.message.contains("anchor mismatch"));
        }
    }
}
