//! Patterns: anchors, scalars, lists, wildcards in keys.

use dikast_compiler::codegen::Status;

use super::{on_pods, statuses};

#[test]
fn a_pattern_with_equality_anchors() {
    let policies = on_pods(
        r#"
validate:
  message: Privileged mode is disallowed.
  pattern:
    spec:
      =(initContainers):
        - =(securityContext):
            =(privileged): "false"
      containers:
        - =(securityContext):
            =(privileged): "false"
"#,
    );
    assert_eq!(
        statuses(
            &policies,
            &[
                r#""spec":{"containers":[{"name":"a"}]}"#,
                r#""spec":{"containers":[{"securityContext":{"privileged":false}},{"securityContext":{"privileged":"false"}}]}"#,
                r#""spec":{"containers":[{"name":"a"},{"securityContext":{"privileged":true}}]}"#,
                r#""spec":{"initContainers":[{"securityContext":{"privileged":true}}],"containers":[]}"#,
                r#""spec":{"initContainers":null,"containers":[]}"#,
                r#""spec":{"containers":[{"securityContext":{"privileged":"fals"}}]}"#,
                r#""spec":{"containers":[{"securityContext":{"privileged":"f\u0061lse"}}]}"#,
                r#""spec":{"containers":[{"securityContext":1}]}"#,
                r#""spec":{"containers":{}}"#,
                r#""spec":{}"#,
                "",
            ],
        ),
        [
            Status::Pass,
            Status::Pass,
            Status::Fail,
            Status::Fail,
            Status::Fail,
            Status::Fail,
            Status::Pass,
            Status::Fail,
            Status::Fail,
            Status::Fail,
            Status::Fail,
        ]
    );
}

fn pattern(pattern: &str) -> String {
    let pattern: String = pattern.trim_matches('\n').lines().map(|line| format!("    {line}\n")).collect();
    on_pods(&format!("validate:\n  message: m\n  pattern:\n{pattern}"))
}

#[test]
fn scalars_by_type() {
    let policies = pattern("spec:\n  a: 5\n");
    assert_eq!(
        statuses(
            &policies,
            &[
                r#""spec":{"a":5}"#,
                r#""spec":{"a":5.0}"#,
                r#""spec":{"a":"5"}"#,
                r#""spec":{"a":"5.0"}"#,
                r#""spec":{"a":6}"#,
                r#""spec":{}"#
            ]
        ),
        [Status::Pass, Status::Pass, Status::Pass, Status::Fail, Status::Fail, Status::Fail]
    );
    let policies = pattern("spec:\n  a: true\n  b: null\n");
    assert_eq!(
        statuses(
            &policies,
            &[
                r#""spec":{"a":true}"#,
                r#""spec":{"a":"true"}"#,
                r#""spec":{"a":true,"b":""}"#,
                r#""spec":{"a":true,"b":0}"#,
                r#""spec":{"a":true,"b":"x"}"#,
                r#""spec":{"a":true,"b":[]}"#,
                r#""spec":{"a":true,"b":{}}"#
            ]
        ),
        [Status::Pass, Status::Fail, Status::Pass, Status::Pass, Status::Fail, Status::Pass, Status::Fail]
    );
}

