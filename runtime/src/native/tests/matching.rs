//! Match and exclude blocks.

use dikast_compiler::codegen::Status;

use super::{policy, statuses};

/// Whether a rule whose match block has these lines below `resources` matches each Pod.
fn matches(block: &str, reviews: &[&str]) -> Vec<bool> {
    let rule = format!("{}\nvalidate:\n  message: m\n  pattern:\n    kind: Pod", block.trim_matches('\n'));
    statuses(&policy(&rule), reviews).into_iter().map(|status| status == Status::Pass).collect()
}

#[test]
fn names_and_namespaces() {
    let block = r#"
match:
  any:
    - resources:
        kinds: [Pod]
        names: ["web-*", db]
        namespaces: ["team-?", ""]
"#;
    assert_eq!(
        matches(
            block,
            &[
                r#""metadata":{"name":"web-1","namespace":"team-a"}"#,
                r#""metadata":{"name":"db"}"#,
                r#""metadata":{"generateName":"web-"}"#,
                r#""metadata":{"name":"db","namespace":"team-ab"}"#,
                r#""metadata":{"name":"dbx"}"#,
                "",
            ],
        ),
        [true, true, true, false, false, false]
    );
}

#[test]
fn labels_and_annotations() {
    let block = r#"
match:
  all:
    - resources:
        kinds: [Pod]
        selector:
          matchLabels:
            app: web
          matchExpressions:
            - {key: tier, operator: In, values: [front, back]}
            - {key: old, operator: DoesNotExist}
            - {key: env, operator: NotIn, values: [dev]}
    - resources:
        kinds: [Pod]
        annotations:
          "team/*": "?*"
          owner: jane
"#;
    let all = r#""metadata":{"labels":{"app":"web","tier":"back"},"annotations":{"team/x":"y","owner":"jane"}}"#;
    assert_eq!(
        matches(
            block,
            &[
                all,
                &all.replace("back", "middle"),
                &all.replace(r#""app":"web""#, r#""app":"web","old":"""#),
                &all.replace(r#""app":"web""#, r#""app":"web","env":"dev""#),
                &all.replace("team/x", "tea/x"),
                &all.replace("jane", "joe"),
                "",
            ],
        ),
        [true, false, false, false, false, false, false]
    );
    let block = r#"
match:
  any:
    - resources:
        kinds: [Pod]
        selector:
          matchLabels:
            "app*": "w?b"
"#;
    assert_eq!(
        matches(
            block,
            &[
                r#""metadata":{"labels":{"x":"web","app.io":"web"}}"#,
                r#""metadata":{"labels":{"app":"wob"}}"#,
                r#""metadata":{"labels":{"app":"wb"}}"#,
            ],
        ),
        [true, true, false]
    );
}

#[test]
fn users_and_exclusion() {
    let block = r#"
match:
  any:
    - resources:
        kinds: [Pod]
      subjects:
        - {kind: User, name: "ja*"}
        - {kind: Group, name: nobody}
exclude:
  any:
    - subjects:
        - {kind: Group, name: "system:*"}
      resources:
        namespaces: [kube-system]
    - resources:
        names: [special]
"#;
    assert_eq!(
        matches(
            block,
            &[
                r#""metadata":{"name":"a"}"#,
                r#""metadata":{"name":"special"}"#,
                r#""metadata":{"name":"a","namespace":"kube-system"}"#,
                r#""metadata":{"name":"a","namespace":"default"}"#,
            ],
        ),
        [true, false, false, true]
    );
    let block = r#"
match:
  any:
    - resources:
        kinds: [Pod]
      clusterRoles: [admin]
    - resources:
        kinds: [Pod]
        namespaceSelector:
          matchLabels: {a: b}
"#;
    assert_eq!(matches(block, &[""]), [false]);
}

/// Many policies are found by their keys; the interpreter asks them one by one and says the same.
#[test]
fn policies_with_keys_are_asked_when_a_request_names_one() {
    let matches = [
        "namespaces: [team-a]",
        "namespaces: [team-a, \"team-*\"]",
        "namespaces: [\"*-b\"]",
        "names: [web, \"db-*\"]",
        "selector: {matchLabels: {app: web}}",
        "selector: {matchLabels: {\"app*\": web}}",
        "selector: {matchExpressions: [{key: tier, operator: In, values: [front, back]}, {key: app, operator: Exists}]}",
        "selector: {matchExpressions: [{key: tier, operator: NotIn, values: [front]}]}",
    ];
    let mut policies: Vec<String> = matches
        .iter()
        .map(|criteria| {
            let rule = format!(
                "match:\n  any:\n    - resources:\n        kinds: [Pod]\n        {criteria}\n    - resources:\n        kinds: \
                 [Pod]\n        names: [always-*]\nvalidate:\n  message: m\n  pattern:\n    metadata:\n      name: web"
            );
            policy(&rule)
        })
        .collect();
    let rule = "match:\n  any:\n    - resources:\n        kinds: [Pod]\n      subjects: [{kind: User, name: jane}]\nvalidate:\n  \
                message: m\n  pattern:\n    metadata:\n      name: web";
    policies.push(policy(rule));
    policies.push(policy(&rule.replace("jane", "joe")));
    policies.push(
        policy(&rule.replace("subjects: [{kind: User, name: jane}]", "{}").replace("\n      {}", ""))
            .replace("kind: ClusterPolicy", "kind: Policy")
            .replace("name: p\n", "name: p\n  namespace: team-b\n"),
    );
    let named: Vec<String> =
        policies.iter().enumerate().map(|(at, text)| text.replace("name: p\n", &format!("name: p{at}\n"))).collect();
    let reviews = [
        r#""metadata":{"name":"web","namespace":"team-a"}"#,
        r#""metadata":{"name":"db-1","namespace":"team-b","labels":{"app":"web"}}"#,
        r#""metadata":{"generateName":"always-","labels":{"app":"x","tier":"back"}}"#,
        r#""metadata":{"generateName":"db-","namespace":"other","labels":{"apps":"web","tier":"front"}}"#,
        "",
    ];
    for review in reviews {
        statuses(&named.join("---\n"), &[review]);
    }
}
