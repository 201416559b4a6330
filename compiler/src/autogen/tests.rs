use dikast_grammar::{FileId, SourceMap, yaml};
use serde_json::{Value, json};

use super::*;
use crate::lower::constant::value_of;
use crate::model::{Document, sort};

/// A policy of these rules, with the annotation if it is given.
fn policy(annotation: Option<&str>, rules: &str) -> String {
    let annotations = annotation.map(|value| format!("annotations: {{{ANNOTATION}: {value:?}}}, ")).unwrap_or_default();
    format!(
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{{annotations}name: p}}\nspec:\n  rules:\n{rules}"
    )
}

fn on(kinds: &str) -> String {
    format!("match: {{any: [{{resources: {{kinds: {kinds}}}}}]}}")
}

fn rule(name: &str, rest: &str) -> String {
    format!("  - {{name: {name}, {rest}}}\n")
}

fn expanded(text: &str) -> Vec<Generated> {
    let mut sources = SourceMap::new();
    let file = sources.add("p.yaml", text);
    let parsed = yaml::parse(file, text);
    let mut diagnostics = Diagnostics::new();
    let Document::Policy(policy) = sort(&parsed.documents[0], text, &mut diagnostics) else {
        panic!("{:?}", diagnostics.into_sorted());
    };
    expand(&policy, &mut diagnostics)
}

fn documents(text: &str) -> Vec<Value> {
    expanded(text).iter().map(|made| serde_json::to_value(value_of(&made.rule)).unwrap()).collect()
}

fn names(text: &str) -> Vec<String> {
    documents(text).iter().map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
}

const DENY: &str = "validate: {deny: {}}";
const GENERATE: &str = "generate: {apiVersion: v1, kind: Secret, name: s, namespace: default}";

#[test]
fn eligibility_is_of_the_whole_policy() {
    let both = ["autogen-r", "autogen-cronjob-r"];
    let pods = rule("r", &format!("{}, {DENY}", on("[Pod]")));
    let cases: Vec<(String, &[&str])> = vec![
        (pods.clone(), &both),
        (rule("r", &format!("{}, {DENY}", on("[v1/Pod]"))), &[]),
        (rule("r", &format!("{}, {DENY}", on("[Pod, Service]"))), &[]),
        (rule("r", &format!("{}, {DENY}", on("['*']"))), &[]),
        (rule("r", &format!("{}, {DENY}", on("[Deployment, Job]"))), &[]),
        (rule("r", &format!("{}, {DENY}", on("[Pod], selector: {}"))), &[]),
        (rule("r", &format!("{}, {DENY}", on("[Pod], annotations: {}"))), &[]),
        (rule("r", &format!("{}, {DENY}", on("[Pod], namespaces: [a]"))), &both),
        (pods.clone() + &rule("s", &format!("{}, {DENY}", on("[Service], names: [a]"))), &[]),
        (pods.clone() + &rule("s", &format!("{}, {GENERATE}", on("[Service]"))), &[]),
        (pods.clone() + &rule("s", &format!("{}, mutate: {{patchesJson6902: '[]'}}", on("[Service]"))), &[]),
        (pods.clone() + &rule("autogen-s", &format!("{}, {DENY}", on("[Pod]"))), &both),
        (
            pods + &rule("s", &format!("{}, {DENY}", on("[v1/Pod/exec]"))),
            &["autogen-r", "autogen-cronjob-r", "autogen-s", "autogen-cronjob-s"],
        ),
        (rule("r", &format!("{}, exclude: {{any: [{{resources: {{kinds: [Service]}}}}]}}, {DENY}", on("[Pod]"))), &[]),
        (rule("r", &format!("{}, exclude: {{any: [{{resources: {{namespaces: [a]}}}}]}}, {DENY}", on("[Pod]"))), &both),
    ];
    for (rules, expected) in cases {
        assert_eq!(names(&policy(None, &rules)), expected, "{rules}");
    }
}

#[test]
fn the_annotation_chooses_controllers() {
    let rules = rule("r", &format!("{}, {DENY}", on("[Pod]")));
    let kinds = |annotation: &str| -> Vec<(Vec<String>, Vec<String>)> {
        let text = policy(Some(annotation), &rules);
        let written = documents(&text).into_iter().map(|rule| {
            let kinds = rule["match"]["any"][0]["resources"]["kinds"].as_array().unwrap().clone();
            kinds.iter().map(|kind| kind.as_str().unwrap().to_owned()).collect()
        });
        written.zip(expanded(&text).into_iter().map(|made| made.controllers)).collect()
    };
    let made = |kinds: &[&str], asked: &[&str]| {
        (kinds.iter().map(|&kind| kind.to_owned()).collect(), asked.iter().map(|&kind| kind.to_owned()).collect())
    };
    assert_eq!(kinds("none"), []);
    assert_eq!(kinds(""), []);
    assert_eq!(kinds("Job,Deployment"), [made(&["apps/v1/Deployment", "batch/v1/Job"], &["Deployment", "Job"])]);
    assert_eq!(kinds("Deployment, Job"), [made(&["apps/v1/Deployment"], &["Deployment"])]);
    assert_eq!(kinds("CloneSet"), [made(&["CloneSet"], &["CloneSet"])]);
    assert_eq!(kinds("CronJob"), [made(&["batch/v1/CronJob"], &["CronJob"])]);
    let all = kinds("all");
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].0.len(), 6);
    assert!(all.iter().all(|(_, asked)| asked.is_empty()));
}

