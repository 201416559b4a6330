//! The load: connections of one thread each, one request after the other, as fast as they go or at a fixed rate.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::Failure;

/// What is sent, and how.
#[derive(Clone)]
pub(crate) struct Load {
    /// Requests in turn, head and body.
    pub(crate) requests: Arc<Vec<Vec<u8>>>,
    pub(crate) connections: usize,
    pub(crate) lasts: Duration,
    /// Requests a second over all connections; as many as possible without one.
    pub(crate) rate: Option<f64>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) seconds: f64,
    /// Microseconds of each answer, sorted. At a fixed rate an answer that was late makes the ones behind it late too.
    pub(crate) latencies_us: Vec<u32>,
    /// Answers with another status than 200, and requests without one.
    pub(crate) lost: usize,
}

impl Outcome {
    pub(crate) fn rate(&self) -> f64 {
        self.latencies_us.len() as f64 / self.seconds
    }

    /// The latency that a part of all answers stay within.
    pub(crate) fn quantile_us(&self, part: f64) -> f64 {
        let at = (self.latencies_us.len() as f64 * part) as usize;
        let last = self.latencies_us.len().saturating_sub(1);
        self.latencies_us.get(at.min(last)).copied().map_or(f64::NAN, f64::from)
    }
}

/// A review as an HTTP request.
pub(crate) fn request(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Sends the load to a server.
pub(crate) fn run(load: &Load, address: SocketAddr, tls: &Arc<ClientConfig>) -> Result<Outcome, Failure> {
    let connections = (0..load.connections).map(|_| Connection::open(address, tls)).collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let parts: Vec<Outcome> = std::thread::scope(|scope| {
        let threads: Vec<_> = connections
            .into_iter()
            .enumerate()
            .map(|(number, connection)| scope.spawn(move || send(load, number, connection, start)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect()
    });
    let mut outcome = Outcome { seconds: start.elapsed().as_secs_f64(), ..Outcome::default() };
    for part in parts {
        outcome.latencies_us.extend(part.latencies_us);
        outcome.lost += part.lost;
    }
    outcome.latencies_us.sort_unstable();
    Ok(outcome)
}

fn send(load: &Load, number: usize, mut connection: Connection, start: Instant) -> Outcome {
    let mut outcome = Outcome::default();
    let end = start + load.lasts;
    let pause = load.rate.map(|rate| Duration::from_secs_f64(load.connections as f64 / rate));
    let mut due = start + pause.unwrap_or_default().mul_f64(number as f64 / load.connections as f64);
    for request in load.requests.iter().cycle().skip(number) {
        let mut from = Instant::now();
        if let Some(pause) = pause {
            match due.checked_duration_since(from) {
                Some(early) => {
                    std::thread::sleep(early);
                    from = Instant::now();
                }
                None => from = due,
            }
            due += pause;
        }
        if from >= end {
            break;
        }
        match connection.ask(request) {
            Ok((200, _)) => outcome.latencies_us.push(u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX)),
            Ok(_) => outcome.lost += 1,
            Err(_) => {
                outcome.lost += 1;
                break;
            }
        }
    }
    outcome
}

/// A connection over TLS and HTTP/1.1.
pub(crate) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr, tls: &Arc<ClientConfig>) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let client = ClientConnection::new(Arc::clone(tls), "localhost".try_into()?)?;
        Ok(Self { stream: StreamOwned::new(client, stream), buffer: vec![0; 64 << 10] })
    }

    /// Sends a request; gives the status of its answer and the body, as far as it fits into memory of 64 KiB.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<(u16, &[u8]), Failure> {
        self.stream.write_all(request)?;
        self.stream.flush()?;
        let mut filled = 0;
        loop {
            let space =
                self.buffer.get_mut(filled..).filter(|space| !space.is_empty()).ok_or("the answer is too long")?;
            let length = self.stream.read(space)?;
            if length == 0 {
                return Err("the connection ended".into());
            }
            filled += length;
            let text = self.buffer.get(..filled).unwrap_or_default();
            let Some(head) = text.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let lines = std::str::from_utf8(&text[..head])?;
            let status = lines.get(9..12).ok_or("no status")?.parse()?;
            let is_length = |line: &str| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            };
            let body = lines.split("\r\n").find_map(is_length).ok_or("no length")?;
            if filled >= head + 4 + body {
                return Ok((status, &self.buffer[head + 4..filled]));
            }
        }
    }
}

/// TLS that trusts an authority.
pub(crate) fn trusting(authority: &std::path::Path) -> Result<Arc<ClientConfig>, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority)?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
