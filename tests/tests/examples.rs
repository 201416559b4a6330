//! The reviews of the examples through the webhook's service, against the answers that Kyverno gives to them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dikast_examples::{Example, Review};
use dikast_grammar::SourceMap;
use dikast_runtime::data::{DataKey, FixedData};
use dikast_runtime::engine::EngineChoice;
use dikast_runtime::host::OfflineHost;
use dikast_runtime::patch::json;
use dikast_runtime::webhook::metrics::Phase;
use dikast_runtime::webhook::policies::Loaded;
use dikast_runtime::webhook::service::{Options, Scope, Service};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;
use serde_json::json;

fn value(json: serde_json::Value) -> Value {
    Value::from(json)
}

/// What the clusters of the examples hold.
fn host() -> OfflineHost {
    let labels =
        json!({"scheduling.example.org/mixed-architecture": "", "scheduling.example.org/architecture": "arm64"});
    let mut data = FixedData::new();
    data.add_config_map(
        "monitoring",
        "prometheus-address",
        [("url".to_owned(), "http://prometheus.monitoring.svc:9090".to_owned())],
    );
    data.add(
        DataKey::ApiCall { post: false, path: "/api/v1/namespaces/render-farm".into(), body: None },
        Ok(value(json!({"metadata": {"name": "render-farm", "labels": labels}}))),
    );
    let moved = |path: &str, tag: &str, answer: serde_json::Value| {
        let key = DataKey::Service {
            post: true,
            url: "http://image-catalogue.platform.svc/moved".into(),
            ca_bundle: None,
            headers: Vec::new(),
            body: Some(json!({"path": path, "tag": tag}).to_string().into()),
        };
        (key, Ok(value(answer)))
    };
    let (key, answer) =
        moved("billing", "4", json!({"found": true, "image": "registry.example.org/finance/billing:4"}));
    data.add(key, answer);
    let labels = labels.as_object().unwrap().iter();
    let labels = labels.map(|(key, label)| (key.as_str().into(), label.as_str().unwrap().into())).collect();
    OfflineHost { data: Box::new(data), namespaces: BTreeMap::from([("render-farm".into(), labels)]) }
}

fn service(example: &Example, choice: EngineChoice) -> Service {
    let mut sources = SourceMap::new();
    for policy in example.policies {
        sources.add(policy.name, policy.text);
    }
    let loaded = Loaded::of(sources);
    assert_eq!(loaded.diagnostics, [], "{}", example.name);
    let options = Options { choice, ..Options::default() };
    Service::new(&loaded, Arc::new(host()), Box::new(Isolated::EPOCH), options)
}

async fn ask(service: &Service, phase: Phase, review: &serde_json::Value) -> serde_json::Value {
    let body = serde_json::to_vec(review).unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&service.answer(phase, Scope::All, &body).await).unwrap();
    assert_eq!(answer["response"]["uid"], review["request"]["uid"]);
    answer["response"].clone()
}

async fn check(example: &Example, review: &Review, choice: EngineChoice) {
    let place = format!("{}/{} by {choice:?}", example.name, review.name);
    let service = service(example, choice);
    let mut request: serde_json::Value = serde_json::from_str(review.request).unwrap();
    let expected: serde_json::Value = serde_json::from_str(review.expected).unwrap();

    let mutated = ask(&service, Phase::Mutate, &request).await;
    assert_eq!(mutated["allowed"], true, "{place}: {mutated}");
    if let Some(patch) = mutated["patch"].as_str() {
        let patch = String::from_utf8(STANDARD.decode(patch).unwrap()).unwrap();
        let object = value(request["request"]["object"].clone());
        let patched = match json::apply(&object, &patch).unwrap() {
            dikast_runtime::patch::Merged::Changed(object) => object,
            dikast_runtime::patch::Merged::Skipped => panic!("{place}: a patch that changes nothing"),
        };
        request["request"]["object"] = serde_json::to_value(&patched).unwrap();
        assert_eq!(request["request"]["object"], expected["patched"], "{place}");
    } else {
        assert_eq!(expected["patched"], serde_json::Value::Null, "{place}: no patch");
    }

    let validated = ask(&service, Phase::Validate, &request).await;
    assert_eq!(validated["allowed"], expected["allowed"], "{place}: {validated}");
    let told = validated["status"]["message"].as_str().unwrap_or_default();
    assert_eq!(told.trim(), expected["message"].as_str().unwrap_or_default().trim(), "{place}");
    let page = service.metrics_page();
    for rule in expected["rules"].as_array().unwrap() {
        let text = |name: &str| rule[name].as_str().unwrap();
        let counted = format!(
            "dikast_rule_results_total{{policy=\"{}\",rule=\"{}\",status=\"{}\"}} 1",
            text("policy"),
            text("rule"),
            text("status")
        );
        assert!(page.contains(&counted), "{place}: {counted} is not in\n{page}");
    }
}

#[tokio::test]
async fn every_review_of_every_example_gets_kyvernos_answer() {
    let mut reviews = 0;
    for example in dikast_examples::all() {
        for review in example.reviews {
            for choice in [EngineChoice::Interpreter, EngineChoice::Native, EngineChoice::Both] {
                check(example, review, choice).await;
            }
            reviews += 1;
        }
    }
    assert!(reviews >= 20, "only {reviews} reviews");
}
