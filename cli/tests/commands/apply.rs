//! `dikast apply`

use std::fs;

use super::{dikast, folder, give};

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: registry, namespace: vault, labels: {share: all}}\ndata: {key: eA==}\n";

/// A policy with three rules for namespaces: data, a clone, a list of clones.
fn generating() -> String {
    let rule = |name: &str, body: &str| {
        format!(
            "  - name: {name}\n    match: {{any: [{{resources: {{kinds: [Namespace]}}}}]}}\n    generate:\n      \
             namespace: \"{{{{ request.object.metadata.name }}}}\"\n{body}"
        )
    };
    let of_kind = |kind: &str, name: &str, body: &str| {
        format!("      apiVersion: v1\n      kind: {kind}\n      name: {name}\n      {body}\n")
    };
    [
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: furnish}\nspec:\n  rules:\n".to_owned(),
        rule("data", &of_kind("ConfigMap", "made", "data: {data: {a: b}}")),
        rule("clone", &of_kind("Secret", "pull", "clone: {name: registry, namespace: vault}")),
        rule(
            "list",
            "      cloneList: {kinds: [v1/Secret], namespace: vault, selector: {matchLabels: {share: all}}}\n",
        ),
    ]
    .concat()
}

#[test]
fn clones_are_made_of_the_objects_given() {
    let folder = folder("clones");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(folder.join("policy.yaml"), generating()).unwrap();
    fs::write(folder.join("namespace.yaml"), NAMESPACE).unwrap();
    fs::write(folder.join("secret.yaml"), SECRET).unwrap();
    let objects = format!("{},{}", path("namespace.yaml"), path("secret.yaml"));
    let made = give(0, &["apply", &path("policy.yaml"), "-r", &objects, "-i"]);
    let names: Vec<_> = made.lines().filter_map(|line| line.strip_prefix("  name: ")).collect();
    assert_eq!(names, ["made", "pull", "registry"], "{made}");
    assert_eq!(made.matches("  namespace: shop\n").count(), 3, "{made}");
}

