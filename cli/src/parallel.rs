//! Work spread over the processors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What one thread takes at a time of small work: enough that taking it costs nothing beside the work.
const SHARE: usize = 16;

/// Does `work` for each number below `count`, on all processors; the results are in the order of the numbers.
pub(crate) fn map<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    map_shares(SHARE, count, work)
}

/// Like [`map`], for work that takes long each time.
pub(crate) fn map_long<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    map_shares(1, count, work)
}

fn map_shares<T: Send>(share: usize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.div_ceil(share));
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count.div_ceil(share)));
    let take_shares = || {
        loop {
            let from = next.fetch_add(share, Ordering::Relaxed);
            if from >= count {
                return;
            }
            let results: Vec<T> = (from..count.min(from + share)).map(&work).collect();
            done.lock().unwrap_or_else(PoisonError::into_inner).push((from, results));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(take_shares);
        }
        take_shares();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(from, _)| *from);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order() {
        assert_eq!(map(1000, |at| at * 2), (0..1000).map(|at| at * 2).collect::<Vec<_>>());
        assert_eq!(map_long(5, |at| at), [0, 1, 2, 3, 4]);
        assert!(map(0, |at| at).is_empty());
    }
}