#[test]
fn scalars_with_operators() {
    let spec = |values: &[&str]| values.iter().map(|value| format!(r#""spec":{{"a":{value}}}"#)).collect::<Vec<_>>();
    let check = |text: &str, values: &[&str], expected: &[bool]| {
        let policies = pattern(&format!("spec:\n  a: \"{text}\"\n"));
        let reviews = spec(values);
        let reviews: Vec<&str> = reviews.iter().map(String::as_str).collect();
        let found: Vec<bool> = statuses(&policies, &reviews).into_iter().map(|status| status == Status::Pass).collect();
        assert_eq!(found, expected, "{text}");
    };
    check(
        ">0",
        &["1", "0", "\"1\"", "\"1Gi\"", "null", "\"x\"", "1.5", "true"],
        &[true, false, true, true, false, false, true, false],
    );
    check("<=1Gi", &["\"512Mi\"", "\"2Gi\"", "5", "null"], &[true, false, true, true]);
    check("1h", &["\"60m\"", "\"1h\"", "3600"], &[true, true, false]);
    check("10-20", &["10", "\"20\"", "21", "\"10-20\""], &[true, true, false, true]);
    check("10!-20", &["9", "10", "21"], &[true, false, true]);
    check(
        "a* | *b | ?c & !cc",
        &["\"ax\"", "\"xb\"", "\"xc\"", "\"cc\"", "\"c\"", "\"\""],
        &[true, true, true, false, false, false],
    );
    check("!*:latest", &["\"nginx:latest\"", "\"nginx\"", "null", "5"], &[false, true, false, true]);
    check(
        "?*",
        &["\"\"", "\"x\"", "5", "true", "null", "[]", "[\"\"]", "[\"a\",\"b\"]", "{}"],
        &[false, true, true, true, false, true, false, true, false],
    );
    check("*", &["\"\"", "{}", "[1]", "null"], &[true, true, true, false]);
    check("*mid*", &["\"amidst\"", "\"a\"", "\"grümide\""], &[true, false, true]);
    check("grüße", &["\"grüße\"", "\"gr\\u00fc\\u00dfe\"", "\"grusse\""], &[true, true, false]);
}

#[test]
fn conditional_anchors_skip() {
    let policies = pattern("spec:\n  containers:\n    - (image): \"*:latest\"\n      imagePullPolicy: Always\n");
    assert_eq!(
        statuses(
            &policies,
            &[
                r#""spec":{"containers":[{"image":"a:1","imagePullPolicy":"Never"}]}"#,
                r#""spec":{"containers":[{"image":"a:latest","imagePullPolicy":"Always"},{"image":"b:1"}]}"#,
                r#""spec":{"containers":[{"image":"a:latest","imagePullPolicy":"Never"}]}"#,
                r#""spec":{"containers":[{"name":"a"}]}"#,
                r#""spec":{"containers":[]}"#,
                r#""spec":{"containers":["a"]}"#,
            ],
        ),
        [Status::Skip, Status::Pass, Status::Fail, Status::Skip, Status::Pass, Status::Fail]
    );
}

#[test]
fn anchors_of_all_kinds() {
    let policies = pattern(
        r#"
metadata:
  labels:
    X(legacy): "null"
spec:
  <(hostNetwork): false
  ^(containers):
    - name: main
    - image: "*"
  =(volumes):
    - X(hostPath): "null"
"#,
    );
    assert_eq!(
        statuses(
            &policies,
            &[
                r#""metadata":{"labels":{}},"spec":{"containers":[{"name":"main","image":"a"}]}"#,
                r#""metadata":{"labels":{"legacy":null}},"spec":{"containers":[{"name":"main","image":"a"}]}"#,
                r#""metadata":{"labels":{}},"spec":{"hostNetwork":true,"containers":[{"name":"main","image":"a"}]}"#,
                r#""metadata":{"labels":{}},"spec":{"containers":[{"name":"side"}]}"#,
                r#""metadata":{"labels":{}},"spec":{"containers":[{"name":"main"},{"image":"x"}],"volumes":[{"hostPath":{}}]}"#,
                r#""metadata":{"labels":{}},"spec":{}"#,
            ],
        ),
        [Status::Pass, Status::Fail, Status::Skip, Status::Fail, Status::Fail, Status::Pass]
    );
}

#[test]
fn skips_of_nested_maps() {
    let policies = pattern(
        r#"
spec:
  =(a):
    (x): "1"
    y: "2"
  =(b):
    <(x): "1"
  =(c): "3"
  d:
    (e): "5"
    =(f):
      (g): "6"
"#,
    );
    statuses(
        &policies,
        &[
            r#""spec":{"a":{"x":"0"},"d":{"e":"5"}}"#,
            r#""spec":{"a":{"x":"0"},"c":"3","d":{"e":"5"}}"#,
            r#""spec":{"a":{"x":"0"},"c":"4","d":{"e":"5"}}"#,
            r#""spec":{"a":{"x":"1","y":"3"},"d":{"e":"5"}}"#,
            r#""spec":{"b":{"x":"0"},"c":"3","d":{"e":"5"}}"#,
            r#""spec":{"b":{"x":"0"},"c":"4","d":{"e":"5"}}"#,
            r#""spec":{"c":"4","d":{"e":"5"}}"#,
            r#""spec":{"d":{"e":"4"}}"#,
            r#""spec":{"d":{"e":"5","f":{"g":"0"}}}"#,
            r#""spec":{"d":{"f":{"g":"0"}}}"#,
            r#""spec":{"d":{"e":"5","f":{"g":"6"}}}"#,
        ],
    );
}

#[test]
fn any_pattern() {
    let policies = on_pods(
        "validate:\n  message: m\n  anyPattern:\n    - spec:\n        a: 1000\n    - spec:\n        (b): \"x\"\n        c: \"y\"\n",
    );
    assert_eq!(
        statuses(
            &policies,
            &[
                r#""spec":{"a":1000}"#,
                r#""spec":{"a":"1e3"}"#,
                r#""spec":{"b":"x","c":"y"}"#,
                r#""spec":{"b":"x"}"#,
                r#""spec":{"b":"z"}"#,
            ],
        ),
        [Status::Pass, Status::Pass, Status::Pass, Status::Fail, Status::Fail]
    );
}

#[test]
fn wildcards_in_keys_of_labels_and_annotations() {
    let policies = pattern("metadata:\n  =(annotations):\n    =(seccomp.example/*): \"safe | local/*\"\n");
    assert_eq!(
        statuses(
            &policies,
            &[
                "",
                r#""metadata":{}"#,
                r#""metadata":{"annotations":{"other":"x"}}"#,
                r#""metadata":{"annotations":{"seccomp.example/pod":"safe"}}"#,
                r#""metadata":{"annotations":{"a":"b","seccomp.example/pod":"unsafe"}}"#,
                r#""metadata":{"annotations":{"seccomp.example/a":"safe","seccomp.example/b":"unsafe"}}"#,
                r#""metadata":{"annotations":{"seccomp.example/a":5}}"#,
                r#""metadata":{"annotations":"x"}"#,
            ],
        ),
        [
            Status::Fail,
            Status::Pass,
            Status::Pass,
            Status::Pass,
            Status::Fail,
            Status::Interpret,
            Status::Pass,
            Status::Fail,
        ]
    );
    let policies = pattern("metadata:\n  labels:\n    app.example/*: \"?*\"\n");
    assert_eq!(
        statuses(
            &policies,
            &[
                r#""metadata":{"labels":{"app.example/name":"x"}}"#,
                r#""metadata":{"labels":{"app":"x"}}"#,
                r#""metadata":{}"#
            ],
        ),
        [Status::Pass, Status::Fail, Status::Fail]
    );
}

#[test]
fn long_texts_and_long_lists() {
    let long = |first: &str| format!("{first}{}", "é".repeat(200));
    let many = (0..1200).map(|number| format!("x{number}")).collect::<Vec<_>>().join(" | ");
    for (wanted, found, status) in [
        (long("a"), long("a"), Status::Pass),
        (long("a"), long("b"), Status::Fail),
        (format!("{}*", long("a")), format!("{}z", long("a")), Status::Pass),
        (format!("{}*", long("a")), format!("{}z", long("b")), Status::Fail),
        (format!("*{}", long("a")), format!("z{}", long("a")), Status::Pass),
        (format!("*{}", long("a")), format!("z{}", long("b")), Status::Fail),
        (format!("*{}*", long("a")), format!("z{}z", long("a")), Status::Pass),
        (many.clone(), "x1100".to_owned(), Status::Pass),
        (many, "y".to_owned(), Status::Fail),
    ] {
        let policies = pattern(&format!("spec:\n  a: {wanted:?}\n"));
        assert_eq!(statuses(&policies, &[&format!(r#""spec":{{"a":{found:?}}}"#)]), [status], "{wanted}");
    }
}
