//! Context entries behind the webhook: what is asked of the host, when, how often, and for how long.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dikast_grammar::SourceMap;
use dikast_runtime::data::{DataKey, DataKind};
use dikast_runtime::engine::EngineChoice;
use dikast_runtime::host::{Answer, Host};
use dikast_runtime::request::{RequestHead, Surroundings};
use dikast_runtime::webhook::bounds::RequestBounds;
use dikast_runtime::webhook::policies::Loaded;
use dikast_runtime::webhook::routes::handle;
use dikast_runtime::webhook::service::{Options, Service};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use serde_json::json;

/// A host that keeps what it is asked, and does not answer what it does not know.
#[derive(Default)]
struct Witness {
    answers: HashMap<DataKey, Result<Value, String>>,
    asked: Mutex<Vec<DataKey>>,
}

impl Host for Witness {
    fn load<'a>(&'a self, key: &'a DataKey) -> Answer<'a, Value> {
        self.asked.lock().unwrap().push(key.clone());
        match self.answers.get(key) {
            Some(answer) => Box::pin(std::future::ready(answer.clone())),
            None => Box::pin(std::future::pending()),
        }
    }

    fn offers(&self, _: DataKind) -> bool {
        true
    }

    fn surroundings<'a>(&'a self, _: &'a RequestHead) -> Answer<'a, Surroundings> {
        Box::pin(std::future::ready(Ok(Surroundings::default())))
    }
}

