//! The paths of the webhook. Kyverno's own paths are there too, so that a webhook configuration can be pointed over
//! (Kyverno `pkg/webhooks/server.go`).

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use serde::Serialize;

use super::listener::Handler;
use super::metrics::{Phase, Refused};
use super::service::{Scope, Service};

/// How many times the bound of a body is read and thrown away, so that the client gets to read why it is refused.
const DISCARD_FACTOR: usize = 8;

/// Bytes of a body that any request may have; for larger ones there is room for few at a time.
const ROOM_MAX: usize = 256 << 10;

impl Handler for Service {
    fn handle(&self, request: Request<Incoming>) -> impl Future<Output = Response<Full<Bytes>>> + Send {
        handle(self, request)
    }

    fn refused(&self) {
        self.metrics().refused(Refused::Connection);
    }
}

/// Answers a request.
pub async fn handle<B>(service: &Service, request: Request<B>) -> Response<Full<Bytes>>
where
    B: Body<Data = Bytes> + Unpin,
{
    let path = request.uri().path();
    let Some((phase, scope)) = webhook_of(path) else { return page(service, &request) };
    if request.method() != Method::POST {
        let mut response = failure(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "reviews come by POST");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let Some(_open) = service.admit() else {
        service.metrics().refused(Refused::Request);
        return busy("too many requests are being read or decided");
    };
    match read(service, request.into_body()).await {
        Ok(body) => {
            let answer = service.answer(phase, scope, &body).await;
            respond(StatusCode::OK, "application/json; charset=utf-8", answer)
        }
        Err(refusal) => refusal,
    }
}

/// The answer of a server that takes no more connections.
pub fn busy(message: &str) -> Response<Full<Bytes>> {
    let mut response = failure(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn webhook_of(path: &str) -> Option<(Phase, Scope)> {
    let (phase, end) = match (path.strip_prefix("/validate"), path.strip_prefix("/mutate")) {
        (Some(end), _) => (Phase::Validate, end),
        (None, Some(end)) => (Phase::Mutate, end),
        (None, None) => return None,
    };
    let scope = match end {
        "" => Scope::All,
        "/fail" => Scope::Fail,
        "/ignore" => Scope::Ignore,
        _ => return None,
    };
    Some((phase, scope))
}

/// The paths that are read.
fn page<B>(service: &Service, request: &Request<B>) -> Response<Full<Bytes>> {
    const TEXT: &str = "text/plain; charset=utf-8";
    let page = match request.uri().path() {
        "/healthz" | "/health/liveness" => (StatusCode::OK, TEXT, "ok\n".into()),
        "/readyz" | "/health/readiness" if service.is_ready() => (StatusCode::OK, TEXT, "ok\n".into()),
        "/readyz" | "/health/readiness" => {
            (StatusCode::SERVICE_UNAVAILABLE, TEXT, "the policies are being compiled\n".into())
        }
        "/metrics" => (StatusCode::OK, "text/plain; version=0.0.4", service.metrics_page().into_bytes()),
        _ => {
            return failure(
                StatusCode::NOT_FOUND,
                "NotFound",
                "there is nothing here; see /mutate, /validate, /metrics",
            );
        }
    };
    match *request.method() {
        Method::GET | Method::HEAD => respond(page.0, page.1, page.2),
        _ => failure(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "this is only read"),
    }
}

/// The body of a request, within the bounds of size and time.
async fn read<B: Body<Data = Bytes> + Unpin>(service: &Service, body: B) -> Result<Bytes, Response<Full<Bytes>>> {
    let bounds = service.bounds();
    let refuse = |why, status, reason, message: String| {
        service.metrics().refused(why);
        let mut response = failure(status, reason, &message);
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        response
    };
    match tokio::time::timeout(bounds.request_timeout, collect(service, body)).await {
        Ok(Read::Whole(body)) => Ok(body),
        Ok(Read::NoRoom) => {
            service.metrics().refused(Refused::Request);
            Err(busy("too many large requests are being read or decided"))
        }
        Ok(Read::TooLarge) => {
            let message = format!("the body has more than {} bytes", bounds.body_bytes_max);
            Err(refuse(Refused::Size, StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message))
        }
        Ok(Read::CutOff) => Err(failure(StatusCode::BAD_REQUEST, "BadRequest", "the body is cut off")),
        Err(_elapsed) => {
            let message = format!("the body did not come within {:?}", bounds.request_timeout);
            Err(refuse(Refused::Time, StatusCode::REQUEST_TIMEOUT, "Timeout", message))
        }
    }
}

/// What came of reading a body.
enum Read {
    Whole(Bytes),
    NoRoom,
    TooLarge,
    CutOff,
}

/// Reads a body. One that came in one piece is not copied; of one that is too large the rest is thrown away, up to a
/// bound, for a client that is still sending may not look at the answer.
async fn collect<B: Body<Data = Bytes> + Unpin>(service: &Service, mut body: B) -> Read {
    let bytes_max = service.bounds().body_bytes_max;
    let mut room = None;
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut pieces = Pieces::None;
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Read::CutOff };
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length > bytes_max.saturating_mul(DISCARD_FACTOR) {
            break;
        }
        if length > ROOM_MAX && room.is_none() {
            room = service.admit_large();
            if room.is_none() {
                return Read::NoRoom;
            }
        }
        pieces = match pieces {
            _ if length > bytes_max || announced > bytes_max => Pieces::None,
            Pieces::None => Pieces::One(data),
            Pieces::One(first) => {
                let mut all = Vec::with_capacity(announced.min(ROOM_MAX).max(length));
                all.extend_from_slice(&first);
                all.extend_from_slice(&data);
                Pieces::Many(all)
            }
            Pieces::Many(mut all) => {
                all.extend_from_slice(&data);
                Pieces::Many(all)
            }
        };
    }
    match pieces {
        _ if length > bytes_max => Read::TooLarge,
        Pieces::None => Read::Whole(Bytes::new()),
        Pieces::One(body) => Read::Whole(body),
        Pieces::Many(body) => Read::Whole(body.into()),
    }
}

enum Pieces {
    None,
    One(Bytes),
    Many(Vec<u8>),
}

fn respond(status: StatusCode, content: &'static str, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let content: (HeaderName, HeaderValue) = (CONTENT_TYPE, HeaderValue::from_static(content));
    response.headers_mut().insert(content.0, content.1);
    response
}

/// A failure as Kubernetes writes one (`k8s.io/apimachinery/pkg/apis/meta/v1`, `Status`).
fn failure(code: StatusCode, reason: &str, message: &str) -> Response<Full<Bytes>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Status<'a> {
        kind: &'a str,
        api_version: &'a str,
        metadata: std::collections::BTreeMap<&'a str, &'a str>,
        status: &'a str,
        message: &'a str,
        reason: &'a str,
        code: u16,
    }
    let (kind, api_version, status) = ("Status", "v1", "Failure");
    let status = Status {
        kind,
        api_version,
        metadata: std::collections::BTreeMap::new(),
        status,
        message,
        reason,
        code: code.as_u16(),
    };
    // Only text and numbers: writing them cannot fail.
    respond(code, "application/json", serde_json::to_vec(&status).unwrap_or_default())
}
