//! The baselines of the server benchmark: the webhook's own listener and TLS before a handler that asks no policy.
//!
//! `baseline parse-only|no-op ADDRESS CA-FILE` serves until it is killed; the certificate's authority is written to the
//! file. `parse-only` reads the review as a JSON document, finds its uid and allows it: whatever `dikast serve` takes
//! longer than this is what policies cost. `no-op` reads the bytes and gives always the same answer: what it takes is
//! HTTP and TLS.
#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::sync::Arc;

use dikast_runtime::webhook::certificate::{CertificateSource, Certificates, loopback_names};
use dikast_runtime::webhook::listener::{Bounds, Handler, serve, tls_config};
use dikast_runtime::webhook::review::{Answer, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};

/// The allocator of `dikast`, so that servers differ in what they do alone.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone, Copy)]
enum Baseline {
    ParseOnly,
    NoOp,
}

impl Handler for Baseline {
    async fn handle(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let allowed = |uid: &str| Answer { allowed: true, ..Answer::default() }.to_json(Version::V1, uid);
        let answer = match self {
            Self::NoOp => allowed("705ab4f5-6393-11e8-b7cc-42010a800002"),
            Self::ParseOnly => match serde_json::from_slice::<serde_json::Value>(&body) {
                Ok(review) => allowed(review["request"]["uid"].as_str().unwrap_or_default()),
                Err(error) => Answer::refusal(400, error.to_string()).to_json(Version::V1, ""),
            },
        };
        let mut response = Response::new(Full::new(answer.into()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        response
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: baseline parse-only|no-op ADDRESS CA-FILE";
    let baseline = match arguments.next().as_deref() {
        Some("parse-only") => Baseline::ParseOnly,
        Some("no-op") => Baseline::NoOp,
        _ => return Err(usage.into()),
    };
    let address: SocketAddr = arguments.next().ok_or(usage)?.parse()?;
    let authority_file = arguments.next().ok_or(usage)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let source = CertificateSource::ThrowAway { names: loopback_names(address.ip()) };
    let certificates = Arc::new(Certificates::new(source, Arc::clone(&provider))?);
    let tls = tls_config(Arc::clone(&certificates), provider)?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    std::fs::write(authority_file, certificates.authority_pem().unwrap_or_default())?;
    serve(listener, tls, Arc::new(baseline), Bounds::default(), std::future::pending()).await;
    Ok(())
}
