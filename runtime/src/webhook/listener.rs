//! The way of a connection: TCP, TLS with a time limit, HTTP/1.1 or HTTP/2, and a graceful end.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::{Service as HyperService, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use super::certificate::Certificates;
use super::routes::busy;

/// Bounds of the listener.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Open connections; more are refused.
    pub connections_max: usize,
    /// Time for a TLS handshake.
    pub handshake_timeout: Duration,
    /// Time that a connection may stay without a request, and that a request's head may take.
    pub idle_timeout: Duration,
    /// Time that open requests get when the listener ends.
    pub drain_timeout: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections_max: 1024,
            handshake_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(20),
        }
    }
}

/// A TLS configuration for HTTP/2 and HTTP/1.1 whose certificate can be replaced while it is used.
///
/// # Errors
///
/// When the cryptography library offers no protocol version that we allow.
pub fn tls_config(
    certificates: Arc<Certificates>,
    provider: Arc<CryptoProvider>,
) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one.
    fn handle(&self, request: Request<Incoming>) -> impl Future<Output = Response<Full<Bytes>>> + Send;

    /// A connection was refused, because too many are open.
    fn refused(&self) {}
}

/// Serves until `stop` is done, then lets open requests finish within the bound.
///
/// A connection beyond the bound is told so, whatever it asks; one beyond [`REFUSED_MAX`] of those is closed.
pub async fn serve<H: Handler>(
    listener: TcpListener,
    tls: ServerConfig,
    handler: Arc<H>,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let slots = Arc::new(Semaphore::new(bounds.connections_max));
    let refusals = Arc::new(Semaphore::new(REFUSED_MAX));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: give the open connections a moment to end.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let connection = Connection { acceptor: acceptor.clone(), bounds, watcher: graceful.watcher() };
        if let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
            // What requests share of the connection is counted where the connection is, not for all of them in one place.
            let handler = Arc::new(Arc::clone(&handler));
            let service = service_fn(move |request| {
                let handler = Arc::clone(&handler);
                async move { Ok(handler.handle(request).await) }
            });
            tokio::spawn(connection.serve(stream, service, slot));
        } else {
            handler.refused();
            if let Ok(slot) = Arc::clone(&refusals).try_acquire_owned() {
                let service = service_fn(|_| std::future::ready(Ok(busy("too many connections are open"))));
                tokio::spawn(tokio::time::timeout(REFUSAL_TIMEOUT, connection.serve(stream, service, slot)));
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(bounds.drain_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// Connections beyond the bound that are told so at the same time.
const REFUSED_MAX: usize = 64;

/// How long a connection beyond the bound may stay.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);

/// What a new connection is served with.
struct Connection {
    acceptor: TlsAcceptor,
    bounds: Bounds,
    watcher: Watcher,
}

impl Connection {
    async fn serve<S>(self, stream: TcpStream, service: S, slot: OwnedSemaphorePermit)
    where
        S: HyperService<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible> + Send + 'static,
        S::Future: Send + 'static,
    {
        let _slot = slot;
        let bounds = self.bounds;
        let _ = stream.set_nodelay(true);
        let stream = match tokio::time::timeout(bounds.handshake_timeout, self.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => return tracing::debug!("TLS handshake timed out"),
        };
        // The protocol is agreed on in the handshake: nothing has to be read to find it out, and so no connection can
        // stall before its timers run.
        let speaks_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(bounds.idle_timeout);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(256)
            .keep_alive_interval(bounds.idle_timeout / 2)
            .keep_alive_timeout(bounds.handshake_timeout);
        let builder = if speaks_http2 { builder.http2_only() } else { builder.http1_only() };
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        if let Err(error) = self.watcher.watch(connection).await {
            tracing::debug!(%error, "connection ended");
        }
    }
}
