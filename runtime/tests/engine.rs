//! The rule pipeline on small policies: scopes, data, exceptions, chaining, words.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::cell::RefCell;
use std::sync::Arc;

use dikast_compiler::ir::{PolicyId, RuleId};
use dikast_grammar::SourceMap;
use dikast_runtime::data::{DataKey, DataKind, DataSource, FixedData, Lookup};
use dikast_runtime::engine::{Admission, Engine, EngineChoice, NeedsData, RuleResponse, Verdict, Verdicts, World};
use dikast_runtime::request::{Origin, Request, Surroundings};
use dikast_runtime::review::{Review, review};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn engine(policies: &str) -> Engine {
    let mut sources = SourceMap::new();
    sources.add("policies.yaml", policies);
    Engine::new(Arc::new(dikast_compiler::compile(&sources).program))
}

/// A policy of rules, each written from its name on, that concern config maps.
fn policy(settings: &str, rules: &[&str]) -> String {
    let mut text =
        format!("apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: p}}\nspec:\n{settings}  rules:\n");
    for rule in rules {
        text.push_str("  - match: {any: [{resources: {kinds: [ConfigMap]}}]}\n");
        for line in rule.lines().filter(|line| !line.trim().is_empty()) {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}

fn request(operation: &str, object: &str, old_object: &str) -> Request {
    let document = format!(
        r#"{{"uid":"1","kind":{{"group":"","version":"v1","kind":"ConfigMap"}},
            "resource":{{"group":"","version":"v1","resource":"configmaps"}},"name":"c","namespace":"team",
            "operation":"{operation}","userInfo":{{"username":"ann"}},"object":{object},"oldObject":{old_object}}}"#
    );
    Request::from_value(&value(&document)).unwrap()
}

fn config_map(data: &str) -> String {
    format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"c","namespace":"team"}},"data":{data}}}"#)
}

fn ask(policies: &str, request: &Request, data: &dyn DataSource) -> Result<Review, NeedsData> {
    review(&engine(policies), request, &Surroundings::default(), World { data, environment: &Isolated::EPOCH })
}

/// The answer of the first policy that validates.
fn rules(policies: &str, request: &Request) -> Vec<(String, String)> {
    let review = ask(policies, request, &FixedData::new()).unwrap();
    review.validated.iter().flat_map(|policy| &policy.rules).map(words).collect()
}

fn words(rule: &RuleResponse) -> (String, String) {
    (rule.status.as_str().to_owned(), rule.message.clone())
}

fn said(status: &str, message: &str) -> (String, String) {
    (status.to_owned(), message.to_owned())
}

