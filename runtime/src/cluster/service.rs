//! Calls of services that policies name (Kyverno `pkg/engine/apicall/executor.go`).

use std::sync::Arc;

use dikast_stdlib::Value;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::http::{Method, Request, Uri, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// Largest answer that is read, as Kyverno's default.
const ANSWER_BYTES_MAX: usize = 2_000_000;

/// A client for HTTP and HTTPS.
pub(crate) type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Calls services over HTTP and HTTPS.
pub(super) struct ServiceClient {
    /// For services without a bundle of their own: the machine's authorities are trusted.
    plain: HttpClient,
}

impl ServiceClient {
    pub(super) fn new() -> Self {
        Self { plain: https_client() }
    }

    /// Posts or gets; the answer must be JSON and its status a success.
    pub(super) async fn call(
        &self,
        post: bool,
        url: &str,
        ca_bundle: Option<&str>,
        headers: &[(Arc<str>, Arc<str>)],
        body: Option<&str>,
    ) -> Result<Value, String> {
        let trusting;
        let client = match ca_bundle {
            Some(bundle) => {
                trusting = client(roots(bundle)?);
                &trusting
            }
            None => &self.plain,
        };
        let mut request = Request::builder()
            .method(if post { Method::POST } else { Method::GET })
            .uri(url)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(&**name, &**value);
        }
        let body = Full::new(Bytes::copy_from_slice(body.unwrap_or_default().as_bytes()));
        let request = request.body(body).map_err(|error| format!("failed to build request: {error}"))?;
        let failed = |error: &dyn std::fmt::Display| format!("failed to execute HTTP request for {url}: {error}");
        let answer = client.request(request).await.map_err(|error| failed(&error))?;
        let status = answer.status();
        let bytes = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| failed(&error))?
            .to_bytes();
        if !status.is_success() {
            return Err(format!("HTTP {status}: {}", String::from_utf8_lossy(&bytes)));
        }
        serde_json::from_slice(&bytes).map_err(|error| format!("the answer of {url} is not JSON: {error}"))
    }
}

/// The text at an address: for those who name a file that way. Redirections are followed.
///
/// # Errors
///
/// When it cannot be had, is larger than 2 MB, or is no UTF-8.
pub async fn download(address: &str) -> Result<String, String> {
    const REDIRECTIONS_MAX: usize = 5;
    let client = ServiceClient::new().plain;
    let mut uri: Uri = address.parse().map_err(|error| format!("is no address: {error}"))?;
    for _ in 0..=REDIRECTIONS_MAX {
        let answer = client.get(uri.clone()).await.map_err(|error| format!("cannot be downloaded: {error}"))?;
        let status = answer.status();
        let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        if let Some(location) = location.filter(|_| status.is_redirection()) {
            let next: Uri = location.parse().map_err(|error| format!("leads to no address: {error}"))?;
            let mut parts = next.into_parts();
            parts.scheme = parts.scheme.or_else(|| uri.scheme().cloned());
            parts.authority = parts.authority.or_else(|| uri.authority().cloned());
            uri = Uri::from_parts(parts).map_err(|error| format!("leads to no address: {error}"))?;
            continue;
        }
        if !status.is_success() {
            return Err(format!("cannot be downloaded: the answer is HTTP {status}"));
        }
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let bytes = body.map_err(|error| format!("cannot be downloaded: {error}"))?.to_bytes();
        return String::from_utf8(bytes.into()).map_err(|_error| "is no UTF-8 text".to_owned());
    }
    Err("leads from one address to the next without end".to_owned())
}

/// A client that trusts the machine's authorities.
pub(crate) fn https_client() -> HttpClient {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    let (_, unusable) = roots.add_parsable_certificates(native.certs);
    if unusable > 0 || !native.errors.is_empty() {
        tracing::debug!(unusable, errors = native.errors.len(), "some of the machine's certificates are not usable");
    }
    client(roots)
}

fn client(roots: RootCertStore) -> HttpClient {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    // The ring provider always has TLS 1.2 and 1.3, so the fallback only keeps this free of a panic.
    let tls = versions.map_or_else(
        |_error| ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
        |builder| builder.with_root_certificates(roots).with_no_client_auth(),
    );
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().enable_http2();
    Client::builder(TokioExecutor::new()).build(connector.wrap_connector(tcp))
}

