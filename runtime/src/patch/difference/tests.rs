use dikast_stdlib::Value;
use proptest::prelude::*;

use super::diff;
use crate::patch::{Merged, json};

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn operations(before: &str, after: &str) -> String {
    serde_json::to_string(&diff(&value(before), &value(after))).unwrap()
}

#[test]
fn equal_values_need_no_operations() {
    assert_eq!(operations(r#"{"a": 1}"#, r#"{"a": 1.0}"#), "[]");
}

#[test]
fn members_are_added_changed_and_removed() {
    assert_eq!(
        operations(r#"{"a": 1, "b": {"c": 2}}"#, r#"{"b": {"c": 3}, "d/e": null}"#),
        r#"[{"op":"remove","path":"/a"},{"op":"replace","path":"/b/c","value":3},{"op":"add","path":"/d~1e","value":null}]"#
    );
}

#[test]
fn equal_ends_of_lists_stay() {
    assert_eq!(operations("[1, 2, 3]", "[1, 9, 2, 3]"), r#"[{"op":"add","path":"/1","value":9}]"#);
    assert_eq!(operations("[1, 2, 3, 4]", "[1, 4]"), r#"[{"op":"remove","path":"/2"},{"op":"remove","path":"/1"}]"#);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (0i64..4).prop_map(Value::Int),
        "[a~/]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::list),
            prop::collection::btree_map("[a-c~/]{1,2}", inner, 0..4).prop_map(Value::object),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[a-c~/]{1,2}", any_value(), 0..4).prop_map(Value::object)
}

proptest! {
    #[test]
    fn applying_the_difference_gives_the_other(before in any_object(), after in any_object()) {
        let operations = serde_json::to_string(&diff(&before, &after)).unwrap();
        let result = match json::apply(&before, &operations).unwrap() {
            Merged::Changed(value) => value,
            Merged::Skipped => before,
        };
        prop_assert_eq!(result, after);
    }
}