#[test]
fn entries_are_loaded_when_a_query_names_them() {
    let rule = "
name: r
context:
- name: broken
  variable: {value: \"{{ nowhere }}\"}
- name: good
  variable: {jmesPath: request.object.data.a, default: none}
validate:
  message: \"{{ good }}\"
  deny: {conditions: {all: [{key: \"{{ WHICH }}\", operator: Equals, value: x}]}}
";
    let create = request("CREATE", &config_map(r#"{"a":"x"}"#), "null");
    let named = |which: &str| rules(&policy("", &[&rule.replace("WHICH", which)]), &create);
    assert_eq!(named("good"), [said("fail", "x")]);
    assert_eq!(
        named("broken"),
        [said(
            "error",
            "failed to check deny conditions: failed to substitute variables in condition key: failed to resolve broken \
             at path : failed to substitute variables in context entry broken {{ nowhere }}: failed to resolve nowhere at \
             path : JMESPath query failed: Unknown key \"nowhere\" in path"
        )]
    );
}

#[test]
fn values_that_an_entry_is_asked_of_hold_floats() {
    let rule = "
name: r
context:
- name: sum
  variable: {value: [1, 2, 3], jmesPath: sum(@)}
- name: large
  variable: {value: {b: [1, 2, 3]}, jmesPath: \"b[?@ > `1`]\"}
validate:
  message: \"{{ sum }} {{ large }}\"
  deny: {}
";
    let create = request("CREATE", &config_map("{}"), "null");
    assert_eq!(rules(&policy("", &[rule]), &create), [said("fail", "6 [2,3]")]);
}

#[test]
fn loops_see_entries_of_their_own_turn_and_of_outer_scopes() {
    let rule = "
name: r
context:
- name: limit
  variable: {value: \"{{ request.object.data.limit }}\"}
validate:
  message: \"{{ element.name }} of {{ doubled }} exceeds {{ limit }} at {{ elementIndex }}\"
  foreach:
  - list: items(request.object.data, 'name', 'text')
    context:
    - name: doubled
      variable: {value: \"{{ element.text }}{{ element.text }}\"}
    preconditions: {all: [{key: \"{{ element.name }}\", operator: NotEquals, value: limit}]}
    deny: {conditions: {all: [{key: \"{{ doubled }}\", operator: GreaterThan, value: \"{{ limit }}\"}]}}
";
    let create = request("CREATE", &config_map(r#"{"a":"1","b":"3","limit":"20"}"#), "null");
    assert_eq!(rules(&policy("", &[rule]), &create), [said("fail", "validation failure: b of 33 exceeds 20 at 1")]);
}

#[test]
fn a_loop_over_a_list_that_is_not_there_says_nothing() {
    let rule = "
name: r
validate:
  foreach:
  - list: request.object.spec.none
    deny: {}
";
    let create = request("CREATE", &config_map("{}"), "null");
    assert_eq!(rules(&policy("", &[rule]), &create), []);
    let broken = rule.replace("request.object.spec.none", "length(`1`)");
    let [(status, message)] = &rules(&policy("", &[&broken]), &create)[..] else { panic!("one response") };
    assert_eq!(status, "error");
    assert!(message.starts_with("failed to evaluate list: JMESPath query failed: Invalid type for: 1"), "{message}");
}

/// A source that has nothing until it was asked.
#[derive(Default)]
struct Slow {
    asked: RefCell<Vec<DataKey>>,
}

impl DataSource for Slow {
    fn lookup(&self, key: &DataKey) -> Lookup {
        if self.asked.borrow().contains(key) {
            return Lookup::Ready(value(r#"{"data":{"allowed":"x"}}"#));
        }
        self.asked.borrow_mut().push(key.clone());
        Lookup::Absent
    }

    fn offers(&self, _: DataKind) -> bool {
        true
    }
}

#[test]
fn missing_data_is_named_and_the_rule_runs_again() {
    let rule = "
name: r
context:
- name: settings
  configMap: {name: \"{{ request.object.data.a }}\", namespace: conf}
validate:
  message: not allowed
  deny: {conditions: {all: [{key: \"{{ settings.data.allowed || '' }}\", operator: NotEquals, value: x}]}}
";
    let policies = policy("", &[rule]);
    let create = request("CREATE", &config_map(r#"{"a":"shared"}"#), "null");
    let source = Slow::default();
    let key = DataKey::ConfigMap { namespace: "conf".into(), name: "shared".into() };
    assert_eq!(ask(&policies, &create, &source).unwrap_err(), NeedsData(vec![key]));
    let review = ask(&policies, &create, &source).unwrap();
    assert_eq!(words(&review.validated[0].rules[0]), said("pass", "validation rule 'r' passed."));
    let failed = ask(&policies, &create, &FixedData::new()).unwrap();
    let message = &failed.validated[0].rules[0].message;
    assert!(message.ends_with("failed to get configmap conf/shared : configmaps \"shared\" not found"), "{message}");
}

#[test]
fn images_and_the_global_context_are_asked_by_what_is_written() {
    let rule = "
name: r
context:
- name: image
  imageRegistry: {reference: \"web:{{ request.name }}\", jmesPath: manifest.schemaVersion}
- name: shared
  globalReference: {name: teams.known, jmesPath: \"[0]\"}
validate:
  message: \"{{ image }} {{ shared }}\"
  deny: {}
";
    let mut data = FixedData::new();
    data.add(
        DataKey::Image { reference: "web:c".into(), credentials: None },
        Ok(value(r#"{"manifest":{"schemaVersion":2}}"#)),
    );
    data.add(DataKey::Global { name: "teams".into(), projection: Some("known".into()) }, Ok(value(r#"["red"]"#)));
    let review = ask(&policy("", &[rule]), &request("CREATE", &config_map("{}"), "null"), &data).unwrap();
    assert_eq!(words(&review.validated[0].rules[0]), said("fail", "2 red"));
}

#[test]
fn what_is_wrong_with_an_image_is_told() {
    let rule = |path: &str| {
        format!(
            "
name: r
context:
- name: image
  imageRegistry: {{reference: \"web:1\", jmesPath: {path}}}
validate:
  deny: {{conditions: {{all: [{{key: \"{{{{ image }}}}\", operator: Equals, value: x}}]}}}}
"
        )
    };
    for (path, words) in [
        (
            "manifest.none",
            "failed to apply JMESPath (manifest.none) results to context entry image, error: Unknown key",
        ),
        (
            "'a['",
            "failed to apply JMESPath (a[) results to context entry image, error: failed to compile JMESPath: a[, error: ",
        ),
        (
            "'{{ request.none }}'",
            "failed to substitute variables in context entry image {{ request.none }}: failed to resolve request.none",
        ),
    ] {
        let mut data = FixedData::new();
        let key = DataKey::Image { reference: "web:1".into(), credentials: None };
        data.add(key, Ok(value(r#"{"manifest":{"schemaVersion":2}}"#)));
        let review = ask(&policy("", &[&rule(path)]), &request("CREATE", &config_map("{}"), "null"), &data).unwrap();
        let message = &review.validated[0].rules[0].message;
        assert!(message.contains(words), "{path}: {message}");
    }
}

#[test]
fn entries_may_not_grow_beyond_the_limit() {
    let rule = "
name: r
context:
- name: big
  variable: {value: \"{{ request.object.data.a }}{{ request.object.data.a }}\"}
validate:
  deny: {conditions: {all: [{key: \"{{ big }}\", operator: Equals, value: x}]}}
";
    let engine = engine(&policy("", &[rule]));
    let create = request("CREATE", &config_map(&format!(r#"{{"a":"{}"}}"#, "x".repeat(100))), "null");
    let configuration = dikast_runtime::configuration::Configuration {
        context_bytes_max: 150,
        ..dikast_runtime::configuration::Configuration::default()
    };
    let surroundings = Surroundings { configuration: Arc::new(configuration), ..Surroundings::default() };
    let world = World { data: &FixedData::new(), environment: &Isolated::EPOCH };
    let review = review(&engine, &create, &surroundings, world).unwrap();
    let message = &review.validated[0].rules[0].message;
    assert!(message.ends_with("context size limit exceeded: 202 bytes exceeds limit of 150 bytes"), "{message}");
}

#[test]
fn exceptions_skip_a_rule_and_name_themselves() {
    let exceptions = "---
apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: x, namespace: ops}
spec:
  exceptions: [{policyName: p, ruleNames: [\"r*\"]}]
  match: {any: [{resources: {kinds: [ConfigMap], names: [c]}}]}
  conditions: {all: [{key: \"{{ request.object.data.a || '' }}\", operator: Equals, value: x}]}
";
    let policies = policy("", &["name: r1\nvalidate: {message: never, deny: {}}"]) + exceptions;
    let with = |data: &str| rules(&policies, &request("CREATE", &config_map(data), "null"));
    assert_eq!(with(r#"{"a":"x"}"#), [said("skip", "rule is skipped due to policy exceptionsops/x")]);
    assert_eq!(with("{}"), [said("fail", "never")]);
}

#[test]
fn violations_that_were_there_before_are_forgiven_on_update() {
    let rule = "
name: r
validate:
  failureAction: Enforce
  message: a must be good
  pattern: {data: {a: good}}
";
    let policies = policy("", &[rule]);
    let update = |old: &str| {
        ask(&policies, &request("UPDATE", &config_map(r#"{"a":"bad"}"#), &config_map(old)), &FixedData::new()).unwrap()
    };
    let forgiven = update(r#"{"a":"worse"}"#);
    assert!(forgiven.allowed);
    assert_eq!(
        words(&forgiven.validated[0].rules[0]),
        said("skip", "skipping the rule evaluation as pre-existing violations are allowed")
    );
    let refused = update(r#"{"a":"good"}"#);
    assert!(!refused.allowed);
    assert_eq!(
        refused.message,
        "\n\nresource ConfigMap/team/c was blocked due to the following policies \n\np:\n  r: 'validation error: a must be \
         good. rule r failed at path /data/a/'\n"
    );
}

#[test]
fn actions_follow_the_namespace() {
    let rule = "
name: r
validate:
  failureAction: Audit
  failureActionOverrides: [{action: Enforce, namespaces: [\"te*\"]}]
  message: never
  deny: {}
";
    let policies = policy("", &[rule]);
    let create = request("CREATE", &config_map("{}"), "null");
    assert!(!ask(&policies, &create, &FixedData::new()).unwrap().allowed);
    let elsewhere = policies.replace("te*", "other");
    let review = ask(&elsewhere, &create, &FixedData::new()).unwrap();
    assert!(review.allowed);
    assert_eq!(review.warnings, ["policy p.r: never"]);
}

#[test]
fn on_delete_variables_read_the_old_object() {
    let rule = "
name: r
validate:
  message: \"{{ request.object.data.a }}\"
  deny: {conditions: {all: [{key: \"{{ request.object.data.a }}\", operator: Equals, value: x}]}}
";
    let delete = request("DELETE", "null", &config_map(r#"{"a":"x"}"#));
    assert_eq!(rules(&policy("", &[rule]), &delete), [said("fail", "x")]);
    let pattern = "name: r\nvalidate: {pattern: {data: {a: y}}}";
    assert_eq!(rules(&policy("", &[pattern]), &delete), []);
}

#[test]
fn one_applied_rule_may_be_enough() {
    let deny = |name: &str| format!("name: {name}\nvalidate: {{message: never, deny: {{}}}}");
    let skip = "name: s\npreconditions: {all: [{key: a, operator: Equals, value: b}]}\nvalidate: {deny: {}}";
    let create = request("CREATE", &config_map("{}"), "null");
    let policies = policy("  applyRules: One\n", &[skip, &deny("a"), &deny("b")]);
    assert_eq!(rules(&policies, &create), [said("skip", "preconditions not met"), said("fail", "never")]);
}

#[test]
fn mutations_see_each_other_and_validation_sees_them() {
    let set = "
name: set
mutate:
  patchStrategicMerge: {data: {\"+(a)\": \"1\"}}
";
    let copy = "
name: copy
preconditions: {all: [{key: \"{{ request.object.data.a }}\", operator: Equals, value: \"1\"}]}
mutate:
  patchesJson6902: |-
    - {op: add, path: /data/b, value: \"{{ request.object.data.a }}\"}
";
    let check = "name: check\nvalidate: {pattern: {data: {a: \"1\", b: \"1\"}}}";
    let review =
        ask(&policy("", &[set, copy, check]), &request("CREATE", &config_map("{}"), "null"), &FixedData::new())
            .unwrap();
    let mutated: Vec<_> = review.mutated[0].rules.iter().map(words).collect();
    let done = || said("pass", "mutated ConfigMap/c in namespace team");
    assert_eq!(mutated, [done(), done()]);
    assert_eq!(review.patched.unwrap().get("data"), Some(&value(r#"{"a":"1","b":"1"}"#)));
    assert_eq!(words(&review.validated[0].rules[0]), said("pass", "validation rule 'check' passed."));
}

#[test]
fn an_error_leaves_the_object_to_the_rules_after_it() {
    let broken = "
name: broken
mutate:
  patchesJson6902: |-
    - {op: replace, path: /data/none/b, value: x}
";
    let set = "name: set\nmutate: {patchStrategicMerge: {data: {a: \"1\"}}}";
    let create = request("CREATE", &config_map("{}"), "null");
    let tolerant = ask(&policy("  failurePolicy: Ignore\n", &[broken, set]), &create, &FixedData::new()).unwrap();
    assert!(tolerant.allowed);
    let statuses: Vec<_> = tolerant.mutated[0].rules.iter().map(|rule| rule.status.as_str()).collect();
    assert_eq!(statuses, ["error", "pass"]);
    assert_eq!(tolerant.warnings.len(), 1);
    assert_eq!(tolerant.patched, None);
    let strict = ask(&policy("", &[broken]), &create, &FixedData::new()).unwrap();
    assert!(!strict.allowed);
    assert!(
        strict.message.starts_with("mutation policy p error: failed to apply policy p rules [broken: failed to patch")
    );
}

#[test]
fn merges_in_loops_keep_the_order_of_lists() {
    let rule = "
name: r
mutate:
  foreach:
  - list: request.object.spec.containers
    patchStrategicMerge:
      spec: {containers: [{\"(name)\": \"{{ element.name }}\", image: \"mirror/{{ element.image }}\"}]}
";
    let policies = policy("", &[rule]).replace("ConfigMap", "Pod");
    let mut pod = request("CREATE", "null", "null");
    pod.kind.kind = "Pod".into();
    pod.object = value(
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c","namespace":"team"},
            "spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]}}"#,
    );
    let pod = pod.with_object(pod.object.clone());
    let patched = ask(&policies, &pod, &FixedData::new()).unwrap().patched.unwrap();
    assert_eq!(
        patched.at(&["spec", "containers"]),
        Some(&value(r#"[{"image":"mirror/x","name":"a"},{"image":"mirror/y","name":"b"}]"#))
    );
}

#[test]
fn existing_objects_are_changed_in_the_background() {
    let rule = "
name: r
mutate:
  targets: [{apiVersion: v1, kind: Secret, namespace: \"{{ request.object.metadata.namespace }}\", name: s}]
  patchStrategicMerge: {data: {copied: \"{{ request.object.data.a }}\", from: \"{{ target.metadata.name }}\"}}
";
    let engine = engine(&policy("", &[rule]));
    let mut data = FixedData::new();
    let key = DataKey::Objects {
        api_version: "v1".into(),
        kind: "Secret".into(),
        namespace: "team".into(),
        name: "s".into(),
        selector: None,
    };
    let secret = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"team"}}"#;
    data.add(key, Ok(Value::list([value(secret)])));
    let world = World { data: &data, environment: &Isolated::EPOCH };
    let create = request("CREATE", &config_map(r#"{"a":"x"}"#), "null");
    let surroundings = Surroundings { origin: Origin::Background, ..Surroundings::default() };
    let response = engine.mutate(PolicyId(0), &Admission::new(&create, &surroundings), world).unwrap();
    assert_eq!(response.patched, None);
    assert_eq!(words(&response.rules[0]), said("pass", "mutated Secret/s in namespace team"));
    let target = response.rules[0].patched_target.as_ref().unwrap();
    assert_eq!(target.get("data"), Some(&value(r#"{"copied":"x","from":"s"}"#)));
    let admitted = Surroundings::default();
    let response = engine.mutate(PolicyId(0), &Admission::new(&create, &admitted), world).unwrap();
    assert_eq!(response.rules, []);
}

/// The same verdict on every rule.
struct Always(Verdict);

impl Verdicts for Always {
    fn verdict(&self, _: RuleId) -> Verdict {
        self.0
    }
}

#[test]
fn native_verdicts_save_the_interpreter_and_are_checked() {
    let policies = policy("", &["name: r\nvalidate: {message: never, deny: {}}"]);
    let create = request("CREATE", &config_map("{}"), "null");
    let surroundings = Surroundings::default();
    let world = World { data: &FixedData::new(), environment: &Isolated::EPOCH };
    let run = |choice, verdict| {
        let verdicts = Always(verdict);
        let admission = Admission::new(&create, &surroundings).with_verdicts(&verdicts);
        engine(&policies).with_choice(choice).validate(PolicyId(0), &admission, world).unwrap()
    };
    assert_eq!(run(EngineChoice::Native, Verdict::NoMatch).rules, []);
    assert_eq!(words(&run(EngineChoice::Native, Verdict::Pass).rules[0]), said("pass", ""));
    assert_eq!(words(&run(EngineChoice::Native, Verdict::Fail).rules[0]), said("fail", "never"));
    let both = run(EngineChoice::Both, Verdict::Pass);
    assert_eq!(words(&both.rules[0]), said("fail", "never"));
    assert_eq!(both.disagreements.len(), 1);
    assert!(run(EngineChoice::Interpreter, Verdict::Pass).disagreements.is_empty());
}

#[test]
fn rules_of_autogen_count_for_the_controllers_that_the_annotation_names() {
    let policy = |controllers: &str| {
        format!(
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: p, annotations: \
             {{pod-policies.kyverno.io/autogen-controllers: \"{controllers}\"}}}}\nspec: {{rules: [{{name: r, match: {{any: \
             [{{resources: {{kinds: [Pod]}}}}]}}, validate: {{message: m, pattern: {{spec: {{a: b}}}}}}}}]}}\n"
        )
    };
    let object = r#"{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c","namespace":"team"},
        "spec":{"jobTemplate":{"spec":{"template":{"spec":{"a":"b"}}}}}}"#;
    let document = format!(
        r#"{{"uid":"1","kind":{{"group":"batch","version":"v1","kind":"CronJob"}},"name":"c","namespace":"team",
            "operation":"CREATE","userInfo":{{"username":"ann"}},"object":{object},"oldObject":null}}"#
    );
    let request = Request::from_value(&value(&document)).unwrap();
    for (controllers, count) in [("CronJob", 1), ("Deployment,CronJob", 1), ("all", 0), ("Deployment, CronJob", 0)] {
        assert_eq!(rules(&policy(controllers), &request).len(), count, "{controllers}");
    }
}
