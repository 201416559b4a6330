//! The baseline of the server benchmark: the webhook's own listener and TLS before a handler that reads the review as a
//! JSON document, finds its uid and allows it. Whatever `dikast serve` takes longer than this is what policies cost.
//!
//! `parse-only ADDRESS CA-FILE` serves until it is killed; the certificate's authority is written to the file.
#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::header;
use axum::routing::post;
use dikast_runtime::webhook::certificate::{CertificateSource, Certificates, loopback_names};
use dikast_runtime::webhook::listener::{Bounds, serve, tls_config};
use dikast_runtime::webhook::review::{Answer, Version};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: parse-only ADDRESS CA-FILE";
    let address: SocketAddr = arguments.next().ok_or(usage)?.parse()?;
    let authority_file = arguments.next().ok_or(usage)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let source = CertificateSource::ThrowAway { names: loopback_names(address.ip()) };
    let certificates = Arc::new(Certificates::new(source, Arc::clone(&provider))?);
    std::fs::write(authority_file, certificates.authority_pem().unwrap_or_default())?;
    let router = axum::Router::new().route("/validate", post(answer));
    let listener = tokio::net::TcpListener::bind(address).await?;
    serve(listener, tls_config(certificates, provider)?, router, Bounds::default(), std::future::pending()).await;
    Ok(())
}

async fn answer(body: Bytes) -> ([(header::HeaderName, &'static str); 1], Vec<u8>) {
    let answer = match serde_json::from_slice::<serde_json::Value>(&body) {
        Ok(review) => {
            let uid = review["request"]["uid"].as_str().unwrap_or_default();
            Answer { allowed: true, ..Answer::default() }.to_json(Version::V1, uid)
        }
        Err(error) => Answer::refusal(400, error.to_string()).to_json(Version::V1, ""),
    };
    ([(header::CONTENT_TYPE, "application/json")], answer)
}