#[test]
fn a_missing_source_is_an_error_and_hides_nothing() {
    let folder = folder("no-source");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(folder.join("policy.yaml"), generating()).unwrap();
    fs::write(folder.join("namespace.yaml"), NAMESPACE).unwrap();
    let output = dikast(&["apply", &path("policy.yaml"), "-r", &path("namespace.yaml")]);
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{out}");
    assert!(out.contains("\n  name: made\n"), "{out}");
    assert!(out.contains("error: source resource v1/Secret/vault/registry not found"), "{out}");
    assert!(out.contains("\npass: 2, fail: 0, warn: 0, error: 1, skip: 0 \n"), "{out}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("warning: policy furnish rule list generates nothing for v1/Namespace//shop"), "{told}");
}

#[test]
fn a_bad_item_leaves_the_others_of_its_list_alone() {
    let folder = folder("lists");
    let path = |name: &str| folder.join(name).display().to_string();
    let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  rules:\n  - name: r\n    \
                  match: {any: [{resources: {kinds: [Pod]}}]}\n    validate: {message: m, pattern: {metadata: {name: \"?*\"}}}\n";
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    let yaml = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {metadata: {name: b}}\n\
                - {apiVersion: v1, kind: Pod, metadata: {name: c}}\n";
    fs::write(folder.join("list.yaml"), yaml).unwrap();
    let json = r#"{"apiVersion": "v1", "kind": "PodList",
 "items": [{"metadata": {"name": "a"}}, 5, {"metadata": {"name": "c"}}]}"#;
    fs::write(folder.join("list.json"), json).unwrap();
    for (file, place) in [("list.yaml", ":5:3: "), ("list.json", ":2:41: ")] {
        let output = dikast(&["apply", &path("policy.yaml"), "-r", &path(file)]);
        let (out, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(out.contains("\npass: 2, fail: 0, warn: 0, error: 1, skip: 0 \n"), "{file}: {out}\n{told}");
        assert!(told.contains(&format!("{file}{place}is no Kubernetes object")), "{told}");
    }
}

#[test]
fn what_a_policy_lacks_is_told_only_when_nothing_gives_it() {
    let folder = folder("lacking");
    let path = |name: &str| folder.join(name).display().to_string();
    let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  rules:\n  - name: r\n    \
                  match: {any: [{resources: {kinds: [Namespace]}}]}\n    context:\n    - name: image\n      \
                  imageRegistry: {reference: \"web:1\"}\n    - name: shared\n      globalReference: {name: teams}\n    \
                  validate:\n      message: denied\n      deny: {conditions: {all: [{key: \"{{ image.os }}{{ shared.a }}{{ \
                  to_string(given) }}{{ to_string(other || '') }}\", operator: Equals, value: x}]}}\n";
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    fs::write(folder.join("namespace.yaml"), NAMESPACE).unwrap();
    let apply = |values: &str| {
        let output = dikast(&["apply", &path("policy.yaml"), "-r", &path("namespace.yaml"), "-s", values]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(apply("image.os=linux,shared.a=b,given=c"), (Some(0), String::new()));
    let (code, told) = apply("given=c");
    assert_eq!(code, Some(1));
    assert!(told.contains("DK0403"), "{told}");
}

#[test]
fn reports_of_namespaced_policies_come_behind_that_of_all_others() {
    let folder = folder("reports");
    let path = |name: &str| folder.join(name).display().to_string();
    let policy = |kind: &str, metadata: &str| {
        format!(
            "---\napiVersion: kyverno.io/v1\nkind: {kind}\nmetadata: {metadata}\nspec:\n  rules:\n  - name: r\n    match: {{any: \
             [{{resources: {{kinds: [Pod]}}}}]}}\n    validate: {{message: \"two\\nlines\", pattern: {{metadata: {{name: \"a*\"}}}}}}\n"
        )
    };
    let policies =
        [policy("Policy", "{name: own, namespace: default}"), policy("ClusterPolicy", "{name: all}")].concat();
    fs::write(folder.join("policies.yaml"), policies).unwrap();
    let pods =
        ["a1", "b1"].map(|name| format!("---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n")).concat();
    fs::write(folder.join("pods.yaml"), pods).unwrap();
    for format in ["yaml", "json"] {
        let arguments = ["apply", &path("policies.yaml"), "-r", &path("pods.yaml"), "-p", "--output-format", format];
        let out = give(1, &arguments);
        let reports: Vec<serde_yaml::Value> =
            out.split("---\n").map(|report| serde_yaml::from_str(report).unwrap()).collect();
        let kinds: Vec<_> = reports.iter().map(|report| report["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["ClusterPolicyReport", "PolicyReport"], "{out}");
        for report in &reports {
            let results = report["results"].as_sequence().unwrap();
            let of: Vec<_> = results.iter().map(|result| result["result"].as_str().unwrap()).collect();
            assert_eq!(of, ["pass", "fail"]);
            assert!(results[1]["message"].as_str().unwrap().contains("two\nlines"), "{out}");
            assert_eq!((report["summary"]["pass"].as_u64(), report["summary"]["fail"].as_u64()), (Some(1), Some(1)));
        }
    }
}

#[test]
fn report_properties_without_an_answer_stay_as_written() {
    let folder = folder("properties");
    let path = |name: &str| folder.join(name).display().to_string();
    let rule = |name: &str, properties: &str, rest: &str| {
        format!(
            "  - name: {name}\n    match: {{any: [{{resources: {{kinds: [ConfigMap]}}}}]}}\n    \
             reportProperties: {{{properties}}}\n{rest}    validate: {{message: m, pattern: {{data: {{a: b}}}}}}\n"
        )
    };
    let skipped = "    preconditions: {all: [{key: a, operator: Equals, value: b}]}\n";
    let policy = [
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: annotated}\nspec:\n  rules:\n".to_owned(),
        rule("known", "of: 'for {{ request.object.metadata.name }}'", ""),
        rule("unknown", "a: 'of {{ request.object.metadata.name }}', b: '{{ request.object.team }}'", ""),
        rule("skipped", "c: 'with {{ request.object.metadata.name }}'", skipped),
    ];
    fs::write(folder.join("policy.yaml"), policy.concat()).unwrap();
    fs::write(folder.join("object.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\n").unwrap();
    let report =
        String::from_utf8(dikast(&["apply", &path("policy.yaml"), "-r", &path("object.yaml"), "-p"]).stdout).unwrap();
    for line in [
        "of: for notes",
        "a: of {{ request.object.metadata.name }}",
        "b: '{{ request.object.team }}'",
        "c: with {{ request.object.metadata.name }}",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
}

#[test]
fn violated_controls_are_reported_with_their_images() {
    let folder = folder("controls");
    let path = |name: &str| folder.join(name).display().to_string();
    let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: standard}\nspec:\n  rules:\n  \
                  - name: baseline\n    match: {any: [{resources: {kinds: [Pod]}}]}\n    \
                  validate: {podSecurity: {level: baseline, version: latest}}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostPID: true\n  containers:\n  \
               - {name: c, image: 'web:1', securityContext: {privileged: true}}\n";
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    fs::write(folder.join("pod.yaml"), pod).unwrap();
    let report =
        String::from_utf8(dikast(&["apply", &path("policy.yaml"), "-r", &path("pod.yaml"), "-p"]).stdout).unwrap();
    let controls = r#"[{"ID":"hostNamespaces","Name":"Host Namespaces","Images":null},{"ID":"privileged","Name":"Privileged Containers","Images":["docker.io/web:1"]}]"#;
    assert!(report.contains(controls), "{report}");
}

/// Policies that Kyverno's command line refuses, each for another reason, around one that it runs.
const REFUSED: &str = "\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: of-users}
spec:
  rules:
  - name: of-users
    match: {any: [{resources: {kinds: [Pod]}, clusterRoles: [viewer]}]}
    validate: {message: never asked, deny: {}}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: twice}
spec:
  rules:
  - name: one
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate: {message: never asked, deny: {}}
  - name: one
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate: {message: never asked, deny: {}}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: without-namespace}
spec:
  rules:
  - name: make
    match: {any: [{resources: {kinds: [Pod]}}]}
    generate: {apiVersion: v1, kind: Namespace, name: made, data: {}}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: misspelt}
spec:
  rules:
  - name: two-faults
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate: {denyy: {}, messag: none}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: in-order}
spec:
  rules:
  - name: refuse
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate: {message: asked, deny: {}}
";

#[test]
fn policies_that_kyverno_refuses_are_not_run_and_count_once_each() {
    let folder = folder("apply-refused");
    fs::write(folder.join("policies.yaml"), REFUSED).unwrap();
    fs::write(folder.join("pod.yaml"), "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}}").unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    let out = give(1, &["apply", &path("policies.yaml"), "-r", &path("pod.yaml"), "--remove-color"]);
    let skipped = "Policies Skipped:\n1. of-users: `clusterRoles` has no value in background scans\n\
                   2. twice: the rule name `one` is used twice\n\
                   3. without-namespace: a `Namespace` to generate without its namespace\n\
                   4. misspelt: ";
    assert!(out.contains(skipped), "{out}");
    assert!(out.contains("policy in-order -> resource shop/Pod/web failed:") && !out.contains("never asked"), "{out}");
    assert!(out.ends_with("pass: 0, fail: 1, warn: 0, error: 4, skip: 0 \n"), "{out}");
}

/// What the API server would not take is left out with its place; a policy with a repeated key is none for Kyverno's command
/// line either.
#[test]
fn objects_of_wrong_types_and_repeated_keys_are_told_of() {
    let folder = folder("wrong-types");
    let path = |name: &str| folder.join(name).display().to_string();
    let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  rules:\n  - name: r\n    \
                  match: {any: [{resources: {kinds: [Pod]}}]}\n    validate: {message: m, pattern: {metadata: {name: \"?*\"}}}\n";
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    fs::write(folder.join("repeated.yaml"), policy.replace("{name: p}", "{name: q}") + "kind: Policy\n").unwrap();
    let good = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\n---\n";
    let wrong = [
        (
            "apiVersion: v1\nkind: Pod\nmetadata: [a]\n",
            ":7:11: is no Kubernetes object: `metadata` is of type array, not object",
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n",
            ":7:18: is no Kubernetes object: `name` is of type number, not string",
        ),
        ("kind: Pod\nmetadata: {name: a}\n", ":5:1: is no Kubernetes object: it has no `apiVersion`"),
        (
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"namespace\": true}}",
            ":5:63: is no Kubernetes object",
        ),
    ];
    for (text, told) in wrong {
        fs::write(folder.join("objects.yaml"), format!("{good}{text}")).unwrap();
        let output = dikast(&["apply", &path("policy.yaml"), "-r", &path("objects.yaml")]);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(out.contains("\npass: 1, fail: 0, warn: 0, error: 1, skip: 0 \n"), "{text}: {out}\n{err}");
        assert!(err.contains(told), "{text}: {err}");
    }
    fs::write(folder.join("objects.yaml"), good).unwrap();
    let output = dikast(&["apply", &path("policy.yaml"), &path("repeated.yaml"), "-r", &path("objects.yaml")]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(out.contains("\npass: 1, fail: 0, warn: 0, error: 1, skip: 0 \n"), "{out}\n{err}");
    assert!(err.contains("error[DK0102]: the key `kind` is repeated"), "{err}");
}
