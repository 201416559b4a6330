//! The webhook's router in process, request in, response out, and once over a real TLS connection.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod bounds;

use std::sync::Arc;
use std::time::Duration;

use dikast_grammar::SourceMap;
use dikast_runtime::host::OfflineHost;
use dikast_runtime::native::{Fingerprint, Fingerprints, PerfMap, UnitStore};
use dikast_runtime::webhook::bounds::RequestBounds;
use dikast_runtime::webhook::certificate::{CertificateSource, Certificates, loopback_names};
use dikast_runtime::webhook::listener::{Bounds, serve, tls_config};
use dikast_runtime::webhook::policies::Loaded;
use dikast_runtime::webhook::routes::handle;
use dikast_runtime::webhook::service::{Options, Service};
use dikast_stdlib::functions::Isolated;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn policy(name: &str, failure_policy: &str, action: &str) -> String {
    format!(
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: {name}}}\nspec:\n  emitWarning: true\n  \
         failurePolicy: {failure_policy}\n  rules:\n    - name: team\n      match: {{any: [{{resources: {{kinds: [ConfigMap]}}}}]}}\n      \
         validate:\n        failureAction: {action}\n        message: a team is needed\n        \
         pattern: {{metadata: {{labels: {{team: \"?*\"}}}}}}\n"
    )
}

fn loaded(policies: &[String]) -> Loaded {
    let mut sources = SourceMap::new();
    for policy in policies {
        sources.add("policy.yaml", policy.as_str());
    }
    let loaded = Loaded::of(sources);
    assert_eq!(loaded.program.policies.len(), policies.len(), "{:?}", loaded.diagnostics);
    loaded
}

fn service(policies: &[String], bounds: RequestBounds) -> Arc<Service> {
    let (host, environment) = (Arc::new(OfflineHost::default()), Box::new(Isolated::EPOCH));
    Arc::new(Service::new(&loaded(policies), host, environment, Options { bounds, ..Options::default() }))
}

fn review(version: &str, labels: &Value) -> Value {
    json!({"kind": "AdmissionReview", "apiVersion": format!("admission.k8s.io/{version}"), "request": {
        "uid": "u1", "kind": {"group": "", "version": "v1", "kind": "ConfigMap"},
        "resource": {"group": "", "version": "v1", "resource": "configmaps"},
        "name": "c", "namespace": "n", "operation": "CREATE", "userInfo": {"username": "alice", "groups": null},
        "object": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n", "labels": labels}},
        "oldObject": null,
    }})
}

async fn send(service: &Service, method: Method, path: &str, body: impl Into<Bytes>) -> (StatusCode, String) {
    let request = Request::builder().method(method).uri(path).body(Full::new(body.into())).unwrap();
    let response = handle(service, request).await;
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn ask(service: &Service, path: &str, review: &Value) -> Value {
    let (status, body) = send(service, Method::POST, path, review.to_string()).await;
    assert_eq!(status, StatusCode::OK);
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn each_path_asks_the_policies_of_its_failure_policy() {
    let policies = [policy("strict", "Fail", "Enforce"), policy("lenient", "Ignore", "Enforce")];
    let service = service(&policies, RequestBounds::default());
    for (path, named) in [
        ("/validate", vec!["strict", "lenient"]),
        ("/validate/fail", vec!["strict"]),
        ("/validate/ignore", vec!["lenient"]),
    ] {
        let answer = ask(&service, path, &review("v1", &json!({}))).await;
        let message = answer["response"]["status"]["message"].as_str().unwrap();
        for policy in ["strict", "lenient"] {
            assert_eq!(message.contains(policy), named.contains(&policy), "{path}: {message}");
        }
    }
    for path in ["/mutate", "/mutate/fail", "/mutate/ignore"] {
        assert_eq!(ask(&service, path, &review("v1", &json!({}))).await["response"]["allowed"], true, "{path}");
    }
}

#[tokio::test]
async fn audit_warns_and_annotates_but_lets_through() {
    let service = service(&[policy("audit", "Fail", "Audit")], RequestBounds::default());
    let answer = ask(&service, "/validate", &review("v1beta1", &json!({}))).await;
    assert_eq!(answer["apiVersion"], "admission.k8s.io/v1beta1");
    let response = &answer["response"];
    assert_eq!((&response["allowed"], &response["uid"]), (&json!(true), &json!("u1")));
    assert!(
        response["warnings"][0].as_str().unwrap().starts_with("policy audit.team: validation error: a team is needed.")
    );
    assert_eq!(response["auditAnnotations"]["failed"], "audit/team");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_words() {
    let bounds = RequestBounds { body_bytes_max: 2000, ..RequestBounds::default() };
    let service = service(&[policy("p", "Fail", "Enforce")], bounds);
    for (body, part) in [
        ("{\"request\":", "not an AdmissionReview"),
        ("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"request\":{}}", "expected an AdmissionReview"),
        ("\u{feff}", "not an AdmissionReview"),
    ] {
        let (status, answer) = send(&service, Method::POST, "/validate", body.to_owned()).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["response"]["allowed"]), (StatusCode::OK, &json!(false)));
        let message = answer["response"]["status"]["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
    let deep = format!("{{\"kind\":\"AdmissionReview\",\"request\":{}1{}}}", "[".repeat(600), "]".repeat(600));
    let (_, answer) = send(&service, Method::POST, "/validate", deep).await;
    assert!(answer.contains("\"allowed\":false"), "{answer}");
    let (status, answer) = send(&service, Method::POST, "/validate", "x".repeat(3000)).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, &answer["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!(413)));
    assert_eq!((&answer["kind"], &answer["reason"]), (&json!("Status"), &json!("RequestEntityTooLarge")));
    assert_eq!(send(&service, Method::GET, "/nothing", "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn policies_are_replaced_while_serving() {
    let service = service(&[policy("p", "Fail", "Enforce")], RequestBounds::default());
    let unlabelled = review("v1", &json!({}));
    assert_eq!(ask(&service, "/validate", &unlabelled).await["response"]["allowed"], false);
    service.replace(&loaded(&[policy("p", "Fail", "Audit")]));
    assert_eq!(ask(&service, "/validate", &unlabelled).await["response"]["allowed"], true);
    let labelled = review("v1", &json!({"team": "a"}));
    assert_eq!(ask(&service, "/validate", &labelled).await["response"]["allowed"], true);
    let (_, page) = send(&service, Method::GET, "/metrics", "").await;
    for line in [
        "dikast_rule_results_total{policy=\"p\",rule=\"team\",status=\"fail\"} 2",
        "dikast_rule_results_total{policy=\"p\",rule=\"team\",status=\"pass\"} 1",
        "dikast_admission_requests_total{webhook=\"validate\",outcome=\"denied\"} 1",
        "dikast_policies 1",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    while !service.is_ready() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(send(&service, Method::GET, path, "").await, (StatusCode::OK, "ok\n".to_owned()));
    }
}

#[tokio::test]
async fn a_full_house_sheds_load_with_an_answer() {
    let bounds = RequestBounds { in_flight_max: 0, ..RequestBounds::default() };
    let service = service(&[policy("p", "Fail", "Enforce")], bounds);
    let answer = ask(&service, "/validate", &review("v1", &json!({}))).await;
    assert_eq!((&answer["response"]["uid"], &answer["response"]["status"]["code"]), (&json!("u1"), &json!(429)));
}

/// Policies on ConfigMaps whose documents are known, so that their code is found again.
fn known(policies: &[String]) -> Loaded {
    let fingerprint = |text: &String| Fingerprint::of([text.as_bytes()]);
    let fingerprints =
        Fingerprints { policies: policies.iter().map(fingerprint).collect(), exceptions: Fingerprint::of([]) };
    Loaded { fingerprints: Some(fingerprints), ..loaded(policies) }
}

fn service_with(store: UnitStore, loaded: &Loaded) -> Service {
    let (host, environment) = (Arc::new(OfflineHost::default()), Box::new(Isolated::EPOCH));
    let service = Service::new(loaded, host, environment, Options { store, ..Options::default() });
    while !service.is_ready() {
        std::thread::sleep(Duration::from_millis(5));
    }
    service
}

fn figure(service: &Service, name: &str) -> f64 {
    let page = service.metrics_page();
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|figure| figure.parse().ok()).unwrap()
}

/// Deletions are compiled last; when they are, nothing more is.
fn wait_for_units(service: &Service, count: f64) {
    for _ in 0..2000 {
        if figure(service, "dikast_native_units") == count {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("{}", service.metrics_page());
}

#[test]
fn a_reload_keeps_the_code_of_what_did_not_change_and_frees_the_rest() {
    let on = |kind: &str, name: &str| policy(name, "Fail", "Enforce").replace("ConfigMap", kind);
    let service = service_with(UnitStore::default(), &known(&[on("ConfigMap", "a"), on("Secret", "b")]));
    wait_for_units(&service, 6.0);
    assert_eq!(figure(&service, "dikast_native_compiled_total"), 6.0);
    let code = figure(&service, "dikast_native_code_bytes");
    assert!(code > 0.0);

    service.replace(&known(&[on("ConfigMap", "a"), on("Service", "b")]));
    wait_for_units(&service, 6.0);
    assert_eq!(figure(&service, "dikast_native_compiled_total"), 9.0);
    assert!(figure(&service, "dikast_native_reused_total") >= 3.0);

    service.replace(&known(&[]));
    wait_for_units(&service, 0.0);
    assert_eq!(figure(&service, "dikast_native_code_bytes"), 0.0);
}

#[test]
fn profilers_find_the_names_of_rules() {
    let folder = std::env::temp_dir().join(format!("dikast-perf-map-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let map = PerfMap::create(&folder).unwrap();
    let file = map.path().to_owned();
    let service = service_with(UnitStore::with_perf_map(Some(map)), &loaded(&[policy("p", "Fail", "Enforce")]));
    let text = std::fs::read_to_string(file).unwrap();
    let line = text.lines().find(|line| line.ends_with(" p/team (v1/ConfigMap CREATE)")).unwrap();
    let mut parts = line.split(' ');
    let mut number = || u64::from_str_radix(parts.next().unwrap(), 16).unwrap();
    assert!(number() > 0 && number() > 0, "{line}");
    drop(service);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A server over TLS on loopback; it ends with the sender.
async fn served(
    service: Arc<Service>,
    bounds: Bounds,
) -> (std::net::SocketAddr, String, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let source = CertificateSource::ThrowAway { names: loopback_names([127, 0, 0, 1].into()) };
    let certificates = Arc::new(Certificates::new(source, Arc::clone(&provider)).unwrap());
    let authority = certificates.authority_pem().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tls = tls_config(certificates, provider).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, tls, service, bounds, async move {
        let _ = stopped.await;
    }));
    (address, authority, stop, server)
}

async fn connect(
    address: std::net::SocketAddr,
    authority: &str,
    protocol: &[u8],
) -> tokio_rustls::client::TlsStream<tokio::net::TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    let pem = <rustls_pki_types::CertificateDer<'_> as rustls_pki_types::pem::PemObject>::from_pem_slice(
        authority.as_bytes(),
    );
    roots.add(pem.unwrap()).unwrap();
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    connector.connect("127.0.0.1".try_into().unwrap(), stream).await.unwrap()
}

#[tokio::test]
async fn bodies_that_are_too_large_are_refused_in_words_over_http_2() {
    let bounds = RequestBounds { body_bytes_max: 100_000, ..RequestBounds::default() };
    let (address, authority, _stop, _server) =
        served(service(&[policy("p", "Fail", "Enforce")], bounds), Bounds::default()).await;
    let stream = connect(address, &authority, b"h2").await;
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    for (length, status) in [(200_000, StatusCode::PAYLOAD_TOO_LARGE), (10, StatusCode::OK)] {
        let body = Full::new(Bytes::from(vec![b'x'; length]));
        let request = Request::post("https://localhost/validate").body(body).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), status);
        let answer = response.into_body().collect().await.unwrap().to_bytes();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert!(answer["kind"] == "Status" || answer["kind"] == "AdmissionReview", "{answer}");
    }
}

#[tokio::test]
async fn tls_http_1_keeps_alive_and_ends_gracefully() {
    let service = service(&[policy("p", "Fail", "Enforce")], RequestBounds::default());
    let (address, authority, stop, server) = served(service, Bounds::default()).await;
    let mut stream = connect(address, &authority, b"http/1.1").await;
    let body = review("v1", &json!({})).to_string();
    for _ in 0..2 {
        let head = format!("POST /validate HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        while !answer.contains("\"allowed\":false") {
            let mut part = [0; 4096];
            let length = stream.read(&mut part).await.unwrap();
            assert!(length > 0, "the connection ended: {answer}");
            answer.push_str(std::str::from_utf8(&part[..length]).unwrap());
        }
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), server).await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
