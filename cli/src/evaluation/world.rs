//! Time, chance and name lookups of the machine that the command runs on.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use dikast_stdlib::functions::Environment;
use dikast_stdlib::regex::{GoRegex, RegexCache, RegexError};

/// Regular expressions that policies asked for.
static REGEXES: RegexCache = RegexCache::new();

/// The machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Machine;

impl Environment for Machine {
    fn now_unix_ns(&self) -> i128 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => since.as_nanos().try_into().unwrap_or(i128::MAX),
            Err(before) => -before.duration().as_nanos().try_into().unwrap_or(i128::MAX),
        }
    }

    fn random_below(&self, bound: u64) -> u64 {
        // the keys of a hasher are the randomness that the standard library has
        let random = RandomState::new().build_hasher().finish();
        random % bound.max(1)
    }

    fn resolve_host(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        let addresses = (host, 0).to_socket_addrs().map_err(|error| error.to_string())?;
        Ok(addresses.map(|address| address.ip()).collect())
    }

    fn regex(&self, expression: &str) -> Result<Arc<GoRegex>, RegexError> {
        REGEXES.get(expression)
    }
}
