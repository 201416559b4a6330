//! Counters that each thread has for itself, so that counting moves no cache line between cores.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Shards of a table of counters. Threads beyond that share the last one.
const SHARDS: usize = 64;
const SHARED: usize = SHARDS - 1;

/// Counters beyond the last of each shard, which keep the next one's off its cache lines.
const MARGIN: usize = 16;

/// A table of counters.
#[derive(Debug)]
pub(super) struct Counters {
    shards: [OnceLock<Box<[AtomicU64]>>; SHARDS],
    length: usize,
}

/// The counters of the present thread.
#[derive(Clone, Copy)]
pub(super) struct Local<'a> {
    counters: &'a [AtomicU64],
    shared: bool,
}

impl Counters {
    /// So many counters, all zero.
    pub(super) fn new(length: usize) -> Self {
        Self { shards: [const { OnceLock::new() }; SHARDS], length }
    }

    /// The counters of this thread.
    pub(super) fn local(&self) -> Local<'_> {
        let shard = SHARD.try_with(|shard| shard.0).unwrap_or(SHARED);
        let zeroes = || (0..self.length + MARGIN).map(|_| AtomicU64::new(0)).collect();
        Local { counters: self.shards[shard].get_or_init(zeroes), shared: shard == SHARED }
    }

    /// The sum over all threads.
    pub(super) fn read(&self, at: usize) -> u64 {
        let shards = self.shards.iter().filter_map(OnceLock::get);
        shards
            .filter_map(|shard| shard.get(at))
            .fold(0, |sum, counter| sum.wrapping_add(counter.load(Ordering::Relaxed)))
    }
}

impl Local<'_> {
    /// Adds to a counter; gives what this thread then has.
    pub(super) fn add(self, at: usize, by: u64) -> u64 {
        let Some(counter) = self.counters.get(at) else { return 0 };
        if self.shared {
            return counter.fetch_add(by, Ordering::Relaxed).wrapping_add(by);
        }
        // Nobody else writes here, so nothing can come between the two.
        let sum = counter.load(Ordering::Relaxed).wrapping_add(by);
        counter.store(sum, Ordering::Relaxed);
        sum
    }

    /// Counts one more; gives what this thread then has.
    pub(super) fn count(self, at: usize) -> u64 {
        self.add(at, 1)
    }
}

thread_local! {
    static SHARD: Shard = Shard::take();
}

static GIVEN_OUT: AtomicUsize = AtomicUsize::new(0);
static GIVEN_BACK: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// The number of a thread's shard, which is its own while it lives.
struct Shard(usize);

impl Shard {
    fn take() -> Self {
        if let Some(number) = GIVEN_BACK.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Self(number);
        }
        let next = |given: usize| (given < SHARED).then_some(given + 1);
        Self(GIVEN_OUT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or(SHARED))
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        if self.0 != SHARED {
            GIVEN_BACK.lock().unwrap_or_else(PoisonError::into_inner).push(self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_over_all_threads_also_those_that_ended() {
        let counters = Counters::new(2);
        std::thread::scope(|scope| {
            for _ in 0..200 {
                scope.spawn(|| counters.local().add(1, 3));
            }
        });
        counters.local().count(1);
        assert_eq!((counters.read(0), counters.read(1)), (0, 601));
    }
}