#[test]
fn empty_lists_of_users_stay_for_they_are_not_none() {
    let rules = "
  - name: r
    match: {any: [{resources: {kinds: [Pod]}}]}
    exclude: {any: [{roles: []}]}
    validate: {message: m, pattern: {spec: {x: y}}}
";
    assert_eq!(documents(&policy(Some("Job"), rules))[0]["exclude"], json!({"any": [{"roles": []}]}));
}

#[test]
fn bodies_move_below_the_template_and_references_with_them() {
    let rules = "
  - name: r
    match: {any: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Service]}}]}
    preconditions: {any: [], all: [{key: \"{{ request.object.metadata.name }}\", operator: Equals, value: x}]}
    validate:
      message: \"{{ request.oldObject.spec.x }} and {{ request.object.kind }}\"
      failureAction: Enforce
      pattern: {spec: {x: \"{{ request.object.specials }}\"}}
";
    let made = documents(&policy(Some("Job,CronJob"), rules));
    assert_eq!(
        made[0],
        json!({
            "name": "autogen-r",
            "match": {"any": [{"resources": {"kinds": ["batch/v1/Job"]}}, {"resources": {"kinds": ["Service"]}}]},
            "preconditions": {
                "all": [{"key": "{{ request.object.spec.template.metadata.name }}", "operator": "Equals", "value": "x"}]
            },
            "validate": {
                "message": "{{ request.oldObject.spec.template.spec.x }} and {{ request.object.kind }}",
                "failureAction": "Enforce",
                "pattern": {"spec": {"template": {"spec": {"x": "{{ request.object.spec.template.specials }}"}}}}
            }
        })
    );
    assert_eq!(
        made[1]["match"],
        json!({"any": [{"resources": {"kinds": ["batch/v1/CronJob"]}}, {"resources": {"kinds": ["batch/v1/CronJob"]}}]})
    );
    assert_eq!(
        made[1]["validate"]["pattern"],
        json!({"spec": {"jobTemplate": {"spec": {"template": {"spec": {
            "x": "{{ request.object.spec.jobTemplate.spec.template.specials }}"
        }}}}}})
    );
}

#[test]
fn mutations_lose_what_kyverno_drops() {
    let rules = "
  - name: merge
    match: {any: [{resources: {kinds: [Pod]}}]}
    mutate: {targets: [{kind: Secret}], patchStrategicMerge: {metadata: {labels: {a: b}}}}
  - name: loop
    match: {any: [{resources: {kinds: [Pod]}}]}
    mutate:
      foreach:
      - {list: request.object.spec.volumes, order: Descending, patchStrategicMerge: {spec: {}}}
      - {list: request.object.spec.volumes, foreach: [{list: element, patchStrategicMerge: {}}]}
";
    let made = documents(&policy(Some("Job"), rules));
    assert_eq!(
        made[0]["mutate"],
        json!({"patchStrategicMerge": {"spec": {"template": {"metadata": {"labels": {"a": "b"}}}}}})
    );
    assert_eq!(
        made[1]["mutate"],
        json!({"foreach": [
            {"list": "request.object.spec.template.spec.volumes",
             "patchStrategicMerge": {"spec": {"template": {"spec": {}}}}},
            {"list": "request.object.spec.template.spec.volumes", "patchStrategicMerge": {"spec": {"template": null}}},
        ]})
    );
}

#[test]
fn replaced_text_keeps_its_place() {
    let text = policy(
        Some("Job"),
        &rule(
            "r",
            &format!(
                "{}, {DENY}, context: [{{name: a, variable: {{jmesPath: \"request.object.spec.x\"}}}}]",
                on("[Pod]")
            ),
        ),
    );
    let made = expanded(&text);
    let path = made[0].rule.at(&["context"]).unwrap().items()[0].at(&["variable", "jmesPath"]).unwrap();
    let path = path.as_text().unwrap();
    assert_eq!(path.as_str(), "request.object.spec.template.spec.x");
    let end = path.as_str().len();
    let place = path.span_of(end - 1..end);
    assert_eq!(place.file, FileId(0));
    assert_eq!(&text[place.start as usize..place.end as usize], "x");
}

#[test]
fn long_names_are_cut_to_bytes() {
    let name = format!("{}é", "a".repeat(54));
    let made = names(&policy(Some("Job"), &rule(&name, &format!("{}, {DENY}", on("[Pod]")))));
    assert_eq!(made, [format!("autogen-{}\u{fffd}", "a".repeat(54))]);
}

#[test]
fn unusual_names_of_controllers_are_reported() {
    let mut sources = SourceMap::new();
    sources.add("p.yaml", policy(Some("Deployment, Job"), &rule("r", &format!("{}, {DENY}", on("[Pod]")))));
    let compilation = crate::compile(&sources);
    let codes: Vec<_> = compilation.diagnostics.iter().map(|found| found.code.name()).collect();
    assert_eq!(codes, ["DK0801"]);
}

#[test]
fn written_rules_named_like_made_ones_count_where_none_is_made() {
    let pods = rule("r", &format!("{}, {DENY}", on("[Pod]")));
    let made = expanded(&policy(Some("Deployment"), &pods));
    let written = |text: &str| yaml::parse(FileId(0), text).documents.remove(0);
    let named_so = written("{name: autogen-own, validate: {deny: {}}}");
    assert_eq!(fate(&named_so, &made), Fate::Displaced(vec!["Deployment"]));
    assert_eq!(fate(&named_so, &[]), Fate::Kept);
    assert_eq!(fate(&written("{name: own, validate: {deny: {}}}"), &made), Fate::Kept);
    assert_eq!(fate(&written("{name: autogen-own, mutate: {}}"), &made), Fate::Dropped);
}
