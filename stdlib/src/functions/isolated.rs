//! An environment in which nothing happens.

use std::net::IpAddr;
use std::sync::Arc;

use super::Environment;
use crate::regex::{GoRegex, RegexCache, RegexError};

static REGEXES: RegexCache = RegexCache::new();

/// An environment whose clock stands, whose chance is always the smallest number and where no host has an address: for
/// functions that ask nothing of one, and for runs that have to be repeatable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isolated {
    /// The moment that it always is.
    pub now_unix_ns: i128,
}

impl Isolated {
    /// At the beginning of 1970.
    pub const EPOCH: Self = Self { now_unix_ns: 0 };
}

impl Environment for Isolated {
    fn now_unix_ns(&self) -> i128 {
        self.now_unix_ns
    }

    fn random_below(&self, _bound: u64) -> u64 {
        0
    }

    fn resolve_host(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        Err(format!("{host} is not looked up: there is no network here"))
    }

    fn regex(&self, expression: &str) -> Result<Arc<GoRegex>, RegexError> {
        REGEXES.get(expression)
    }
}