fn roots(bundle: &str) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(bundle.as_bytes()) {
        let certificate = certificate.map_err(|error| format!("failed to parse PEM CA bundle for APICall: {error}"))?;
        roots.add(certificate).map_err(|error| format!("failed to parse PEM CA bundle for APICall: {error}"))?;
    }
    if roots.is_empty() {
        return Err("failed to parse PEM CA bundle for APICall: no certificate in it".to_owned());
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;
    use crate::webhook::certificate::{CertificateSource, Certificates};
    use crate::webhook::listener::tls_config;

    /// A service with a certificate of its own, which answers each request with that request's text as JSON, or with a
    /// body that is no JSON, or too long. Gives its address and its authority.
    async fn service() -> (SocketAddr, String) {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let source = CertificateSource::ThrowAway { names: vec!["localhost".into()] };
        let certificates = Arc::new(Certificates::new(source, Arc::clone(&provider)).unwrap());
        let authority = certificates.authority_pem().unwrap().to_owned();
        let mut config = tls_config(certificates, provider).unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // a client that does not trust the certificate hangs up
                if let Ok(stream) = acceptor.accept(stream).await {
                    tokio::spawn(answer(stream));
                }
            }
        });
        (address, authority)
    }

    async fn answer(mut stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) {
        let mut read = Vec::new();
        let is_whole = |read: &[u8]| read.ends_with(b"}") || read.starts_with(b"GET") && read.ends_with(b"\r\n\r\n");
        while !is_whole(&read) {
            if stream.read_buf(&mut read).await.unwrap() == 0 {
                return;
            }
        }
        let request = String::from_utf8(read).unwrap();
        let (status, body) = match request.split_whitespace().nth(1).unwrap() {
            "/words" => (200, "none".to_owned()),
            "/long" => (200, format!("\"{}\"", "x".repeat(ANSWER_BYTES_MAX))),
            "/broken" => (500, "out of order".to_owned()),
            _ => (200, serde_json::to_string(&request).unwrap()),
        };
        let head = format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n\r\n", body.len());
        // A client that was given too much does not read to the end.
        let _ = stream.write_all((head + &body).as_bytes()).await;
    }

    #[tokio::test]
    async fn a_service_is_trusted_by_its_bundle_and_gets_the_headers() {
        let (address, authority) = service().await;
        let url = format!("https://localhost:{}/check", address.port());
        let client = ServiceClient::new();
        let headers = [("x-team".into(), "red".into())];
        let said = client.call(true, &url, Some(&authority), &headers, Some(r#"{"a":1}"#)).await.unwrap();
        let said = said.as_text().unwrap().to_owned();
        assert!(said.starts_with("POST /check HTTP/1.1\r\n"), "{said}");
        assert!(said.contains("\r\nx-team: red\r\n") && said.ends_with("\r\n\r\n{\"a\":1}"), "{said}");
        assert!(said.contains("\r\ncontent-type: application/json\r\n"), "{said}");
        let said = client.call(false, &url, Some(&authority), &[], None).await.unwrap();
        assert!(said.as_text().unwrap().starts_with("GET /check HTTP/1.1\r\n"));
        let untrusted = client.call(false, &url, None, &[], None).await.unwrap_err();
        assert!(untrusted.starts_with("failed to execute HTTP request for https://localhost"), "{untrusted}");
        let unusable = client.call(false, &url, Some("no bundle"), &[], None).await.unwrap_err();
        assert_eq!(unusable, "failed to parse PEM CA bundle for APICall: no certificate in it");
    }

    #[tokio::test]
    async fn answers_that_are_no_json_too_long_or_no_success_are_errors() {
        let (address, authority) = service().await;
        let client = ServiceClient::new();
        for (path, part) in [("words", "is not JSON"), ("long", "limit exceeded"), ("broken", "out of order")] {
            let url = format!("https://localhost:{}/{path}", address.port());
            let error = client.call(false, &url, Some(&authority), &[], None).await.unwrap_err();
            assert!(error.contains(part), "{path}: {error}");
        }
    }
}
