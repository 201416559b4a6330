//! A running webhook: what `serve` and `demo` have in common.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use dikast_runtime::webhook::certificate::Certificates;
use dikast_runtime::webhook::listener::{Bounds, serve, tls_config};
use dikast_runtime::webhook::policies::{Loaded, PolicyStore};
use dikast_runtime::webhook::service::Service;
use dikast_runtime::webhook::yield_to_requests;
use rustls::crypto::CryptoProvider;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::allocator::Frugality;

/// How often files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The cryptography that all connections use.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Serves on a socket in a task of its own until `stop` is done.
///
/// # Errors
/// When the address cannot be listened on.
pub(crate) async fn start(
    address: SocketAddr,
    service: Arc<Service>,
    certificates: Arc<Certificates>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<(SocketAddr, JoinHandle<()>)> {
    let listener =
        TcpListener::bind(address).await.map_err(|error| anyhow::anyhow!("cannot listen on {address}: {error}"))?;
    let address = listener.local_addr()?;
    let tls = tls_config(certificates, provider())?;
    let task = tokio::spawn(serve(listener, tls, service, Bounds::default(), stop));
    Ok((address, task))
}

/// Looks at policy and certificate files again and again, in a thread of its own that lets requests go first; it ends with
/// what is returned. `report` is told what a reload gave. `start` is held until the first policies are ready.
///
/// # Errors
/// When the system has no thread for it.
pub(crate) fn keep_fresh(
    mut store: PolicyStore,
    service: Arc<Service>,
    certificates: Arc<Certificates>,
    start: Frugality,
    report: impl Fn(&Loaded) + Send + 'static,
) -> std::io::Result<Freshness> {
    let (owner, watch) = mpsc::channel::<()>();
    let look = move || {
        yield_to_requests();
        service.wait_until_ready();
        drop(start);
        let mut told = String::new();
        while watch.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            match certificates.refresh() {
                Ok(true) => tracing::info!("the certificate was read again"),
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the certificate changed and cannot be used; the old one stays"),
            }
            let _frugality = Frugality::begin();
            match store.refresh() {
                Ok(Some(loaded)) => {
                    service.replace(&loaded);
                    report(&loaded);
                }
                Ok(None) => told.clear(),
                Err(error) if error.to_string() == told => {}
                Err(error) => {
                    tracing::error!(%error, "the policies cannot be read again; they stay as they are");
                    told = error.to_string();
                }
            }
        }
    };
    // Policies nest deeply where somebody wants them to.
    std::thread::Builder::new().name("policies".into()).stack_size(8 << 20).spawn(move || {
        if catch_unwind(AssertUnwindSafe(look)).is_err() {
            tracing::error!("reading the policies failed in an unforeseen way; they stay as they are");
        }
    })?;
    Ok(Freshness(owner))
}

/// Keeps policies and certificates fresh as long as it is there.
pub(crate) struct Freshness(#[expect(dead_code, reason = "its end ends the thread")] mpsc::Sender<()>);

/// Done when the process is asked to end, by Ctrl-C or a TERM signal.
pub(crate) async fn asked_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => {
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
