//! What small policies generate.

use std::sync::Arc;

use dikast_compiler::ir::PolicyId;
use dikast_grammar::SourceMap;
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;

use crate::data::{DataKey, DataKind, DataSource, FixedData, Lookup};
use crate::engine::{Admission, Engine, NeedsData, RuleResponse, World};
use crate::request::{Origin, Request, Surroundings};

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// A policy of rules, each written from its name on, about the namespace that a request creates or deletes.
fn policy(settings: &str, rules: &[&str]) -> String {
    let mut text =
        format!("apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: p}}\nspec:\n{settings}  rules:\n");
    for rule in rules {
        text.push_str("  - match: {any: [{resources: {kinds: [Namespace]}}]}\n");
        for line in rule.lines().filter(|line| !line.trim().is_empty()) {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}

fn namespace(name: &str, labels: &str) -> String {
    format!(r#"{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{name}","uid":"u1","labels":{labels}}}}}"#)
}

fn request(operation: &str, object: &str, old_object: &str) -> Request {
    let document = format!(
        r#"{{"uid":"1","kind":{{"group":"","version":"v1","kind":"Namespace"}},
            "resource":{{"group":"","version":"v1","resource":"namespaces"}},"name":"shop",
            "operation":"{operation}","userInfo":{{"username":"ann"}},"object":{object},"oldObject":{old_object}}}"#
    );
    Request::from_value(&value(&document)).unwrap()
}

fn ask(policies: &str, request: &Request, data: &dyn DataSource) -> Result<Vec<RuleResponse>, NeedsData> {
    let mut sources = SourceMap::new();
    sources.add("policies.yaml", policies);
    let engine = Engine::new(Arc::new(dikast_compiler::compile(&sources).program));
    let surroundings = Surroundings { origin: Origin::Background, ..Surroundings::default() };
    let world = World { data, environment: &Isolated::EPOCH };
    engine.generate(PolicyId(0), &Admission::new(request, &surroundings), world).map(|response| response.rules)
}

/// What the rules say when a namespace `shop` is created.
fn on_create(policies: &str, data: &dyn DataSource) -> Vec<RuleResponse> {
    ask(policies, &request("CREATE", &namespace("shop", r#"{"tier":"gold"}"#), "null"), data).unwrap()
}

fn statuses(rules: &[RuleResponse]) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.status.as_str()).collect()
}

/// Namespaces and names of what the rules generate.
fn names(rules: &[RuleResponse]) -> Vec<String> {
    let text = |object: &Value, name: &str| {
        object.at(&["metadata", name]).and_then(Value::as_text).unwrap_or_default().to_owned()
    };
    let objects = rules.iter().flat_map(|rule| &rule.generated);
    objects.map(|object| format!("{}/{}", text(object, "namespace"), text(object, "name"))).collect()
}

fn objects_key(kind: &str, namespace: &str, name: &str, selector: Option<&str>) -> DataKey {
    DataKey::Objects {
        api_version: "v1".into(),
        kind: kind.into(),
        namespace: namespace.into(),
        name: name.into(),
        selector: selector.map(Arc::from),
    }
}

fn secret(namespace: &str, name: &str) -> Value {
    value(&format!(
        r#"{{"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{{"name":"{name}","namespace":"{namespace}",
            "uid":"s1","resourceVersion":"7","labels":{{"team":"a"}},"annotations":{{"note":"kept"}},
            "ownerReferences":[{{"name":"o"}}]}}}}"#
    ))
}

const LIMITS: &str = "
name: limits
generate:
  apiVersion: v1
  kind: ConfigMap
  name: \"limits-{{ request.object.metadata.labels.tier }}\"
  namespace: \"{{ request.object.metadata.name }}\"
  synchronize: true
  data:
    metadata: {labels: {own: label}}
    data: {for: \"{{ request.object.metadata.name }}\"}
";

#[test]
fn data_makes_an_object_with_labels_that_tell_where_it_is_from() {
    let rules = on_create(&policy("", &[LIMITS]), &FixedData::new());
    assert_eq!(statuses(&rules), ["pass"]);
    assert_eq!(rules[0].message, "");
    assert_eq!(
        rules[0].generated,
        [value(
            r#"{"apiVersion":"v1","kind":"ConfigMap","data":{"for":"shop"},"metadata":{
                "name":"limits-gold","namespace":"shop","labels":{
                    "own":"label","app.kubernetes.io/managed-by":"kyverno",
                    "generate.kyverno.io/policy-name":"p","generate.kyverno.io/policy-namespace":"",
                    "generate.kyverno.io/rule-name":"limits","generate.kyverno.io/trigger-group":"",
                    "generate.kyverno.io/trigger-version":"v1","generate.kyverno.io/trigger-kind":"Namespace",
                    "generate.kyverno.io/trigger-namespace":"","generate.kyverno.io/trigger-uid":"u1"}}}"#
        )]
    );
}

