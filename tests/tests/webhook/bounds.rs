//! What is beyond a bound of size, number or time is refused at once and in words; afterwards all is as before.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use dikast_runtime::data::{DataKey, DataKind};
use dikast_runtime::host::{Answer, Host};
use dikast_runtime::request::{RequestHead, Surroundings};
use dikast_runtime::webhook::bounds::RequestBounds;
use dikast_runtime::webhook::listener::Bounds;
use dikast_runtime::webhook::routes::handle;
use dikast_runtime::webhook::service::{Options, Service};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;
use http_body_util::Full;
use hyper::body::{Body, Bytes, Frame};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{ask, connect, loaded, policy, review, send, served, service};

/// A cluster that answers when a permit is there for it, and never before.
struct SlowHost {
    asked: AtomicBool,
    surroundings: Semaphore,
    data: Semaphore,
}

impl SlowHost {
    fn new(surroundings: usize, data: usize) -> Arc<Self> {
        Arc::new(Self {
            asked: AtomicBool::new(false),
            surroundings: Semaphore::new(surroundings),
            data: Semaphore::new(data),
        })
    }
}

impl Host for SlowHost {
    fn load<'a>(&'a self, _key: &'a DataKey) -> Answer<'a, Value> {
        Box::pin(async {
            self.data.acquire().await.map_err(|error| error.to_string())?.forget();
            Ok(serde_json::from_value(json!({"data": {"team": "a"}})).unwrap())
        })
    }

    fn offers(&self, _kind: DataKind) -> bool {
        true
    }

    fn surroundings<'a>(&'a self, _request: &'a RequestHead) -> Answer<'a, Surroundings> {
        self.asked.store(true, Ordering::Relaxed);
        Box::pin(async {
            self.surroundings.acquire().await.map_err(|error| error.to_string())?.forget();
            Ok(Surroundings::default())
        })
    }
}

fn slow_service(policy: String, host: Arc<SlowHost>, bounds: RequestBounds) -> Arc<Service> {
    let options = Options { bounds, ..Options::default() };
    Arc::new(Service::new(&loaded(&[policy]), host, Box::new(Isolated::EPOCH), options))
}

/// A body of which nothing ever comes.
struct Silence;

impl Body for Silence {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

fn metric(service: &Service, line: &str) -> bool {
    service.metrics_page().lines().any(|found| found == line)
}

#[tokio::test]
async fn open_requests_are_bounded() {
    let service = service(&[policy("p", "Fail", "Enforce")], RequestBounds { open_max: 1, ..RequestBounds::default() });
    let labelled = review("v1", &json!({"team": "a"}));
    let open: Vec<_> = std::iter::from_fn(|| service.admit()).collect();
    let (status, answer) = send(&service, Method::POST, "/validate", labelled.to_string()).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.contains("too many requests are being read or decided"), "{answer}");
    assert!(metric(&service, "dikast_refused_total{reason=\"requests\"} 1"), "{}", service.metrics_page());
    drop(open);
    for _ in 0..3 {
        assert_eq!(ask(&service, "/validate", &labelled).await["response"]["allowed"], true);
    }
}

#[tokio::test]
async fn there_is_room_for_few_large_bodies() {
    let bounds = RequestBounds { large_max: 0, ..RequestBounds::default() };
    let service = service(&[policy("p", "Fail", "Enforce")], bounds);
    let (status, answer) = send(&service, Method::POST, "/validate", " ".repeat(300 << 10)).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.contains("too many large requests"), "{answer}");
    let labelled = review("v1", &json!({"team": "a"}));
    assert_eq!(ask(&service, "/validate", &labelled).await["response"]["allowed"], true);
}

