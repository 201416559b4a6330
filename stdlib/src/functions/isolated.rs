//! An environment in which nothing happens.

use std::cell::Cell;
use std::net::IpAddr;
use std::sync::Arc;

use super::Environment;
use crate::image::ImageDefaults;
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

/// An [`Isolated`] environment that remembers whether it was asked for anything: what a function gives without asking is
/// the same everywhere.
#[derive(Clone, Debug, Default)]
pub struct Unasked {
    asked: Cell<bool>,
}

impl Unasked {
    /// Whether a function asked for the clock, chance, a host or the configuration.
    pub fn was_asked(&self) -> bool {
        self.asked.get()
    }
}

impl Environment for Unasked {
    fn now_unix_ns(&self) -> i128 {
        self.asked.set(true);
        Isolated::EPOCH.now_unix_ns()
    }

    fn local_offset_seconds(&self) -> i32 {
        self.asked.set(true);
        Isolated::EPOCH.local_offset_seconds()
    }

    fn random_below(&self, bound: u64) -> u64 {
        self.asked.set(true);
        Isolated::EPOCH.random_below(bound)
    }

    fn resolve_host(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        self.asked.set(true);
        Isolated::EPOCH.resolve_host(host)
    }

    fn regex(&self, expression: &str) -> Result<Arc<GoRegex>, RegexError> {
        Isolated::EPOCH.regex(expression)
    }

    fn image_defaults(&self) -> ImageDefaults {
        self.asked.set(true);
        Isolated::EPOCH.image_defaults()
    }
}
