//! What functions may know beside their arguments. Golden answers do not depend on the clock or on chance.

use std::net::{IpAddr, ToSocketAddrs};

use dikast_stdlib::functions::Environment;

/// A fixed moment, and always the smallest number.
pub(crate) struct Fixed;

impl Environment for Fixed {
    fn now_unix_ns(&self) -> i128 {
        1_767_225_600_000_000_000
    }

    fn random_below(&self, bound: u64) -> u64 {
        bound / 2
    }

    fn resolve_host(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        let addresses = (host, 0).to_socket_addrs().map_err(|error| format!("lookup {host}: {error}"))?;
        Ok(addresses.map(|address| address.ip()).collect())
    }
}
