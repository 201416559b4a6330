//! Servers as processes of their own, and what they use.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;

use crate::Failure;
use crate::load::{Connection, trusting};

/// A server that is ready; it is killed with this.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) tls: Arc<ClientConfig>,
    /// From the start of the process until it was ready.
    pub(crate) ready_after: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// `dikast serve` with policies.
    pub(crate) fn dikast(program: &Path, policies: &Path, work: &Path) -> Result<Self, Failure> {
        let (address, authority) = (free_address()?, work.join("dikast.pem"));
        let mut command = Command::new(program);
        command.arg("serve").arg(policies).arg("--offline").arg("--listen").arg(address.to_string());
        command.arg("--skip-faulty").arg("--ca-out").arg(&authority);
        Self::start(command, address, &authority, true)
    }

    /// A baseline: the program beside this one.
    pub(crate) fn baseline(kind: &str, work: &Path) -> Result<Self, Failure> {
        let (address, authority) = (free_address()?, work.join(format!("{kind}.pem")));
        let mut command = Command::new(std::env::current_exe()?.with_file_name("baseline"));
        command.arg(kind).arg(address.to_string()).arg(&authority);
        Self::start(command, address, &authority, false)
    }

    fn start(mut command: Command, address: SocketAddr, authority: &Path, has_readyz: bool) -> Result<Self, Failure> {
        let _ = std::fs::remove_file(authority);
        let start = Instant::now();
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let ready = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n";
        while start.elapsed() < Duration::from_secs(120) {
            if let Some(status) = child.try_wait()? {
                return Err(format!("{command:?} ended with {status}").into());
            }
            let answer = trusting(authority).and_then(|tls| {
                let mut connection = Connection::open(address, &tls)?;
                let is_ready = !has_readyz || connection.ask(ready)?.0 == 200;
                Ok(is_ready.then_some(tls))
            });
            if let Ok(Some(tls)) = answer {
                return Ok(Self { child, address, tls, ready_after: start.elapsed() });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        Err(format!("{command:?} was not ready in time").into())
    }

    /// Processor time that the process has used, in microseconds.
    pub(crate) fn cpu_us(&self) -> Result<f64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields = stat.rsplit_once(')').ok_or("no such process")?.1;
        let ticks =
            |at: usize| -> Result<f64, Failure> { Ok(fields.split_whitespace().nth(at).ok_or("stat")?.parse()?) };
        // Linux counts in hundredths of a second.
        Ok((ticks(11)? + ticks(12)?) * 10_000.0)
    }

    /// Memory in use, in MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.split_whitespace().next().ok_or("no VmRSS")?.parse::<f64>()? / 1024.0)
    }
}

fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
