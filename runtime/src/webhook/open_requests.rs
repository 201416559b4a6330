//! How many requests are open, counted by each thread for itself.

use std::sync::atomic::{AtomicBool, Ordering};

use super::counters::Counters;

const BEGAN: usize = 0;
const ENDED: usize = 1;

/// While there is room, a thread adds up all threads' counts once in so many requests.
const LOOK_EVERY: u64 = 16;

/// The bound on open requests. As long as there is room it is looked at now and then only, so it may be passed by a few
/// requests of each thread.
#[derive(Debug)]
pub(super) struct OpenRequests {
    counters: Counters,
    is_full: AtomicBool,
    max: u64,
}

/// Ends with the request.
pub struct OpenRequest<'a>(&'a OpenRequests);

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        self.0.counters.local().count(ENDED);
    }
}

impl OpenRequests {
    pub(super) fn new(max: usize) -> Self {
        Self { counters: Counters::new(2), is_full: AtomicBool::new(false), max: max as u64 }
    }

    /// Takes in a request, if there is room.
    pub(super) fn admit(&self) -> Option<OpenRequest<'_>> {
        let began = self.counters.local().count(BEGAN);
        let open = OpenRequest(self);
        let was_full = self.is_full.load(Ordering::Relaxed);
        if was_full || began % LOOK_EVERY == 1 {
            // In this order the difference can only be too large.
            let ended = self.counters.read(ENDED);
            let is_full = self.counters.read(BEGAN).saturating_sub(ended) > self.max;
            if is_full != was_full {
                self.is_full.store(is_full, Ordering::Relaxed);
            }
            return (!is_full).then_some(open);
        }
        Some(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_house_lets_in_again_when_somebody_leaves() {
        let house = OpenRequests::new(100);
        let mut guests: Vec<_> = std::iter::from_fn(|| house.admit()).collect();
        assert!((100..100 + LOOK_EVERY as usize).contains(&guests.len()), "{}", guests.len());
        assert!(house.admit().is_none());
        guests.truncate(50);
        assert!(house.admit().is_some());
        assert!(OpenRequests::new(0).admit().is_none());
    }
}
