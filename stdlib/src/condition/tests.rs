use proptest::prelude::*;

use super::*;

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Evaluates with key and value given as JSON; `5` is a whole number, `5.0` a float.
fn holds(key: &str, operator: &str, other: &str) -> bool {
    evaluate(&value(key), &Operator::new(operator), &value(other)).unwrap()
}

/// Checks rows of operator, key, value and answer.
fn check(rows: &[(&str, &str, &str, bool)]) {
    for (key, operator, value, expected) in rows {
        assert_eq!(holds(key, operator, value), *expected, "{key} {operator} {value}");
    }
}

#[test]
fn names_ignore_case_but_comparisons_want_their_spelling() {
    check(&[
        (r#""a""#, "equals", r#""a""#, true),
        (r#""a""#, "notEQUAL", r#""b""#, true),
        ("2.0", "GreaterThan", "1.0", true),
        ("2.0", "greaterthan", "1.0", false),
        ("2.0", "lessthan", "1.0", false),
        (r#""2h""#, "durationgreaterthan", r#""1h""#, false),
    ]);
    for name in ["", "In ", "Exists"] {
        let error = evaluate(&Value::Null, &Operator::new(name), &Value::Null).unwrap_err();
        assert_eq!(error, ConditionError::UnknownOperator(name.to_owned()));
    }
    assert_eq!(Operator::new("equal").name(), "equal");
    assert!(Operator::names().all(|name| !matches!(Operator::new(name).kind(), OperatorKind::Unknown)));
}

#[test]
fn a_null_key_is_false_for_every_operator() {
    for operator in Operator::names() {
        assert!(!holds("null", operator, r#"["a"]"#), "{operator}");
    }
}

#[test]
fn equality_converts_only_the_value() {
    check(&[
        ("true", "Equals", "true", true),
        ("true", "Equals", r#""true""#, false),
        ("5", "Equals", "5.0", true),
        ("5", "Equals", "5.5", false),
        ("5", "Equals", r#""5.0""#, false),
        ("5.0", "Equals", r#""5.0""#, true),
        ("5.0", "Equals", "5", true),
        (r#""5""#, "Equals", "5.0", false),
        (r#""5""#, "Equals", r#""*""#, false),
        (r#""a""#, "Equals", r#""?""#, true),
        (r#""?""#, "Equals", r#""a""#, false),
        (r#""a""#, "NotEquals", "null", true),
        ("[1]", "Equals", "[1]", true),
        ("[1]", "Equals", "[1.0]", false),
        (r#"{"a": [1]}"#, "Equals", r#"{"a": [1]}"#, true),
        ("{}", "NotEquals", "[]", true),
    ]);
}

#[test]
fn durations_and_quantities_come_before_text() {
    check(&[
        (r#""1h""#, "Equals", r#""60m""#, true),
        (r#""1h""#, "Equals", "3600.0", true),
        ("3600.0", "Equals", r#""1h""#, false),
        (r#""0""#, "Equals", r#""0s""#, false),
        (r#""1Gi""#, "Equals", r#""1024Mi""#, true),
        (r#""10m""#, "Equals", r#""0.01""#, true),
        (r#""1Gi""#, "GreaterThan", r#""500Mi""#, true),
        (r#""1Gi""#, "GreaterThan", "5.0", false),
        ("30.0", "GreaterThan", r#""20s""#, true),
        (r#""30""#, "GreaterThan", r#""20""#, true),
        ("1.9", "DurationGreaterThan", "1.0", false),
        (r#""0""#, "DurationLessThan", "1.0", true),
        (r#""30""#, "DurationGreaterThan", "1.0", false),
    ]);
}

#[test]
fn versions_are_ordered_when_both_are_strict() {
    check(&[
        (r#""1.5.2""#, "LessThan", r#""1.5.10""#, true),
        (r#""1.5.2-rc.1""#, "LessThan", r#""1.5.2""#, true),
        (r#""1.5.2+b""#, "GreaterThanOrEquals", r#""1.5.2+a""#, true),
        (r#""1.5.2+a""#, "GreaterThan", r#""1.5.2""#, false),
        (r#""v1.5.2""#, "GreaterThan", r#""v1.5.0""#, false),
        (r#""1.5.2""#, "GreaterThan", r#""1.5""#, false),
    ]);
}

#[test]
fn scalar_keys_in_sets() {
    check(&[
        (r#""a""#, "AnyIn", r#"["a*"]"#, true),
        (r#""a*""#, "AllIn", r#"["ab"]"#, true),
        (r#""a""#, "AnyIn", r#""[\"a\"]""#, true),
        (r#""a""#, "AnyIn", r#""[\"a*\"]""#, false),
        (r#""5""#, "AnyNotIn", r#""6""#, false),
        (r#""a""#, "AllNotIn", r#""null""#, true),
        (r#""a""#, "AllNotIn", r#""b""#, true),
        ("80.0", "AnyIn", "80.0", false),
        ("80.0", "AnyNotIn", "80.0", false),
        ("80.0", "AnyIn", "[80]", true),
        ("1000000.0", "AnyIn", "[1000000]", false),
        ("2.0", "AnyIn", r#""1-3""#, true),
        (r#""x""#, "AnyNotIn", r#""1-3""#, true),
        (r#""2""#, "AnyIn", r#"["1-3"]"#, false),
        ("{}", "AllNotIn", r#"["a"]"#, false),
    ]);
}

#[test]
fn list_keys_in_sets() {
    check(&[
        (r#"["a", "b"]"#, "AnyIn", r#"["a"]"#, true),
        (r#"["a", "b"]"#, "AllIn", r#"["a"]"#, false),
        (r#"["a", "b"]"#, "AnyNotIn", r#"["a"]"#, true),
        (r#"["a", "b"]"#, "AllNotIn", r#"["a"]"#, false),
        (r#"["a"]"#, "AnyIn", r#""[\"a*\"]""#, true),
        (r#"["a"]"#, "AnyIn", r#""a*""#, true),
        (r#"["a"]"#, "AnyNotIn", r#""a""#, false),
        (r#"["5"]"#, "AnyNotIn", r#""6""#, false),
        ("[80.0]", "AnyIn", "80.0", true),
        ("[80.0]", "AllIn", "80.0", false),
        (r#"["2", "9"]"#, "AnyNotIn", r#""1-3""#, true),
        (r#"["x"]"#, "AnyNotIn", r#""1-3""#, false),
        (r#"["x"]"#, "AllNotIn", r#""1-3""#, true),
        (r#"["2"]"#, "AnyNotIn", r#""-1-3""#, true),
        ("[]", "AllIn", r#""a""#, true),
        ("[]", "AnyNotIn", r#"["a"]"#, false),
    ]);
}

#[test]
fn deprecated_operators_compare_list_keys_exactly() {
    check(&[
        (r#""a""#, "In", r#"["a*"]"#, true),
        (r#""a""#, "NotIn", r#""b""#, false),
        (r#"["a"]"#, "In", r#"["a*"]"#, false),
        (r#"["a", "b"]"#, "NotIn", r#"["a"]"#, true),
        (r#"["a"]"#, "In", r#""a""#, true),
        (r#"["a"]"#, "NotIn", r#""a""#, true),
        (r#"["a"]"#, "NotIn", r#"["b", 1]"#, false),
        ("[]", "In", r#"["a"]"#, true),
    ]);
    let error = evaluate(&value("[1]"), &Operator::new("In"), &value("[]")).unwrap_err();
    assert_eq!(error, ConditionError::KeyNotText("In".to_owned()));
}

#[test]
fn long_texts_take_no_time() {
    let start = std::time::Instant::now();
    for unit in ["1", "a", "[", "[\"a\"],", "1h", "1-", "9.", "*"] {
        let text = Value::text(unit.repeat((1 << 15) / unit.len()));
        for operator in Operator::names() {
            let _ = evaluate(&text, &Operator::new(operator), &text);
        }
    }
    assert!(start.elapsed().as_secs() < 10);
}

proptest! {
    #[test]
    fn a_prepared_value_gives_the_same_answer_each_time(
        key in "[-\\[\\]\",0-9a-c.*?hMGi]{0,8}",
        other in "[-\\[\\]\",0-9a-c.*?hMGi]{0,8}",
        number in -3.0..3.0f64,
    ) {
        let prepared = Prepared::new(Value::text(other.as_str()));
        for key in [Value::text(key.as_str()), Value::Float(number), Value::list([Value::text(key.as_str())])] {
            for operator in Operator::names().map(Operator::new) {
                let first = evaluate_prepared(&key, &operator, &prepared);
                prop_assert_eq!(&first, &evaluate_prepared(&key, &operator, &prepared));
                prop_assert_eq!(&first, &evaluate(&key, &operator, &Value::text(other.as_str())));
            }
        }
    }
}

#[test]
fn long_lists_answer_as_short_ones() {
    let texts =
        |prefix: &str, count: usize| (0..count).map(|at| Value::text(format!("{prefix}{at}"))).collect::<Vec<_>>();
    let ask = |operator: &str, key: &[Value], value: &[Value]| {
        evaluate(&Value::list(key.to_vec()), &Operator::new(operator), &Value::list(value.to_vec()))
    };
    let (keys, others) = (texts("a", 3000), texts("b", 3000));
    let with = |items: &[Value], item: &str| [items, &[Value::text(item)]].concat();
    for (key, value, any, all) in [
        (keys.clone(), others.clone(), false, false),
        (keys.clone(), with(&others, "a7"), true, false),
        (keys.clone(), with(&others, "a*"), true, true),
        (with(&keys, "b?"), others.clone(), true, false),
        (keys.clone(), keys.clone(), true, true),
    ] {
        assert_eq!(ask("AnyIn", &key, &value), Ok(any));
        assert_eq!(ask("AllIn", &key, &value), Ok(all));
        assert_eq!(ask("AnyNotIn", &key, &value), Ok(!all));
        assert_eq!(ask("AllNotIn", &key, &value), Ok(!any));
    }
    assert!(matches!(ask("AnyIn", &keys, &texts("*b", 3000)), Err(ConditionError::TooLong(_))));
}