#[tokio::test]
async fn a_body_has_to_come_in_time() {
    let bounds = RequestBounds { request_timeout: Duration::from_millis(50), ..RequestBounds::default() };
    let service = service(&[policy("p", "Fail", "Enforce")], bounds);
    let response = handle(&service, Request::post("/validate").body(Silence).unwrap()).await;
    assert_eq!(
        (response.status(), &response.headers()["connection"]),
        (StatusCode::REQUEST_TIMEOUT, &"close".parse().unwrap())
    );
    assert!(metric(&service, "dikast_refused_total{reason=\"time\"} 1"), "{}", service.metrics_page());
}

#[tokio::test]
async fn a_decision_has_to_be_made_in_time() {
    let bounds = RequestBounds { request_timeout: Duration::from_millis(50), ..RequestBounds::default() };
    let service = slow_service(policy("p", "Fail", "Enforce"), SlowHost::new(0, 0), bounds);
    let answer = ask(&service, "/validate", &review("v1", &json!({"team": "a"}))).await;
    let response = &answer["response"];
    assert_eq!((&response["uid"], &response["status"]["code"]), (&json!("u1"), &json!(504)));
    assert!(response["status"]["message"].as_str().unwrap().starts_with("no decision within"), "{answer}");
}

#[tokio::test]
async fn data_that_does_not_come_in_time_is_an_error_of_its_rule() {
    let needs_data = policy("p", "Fail", "Enforce").replace(
        "      validate:\n",
        "      context: [{name: teams, configMap: {name: teams, namespace: infra}}]\n      preconditions:\n        \
         all: [{key: \"{{ teams.data.team }}\", operator: Equals, value: a}]\n      validate:\n",
    );
    let bounds = RequestBounds { load_timeout: Duration::from_millis(50), ..RequestBounds::default() };
    let host = SlowHost::new(2, 0);
    let service = slow_service(needs_data, Arc::clone(&host), bounds);
    let labelled = review("v1", &json!({"team": "a"}));
    let answer = ask(&service, "/validate", &labelled).await;
    let message = answer["response"]["status"]["message"].as_str().unwrap();
    assert!(message.contains("no answer within"), "{answer}");
    host.data.add_permits(1);
    assert_eq!(ask(&service, "/validate", &labelled).await["response"]["allowed"], true);
}

#[tokio::test]
async fn those_who_wait_are_bounded_and_make_room_again() {
    let host = SlowHost::new(0, 0);
    let bounds = RequestBounds { in_flight_max: 1, ..RequestBounds::default() };
    let service = slow_service(policy("p", "Fail", "Enforce"), Arc::clone(&host), bounds);
    let labelled = review("v1", &json!({"team": "a"}));
    let (first, second) = (service.clone(), labelled.clone());
    let first = tokio::spawn(async move { ask(&first, "/validate", &second).await });
    while !host.asked.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let refused = ask(&service, "/validate", &labelled).await;
    assert_eq!(refused["response"]["status"]["code"], 429, "{refused}");
    assert!(metric(&service, "dikast_admission_requests_total{webhook=\"validate\",outcome=\"shed\"} 1"));
    host.surroundings.add_permits(2);
    assert_eq!(first.await.unwrap()["response"]["allowed"], true);
    assert_eq!(ask(&service, "/validate", &labelled).await["response"]["allowed"], true);
}

#[tokio::test]
async fn a_connection_too_many_is_told_so() {
    let service = service(&[policy("p", "Fail", "Enforce")], RequestBounds::default());
    let bounds = Bounds { connections_max: 1, ..Bounds::default() };
    let (address, authority, _stop, _server) = served(Arc::clone(&service), bounds).await;
    let first = connect(address, &authority, b"h2").await;
    let ask = async |stream| {
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get("https://localhost/healthz").body(Full::new(Bytes::new())).unwrap();
        sender.send_request(request).await.unwrap().status()
    };
    let second = connect(address, &authority, b"h2").await;
    assert_eq!(ask(second).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(first).await, StatusCode::OK);
    assert!(metric(&service, "dikast_refused_total{reason=\"connections\"} 1"), "{}", service.metrics_page());
}
