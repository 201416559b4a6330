//! The paths of the webhook. Kyverno's own paths are there too, so that a webhook configuration can be pointed over
//! (Kyverno `pkg/webhooks/server.go`).

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::metrics::Phase;
use super::service::{Scope, Service};

/// All paths.
pub fn router(service: Arc<Service>) -> Router {
    let mut router = Router::new();
    for (phase, root) in [(Phase::Mutate, "/mutate"), (Phase::Validate, "/validate")] {
        for (scope, end) in [(Scope::All, ""), (Scope::Fail, "/fail"), (Scope::Ignore, "/ignore")] {
            let handler = move |State(service): State<Arc<Service>>, request: Request| async move {
                match read(&service, request).await {
                    Ok(body) => json(service.answer(phase, scope, &body).await),
                    Err(refusal) => refusal,
                }
            };
            router = router.route(&format!("{root}{end}"), post(handler));
        }
    }
    let live = || async { "ok\n" };
    router
        .route("/healthz", get(live))
        .route("/readyz", get(live))
        .route("/health/liveness", get(live))
        .route("/health/readiness", get(live))
        .route("/metrics", get(metrics))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here; see /mutate, /validate, /metrics\n") })
        .with_state(service)
}

/// The body of a request, within the bounds of size and time.
async fn read(service: &Service, request: Request) -> Result<Bytes, Response> {
    let bounds = service.bounds();
    let refuse = |status: StatusCode, words: String| (status, words).into_response();
    match tokio::time::timeout(bounds.request_timeout, to_bytes(request.into_body(), bounds.body_bytes_max)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => {
            let words = format!("the body is cut off or has more than {} bytes\n", bounds.body_bytes_max);
            Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, words))
        }
        Err(_elapsed) => {
            let words = format!("the body did not come within {:?}\n", bounds.request_timeout);
            Err(refuse(StatusCode::REQUEST_TIMEOUT, words))
        }
    }
}

fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], service.metrics().page()).into_response()
}
