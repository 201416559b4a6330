//! A small HTTPS client that trusts one certificate: the API server's part in the demo.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dikast_stdlib::{Object, Value};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::serving;

/// A client of one webhook.
pub(super) struct Client {
    http: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    address: SocketAddr,
}

impl Client {
    /// A client for an address whose certificate this one vouches for.
    pub(super) fn new(address: SocketAddr, authority_pem: &str) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority_pem.as_bytes())?)?;
        let tls = ClientConfig::builder_with_provider(serving::provider())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        // Small writes wait for nothing, as on the API server's side.
        tcp.set_nodelay(true);
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http2().wrap_connector(tcp);
        Ok(Self { http: legacy::Client::builder(TokioExecutor::new()).build(connector), address })
    }

    /// Posts a review; gives the `response` in the answer and the time until it was there.
    pub(super) async fn ask(&self, path: &str, review: &Value) -> anyhow::Result<(Value, Duration)> {
        let body = Full::new(Bytes::from(serde_json::to_vec(review)?));
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("https://{}{path}", self.address))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)?;
        let start = Instant::now();
        let answer = self.http.request(request).await.context("the webhook does not answer")?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        let took = start.elapsed();
        ensure!(status.is_success(), "the webhook answered {status}");
        let answer: Value = serde_json::from_slice(&body)?;
        Ok((answer.get("response").cloned().context("the answer has no response")?, took))
    }
}

/// The JSON patch in a response.
pub(super) fn patch_of(response: &Value) -> anyhow::Result<Option<String>> {
    let Some(patch) = response.get("patch").and_then(Value::as_text) else { return Ok(None) };
    Ok(Some(String::from_utf8(STANDARD.decode(patch)?)?))
}

/// A review about another object.
pub(super) fn with_object(review: &Value, object: Value) -> Value {
    let mut outer: Object = review.as_object().cloned().unwrap_or_default();
    let mut request: Object = review.get("request").and_then(Value::as_object).cloned().unwrap_or_default();
    request.insert("object".into(), object);
    outer.insert("request".into(), Value::object(request));
    Value::object(outer)
}