fn witness(answers: impl IntoIterator<Item = (DataKey, Result<Value, String>)>) -> Arc<Witness> {
    Arc::new(Witness { answers: answers.into_iter().collect(), ..Witness::default() })
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// A policy with rules that have this context and refuse everything with this message.
fn policy(rules: usize, context: &str, message: &str) -> String {
    let context: String = context.lines().map(|line| format!("      {line}\n")).collect();
    let rule = |at: usize| {
        format!(
            "    - name: r{at}\n      match: {{any: [{{resources: {{kinds: [ConfigMap]}}}}]}}\n      context:\n{context}      \
             validate:\n        failureAction: Enforce\n        message: \"{message}\"\n        deny: {{}}\n"
        )
    };
    let rules: String = (0..rules).map(rule).collect();
    format!("apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: p}}\nspec:\n  rules:\n{rules}")
}

/// What the webhook says to a config map called `c` in the namespace `n`, with both engines.
async fn told(policy: &str, host: &Arc<Witness>, bounds: RequestBounds) -> String {
    let mut sources = SourceMap::new();
    sources.add("policy.yaml", policy);
    let review = json!({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {
        "uid": "u1", "kind": {"group": "", "version": "v1", "kind": "ConfigMap"},
        "resource": {"group": "", "version": "v1", "resource": "configmaps"},
        "name": "c", "namespace": "n", "operation": "CREATE", "userInfo": {"username": "ann"},
        "object": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n"}}, "oldObject": null,
    }});
    let loaded = Loaded::of(sources);
    assert_eq!(loaded.program.policies.len(), 1, "{:?}", loaded.diagnostics);
    let options = Options { bounds, choice: EngineChoice::Both, ..Options::default() };
    let service = Service::new(&loaded, Arc::clone(host) as Arc<dyn Host>, Box::new(Isolated::EPOCH), options);
    let body = Full::new(Bytes::from(review.to_string()));
    let request = Request::builder().method(Method::POST).uri("/validate").body(body).unwrap();
    let answer = handle(&service, request).await.into_body().collect().await.unwrap().to_bytes();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["response"]["allowed"], false, "{answer}");
    answer["response"]["status"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_source_is_asked_for_what_the_entry_says() {
    let context = "
- name: got
  apiCall: {urlPath: \"/api/v1/namespaces/{{ request.namespace }}/pods\", jmesPath: \"items[].metadata.name\"}
- name: posted
  apiCall:
    method: POST
    data: [{key: of, value: \"{{ request.name }}\"}]
    service:
      url: https://scan.example/{{ request.name }}
      caBundle: \"{{ request.namespace }}-bundle\"
      headers: [{key: X-Team, value: \"{{ request.namespace }}\"}]
    jmesPath: verdict
- name: map
  configMap: {name: \"{{ request.name }}\", namespace: conf}";
    let message = "{{ got }} {{ posted }} {{ map.data.a }}";
    let answers = [
        (
            DataKey::ApiCall { post: false, path: "/api/v1/namespaces/n/pods".into(), body: None },
            r#"{"items":[{"metadata":{"name":"web"}}]}"#,
        ),
        (
            DataKey::Service {
                post: true,
                url: "https://scan.example/c".into(),
                ca_bundle: Some("n-bundle".into()),
                headers: vec![("X-Team".into(), "n".into())],
                body: Some(r#"{"of":"c"}"#.into()),
            },
            r#"{"verdict":"clean"}"#,
        ),
        (DataKey::ConfigMap { namespace: "conf".into(), name: "c".into() }, r#"{"data":{"a":"b"}}"#),
    ];
    let host = witness(answers.map(|(key, json)| (key, Ok(value(json)))));
    let message = told(&policy(1, context, message), &host, RequestBounds::default()).await;
    assert!(message.contains(r#"r0: '["web"] clean b'"#), "{message}");
}

#[tokio::test]
async fn entries_are_loaded_when_they_are_named_and_once_for_all_rules() {
    let context = "
- name: unused
  apiCall: {urlPath: /api/v1/nodes}
- name: used
  apiCall: {urlPath: /api/v1/pods, jmesPath: \"length(items)\"}";
    let key = |path: &str| DataKey::ApiCall { post: false, path: path.into(), body: None };
    let host = witness([(key("/api/v1/pods"), Ok(value(r#"{"items":[1,2]}"#)))]);
    let message = told(&policy(3, context, "{{ used }} of them"), &host, RequestBounds::default()).await;
    assert_eq!(message.matches("2 of them").count(), 3, "{message}");
    assert_eq!(*host.asked.lock().unwrap(), [key("/api/v1/pods")]);
}

#[tokio::test]
async fn a_default_stands_for_a_call_that_fails_and_is_taken_as_it_is() {
    let context = "
- name: count
  apiCall: {urlPath: /api/v1/pods, jmesPath: \"length(items)\", default: 7}";
    let key = DataKey::ApiCall { post: false, path: "/api/v1/pods".into(), body: None };
    let host = witness([(key.clone(), Err("the server is gone".to_owned()))]);
    let message = told(&policy(1, context, "{{ count }} of them"), &host, RequestBounds::default()).await;
    assert!(message.contains("7 of them"), "{message}");
    let without = context.replace(", default: 7", "");
    let message = told(&deny_unless(&without), &host, RequestBounds::default()).await;
    assert!(message.contains("failed to fetch data for APICall: the server is gone"), "{message}");
}

/// A policy whose condition asks for `count`.
fn deny_unless(context: &str) -> String {
    let condition = "deny: {conditions: {all: [{key: \"{{ count }}\", operator: Equals, value: 1}]}}";
    policy(1, context, "no").replace("deny: {}", condition)
}

#[tokio::test]
async fn a_source_that_does_not_answer_is_given_up_in_time() {
    let context = "
- name: count
  apiCall: {urlPath: /api/v1/pods}
- name: other
  apiCall: {urlPath: /api/v1/nodes}";
    let host = witness([]);
    let bounds = RequestBounds { load_timeout: Duration::from_millis(50), ..RequestBounds::default() };
    let begun = Instant::now();
    let message = told(&deny_unless(context), &host, bounds).await;
    assert!(message.contains("no answer within 50ms"), "{message}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn entries_that_wait_for_one_another_are_bounded() {
    let entry = |at: usize, of: &str| format!("- name: e{at}\n  configMap: {{name: \"{of}\", namespace: conf}}\n");
    let chain: String = (0..6)
        .map(|at| entry(at, &if at == 0 { "m0".to_owned() } else { format!("{{{{ e{}.data.next }}}}", at - 1) }))
        .collect();
    let map = |at: usize| {
        let key = DataKey::ConfigMap { namespace: "conf".into(), name: format!("m{at}").into() };
        (key, Ok(value(&format!(r#"{{"data":{{"next":"m{}"}}}}"#, at + 1))))
    };
    let host = witness((0..6).map(map));
    let policy = policy(1, chain.trim_end(), "{{ e5.data.next }}");
    let message = told(&policy, &host, RequestBounds::default()).await;
    assert!(message.contains("r0: m6"), "{message}");
    let bounds = RequestBounds { load_rounds_max: 4, ..RequestBounds::default() };
    let message = told(&policy, &host, bounds).await;
    assert_eq!(message, "context entries depend on each other more than 4 times");
}
