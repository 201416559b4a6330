//! Questions about documents.

use dikast_compiler::codegen::{Question, QuestionError};
use dikast_compiler::lower::expression::lower_query;
use dikast_stdlib::Value;

use crate::document::Frame;
use crate::native::{NativeQuestion, Outcome};
use dikast_stdlib::functions::Isolated;

fn answer(expression: &str, document: &str) -> Outcome {
    let (program, expr) = lower_query(expression).unwrap();
    let question = NativeQuestion::compile(&program, &Question::Query(expr)).unwrap();
    let mut frame = Frame::default();
    let mut asked = question.read(&mut frame, document.as_bytes()).unwrap();
    let first = asked.answer(&Isolated::EPOCH);
    assert_eq!(asked.answer(&Isolated::EPOCH), first, "asked again");
    first
}

#[test]
fn values_come_out() {
    let document =
        r#"{"name":"a","n":4,"list":[{"k":"x","n":2},{"k":"y","n":1}],"map":{"b":1,"a":"\u00e9"},"deep":[[["z"]]]}"#;
    let cases = [
        ("name", r#""a""#),
        ("add(n, `0.5`)", "4.5"),
        ("divide(n, `8`)", "0.5"),
        ("length(list)", "2"),
        ("length(map.a)", "1"),
        ("map.*", r#"["é",1]"#),
        ("keys(map)", r#"["a","b"]"#),
        ("list[*].k", r#"["x","y"]"#),
        ("list[?n > `1`].k | [0]", r#""x""#),
        ("sort_by(list, &n)[].k", r#"["y","x"]"#),
        ("map(&missing, list)", "[null,null]"),
        ("deep[*][*][0]", r#"[["z"]]"#),
        ("[name, n] | {first: @[0], all: @}", r#"{"first":"a","all":["a",4]}"#),
        ("list[::-1] | [0].k", r#""y""#),
        ("missing || 'none'", r#""none""#),
        ("starts_with(name, 'a') && contains(list[].k, 'y')", "true"),
        ("@ == `{}`", "false"),
    ];
    for (expression, value) in cases {
        let value: Value = serde_json::from_str(value).unwrap();
        assert_eq!(answer(expression, document), Outcome::Value(value.to_floats()), "{expression}");
    }
}

#[test]
fn errors_are_outcomes() {
    for expression in ["missing", "add(name, `1`)", "divide(`1`, zero)", "max_by(list, &k)", "list[?length(@) > `1`]"] {
        let document = r#"{"name":"a","zero":0,"list":[1,2]}"#;
        assert_eq!(answer(expression, document), Outcome::Error, "{expression}");
    }
    assert_eq!(answer("list[*].to_number(@) | [0] || 'x'", r#"{"list":[1]}"#), Outcome::Value(Value::Float(1.0)));
}

#[test]
fn errors_of_names_below_a_list_are_left() {
    let names = |document: &str| answer("list[].keys(@)[]", document);
    assert_eq!(names(r#"{"list":[{"a":1},{"b":2}]}"#), answer("list", r#"{"list":["a","b"]}"#));
    // Flattening swallows the error, and what the first item yielded with it.
    assert_eq!(names(r#"{"list":[{"a":1},"b"]}"#), Outcome::Undecided);
}

#[test]
fn what_is_left_says_why() {
    let cases = [
        ("to_string(&name)", "an expression as an argument"),
        // The second item of the inner list makes Kyverno crash, before the first of the outer list is an error.
        ("list[*].{m: merge(@, @)}[*].to_number(m)[]", "errors of a list of a computed list, swallowed"),
    ];
    for (expression, why) in cases {
        let (program, expr) = lower_query(expression).unwrap();
        match NativeQuestion::compile(&program, &Question::Query(expr)) {
            Err(QuestionError::Interpreted(reason)) => assert_eq!(reason, why, "{expression}"),
            other => panic!("{expression}: {other:?}"),
        }
    }
}
