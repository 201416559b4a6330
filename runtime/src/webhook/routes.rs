//! The paths of the webhook. Kyverno's own paths are there too, so that a webhook configuration can be pointed over
//! (Kyverno `pkg/webhooks/server.go`).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
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
            let handler = move |State(service): State<Arc<Service>>, body: Bytes| async move {
                json(service.answer(phase, scope, &body).await)
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
        .layer(DefaultBodyLimit::max(service.bounds().body_bytes_max))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here; see /mutate, /validate, /metrics\n") })
        .with_state(service)
}

fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], service.metrics().page()).into_response()
}