#[test]
fn without_data_an_object_has_only_its_name() {
    let rule = LIMITS.split("  data:").next().unwrap();
    let rules = on_create(&policy("", &[rule]), &FixedData::new());
    assert_eq!(names(&rules), ["shop/limits-gold"]);
    assert_eq!(rules[0].generated[0].get("data"), None);
}

#[test]
fn what_is_there_is_not_made_again() {
    let mut data = FixedData::new();
    let present =
        value(r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"limits-gold","namespace":"shop"}}"#);
    data.add(objects_key("ConfigMap", "shop", "limits-gold", None), Ok(Value::list([present])));
    let rules = on_create(&policy("", &[LIMITS]), &data);
    assert_eq!((statuses(&rules), names(&rules)), (vec!["pass"], vec![]));
    let twice = LIMITS.replace("name: limits\n", "name: again\n");
    let rules = on_create(&policy("", &[LIMITS, &twice]), &FixedData::new());
    assert_eq!((statuses(&rules), rules[1].generated.len()), (vec!["pass", "pass"], 0));
}

const CLONE: &str = "
name: credentials
generate:
  apiVersion: v1
  kind: Secret
  name: registry
  namespace: \"{{ request.object.metadata.name }}\"
  clone: {namespace: vault, name: \"registry-{{ request.object.metadata.labels.tier }}\"}
";

#[test]
fn a_clone_keeps_what_authors_write_and_loses_what_the_server_writes() {
    let mut data = FixedData::new();
    data.add(
        objects_key("Secret", "vault", "registry-gold", None),
        Ok(Value::list([secret("vault", "registry-gold")])),
    );
    let rules = on_create(&policy("", &[CLONE]), &data);
    let [copy] = &rules[0].generated[..] else { panic!("one object") };
    assert_eq!(copy.get("type"), Some(&Value::text("Opaque")));
    let metadata = copy.get("metadata").and_then(Value::as_object).unwrap();
    let members: Vec<&str> = metadata.keys().map(|name| &**name).collect();
    assert_eq!(members, ["annotations", "labels", "name", "namespace"]);
    let label = |name: &str| metadata.get("labels").unwrap().get(name).and_then(Value::as_text);
    assert_eq!(label("team"), Some("a"));
    assert_eq!(label("generate.kyverno.io/clone-source"), Some(""));
    assert_eq!(label("generate.kyverno.io/source-namespace"), Some("vault"));
    assert_eq!(label("generate.kyverno.io/source-uid"), Some("s1"));
    assert_eq!(label("generate.kyverno.io/rule-name"), Some("credentials"));
}

#[test]
fn a_missing_source_is_told_beside_the_status() {
    let rules = on_create(&policy("", &[CLONE]), &FixedData::new());
    assert_eq!((statuses(&rules), names(&rules)), (vec!["pass"], vec![]));
    assert_eq!(
        rules[0].generation_error.as_deref(),
        Some("source resource v1/Secret/vault/registry-gold not found: Secret \"registry-gold\" not found")
    );
}

/// A source that has nothing yet.
struct Later;

impl DataSource for Later {
    fn lookup(&self, _: &DataKey) -> Lookup {
        Lookup::Absent
    }

    fn offers(&self, _: DataKind) -> bool {
        true
    }
}

#[test]
fn what_is_to_be_looked_up_is_named() {
    let create = request("CREATE", &namespace("shop", r#"{"tier":"gold"}"#), "null");
    assert_eq!(
        ask(&policy("", &[LIMITS, CLONE]), &create, &Later).unwrap_err(),
        NeedsData(vec![
            objects_key("ConfigMap", "shop", "limits-gold", None),
            objects_key("Secret", "vault", "registry-gold", None)
        ])
    );
}

#[test]
fn a_clone_list_copies_what_it_selects_from_other_namespaces() {
    let rule = "
name: credentials
generate:
  namespace: \"{{ request.object.metadata.name }}\"
  cloneList: {namespace: vault, kinds: [v1/Secret], selector: {matchLabels: {share: \"yes\"}}}
";
    let key = objects_key("Secret", "vault", "", Some(r#"{"matchLabels":{"share":"yes"}}"#));
    let mut data = FixedData::new();
    let sources = [secret("vault", "a"), secret("shop", "own"), secret("vault", "b")];
    data.add(key, Ok(Value::list(sources.clone())));
    for source in ["a", "b"] {
        data.add(objects_key("Secret", "vault", source, None), Ok(Value::list(sources.clone())));
    }
    assert_eq!(names(&on_create(&policy("", &[rule]), &data)), ["shop/a", "shop/b"]);
    let rules = on_create(&policy("", &[rule]), &FixedData::new());
    assert_eq!(
        rules[0].generation_error.as_deref(),
        Some("failed to list source resource for cloneList v1 Secret/vault. Secret \"\" not found")
    );
}

const LOOP: &str = "
name: each
generate:
  foreach:
  - list: split(request.object.metadata.labels.envs, '-')
    context:
    - name: suffix
      variable: {value: \"{{ element }}-{{ elementIndex }}\"}
    preconditions: {all: [{key: \"{{ element }}\", operator: NotEquals, value: test}]}
    apiVersion: v1
    kind: ConfigMap
    name: \"env-{{ suffix }}\"
    namespace: shop
    data: {data: {size: \"{{ request.object.metadata.labels.WHICH }}\"}}
";

#[test]
fn loops_generate_for_each_element() {
    let create = request("CREATE", &namespace("shop", r#"{"envs":"dev-test-prod"}"#), "null");
    let rule = LOOP.replace("WHICH", "envs");
    let rules = ask(&policy("", &[&rule]), &create, &FixedData::new()).unwrap();
    assert_eq!(names(&rules), ["shop/env-dev-0", "shop/env-prod-2"]);
}

#[test]
fn errors_of_loops_are_collected() {
    let create = request("CREATE", &namespace("shop", r#"{"envs":"dev-prod"}"#), "null");
    let rule = LOOP.replace("WHICH", "none");
    let rules = ask(&policy("", &[&rule]), &create, &FixedData::new()).unwrap();
    assert_eq!((statuses(&rules), names(&rules)), (vec!["pass"], vec![]));
    let error = rules[0].generation_error.as_deref().unwrap();
    assert!(error.starts_with("failed to process 0 foreach in rule each: failed to process 0 element: "), "{error}");
    assert!(error.contains("; failed to process 1 element: "), "{error}");
}

#[test]
fn preconditions_decide_and_the_old_object_may_still_meet_them() {
    let rule = "
name: gold
preconditions: {all: [{key: \"{{ request.object.metadata.labels.tier || '' }}\", operator: Equals, value: gold}]}
generate: {apiVersion: v1, kind: ConfigMap, name: c, namespace: shop, data: {}}
";
    let policies = policy("", &[rule]);
    let with = |operation: &str, labels: &str, old: &str| {
        let rules = ask(&policies, &request(operation, &namespace("shop", labels), old), &FixedData::new()).unwrap();
        (rules[0].status.as_str(), rules[0].generated.len())
    };
    assert_eq!(with("CREATE", r#"{"tier":"gold"}"#, "null"), ("pass", 1));
    assert_eq!(with("CREATE", "{}", "null"), ("skip", 0));
    assert_eq!(with("UPDATE", "{}", &namespace("shop", r#"{"tier":"gold"}"#)), ("fail", 0));
    assert_eq!(with("UPDATE", "{}", &namespace("shop", "{}")), ("skip", 0));
    let broken = policies.replace(" || ''", "");
    let rules = ask(&broken, &request("CREATE", &namespace("shop", "{}"), "null"), &FixedData::new()).unwrap();
    assert_eq!(statuses(&rules), ["error"]);
    assert!(rules[0].message.starts_with("failed to evaluate conditions: "), "{}", rules[0].message);
}

#[test]
fn the_deletion_of_an_object_can_generate() {
    let delete = request("DELETE", "null", &namespace("shop", r#"{"tier":"gold"}"#));
    let rules = ask(&policy("", &[LIMITS]), &delete, &FixedData::new()).unwrap();
    assert_eq!((statuses(&rules), names(&rules)), (vec!["fail"], vec!["shop/limits-gold".to_owned()]));
}

#[test]
fn exceptions_come_before_everything_else() {
    let exception = "---
apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: x, namespace: ops}
spec:
  exceptions: [{policyName: p, ruleNames: [limits]}]
  match: {any: [{resources: {kinds: [Namespace], names: [shop]}}]}
";
    let rules = on_create(&(policy("", &[LIMITS]) + exception), &FixedData::new());
    assert_eq!((statuses(&rules), names(&rules)), (vec!["skip"], vec![]));
    assert_eq!(rules[0].message, "rule is skipped due to policy exception ops/x");
}

#[test]
fn one_applied_rule_may_be_enough() {
    let second = LIMITS.replace("limits", "second");
    let rules = on_create(&policy("  applyRules: One\n", &[LIMITS, &second]), &FixedData::new());
    assert_eq!(names(&rules), ["shop/limits-gold"]);
}
