//! Time that this thread was running, so that what runs beside does not count.

use std::time::{Duration, Instant};

/// A moment in the life of this thread.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    running: Option<Duration>,
    wall: Instant,
}

impl Moment {
    /// Now.
    pub(crate) fn now() -> Self {
        Self { running: running(), wall: Instant::now() }
    }

    /// How long the thread was running since; where the system does not tell, how long ago it was. The system counts in
    /// ticks of some milliseconds, so what is short is taken by the wall clock.
    pub(crate) fn elapsed(self) -> Duration {
        let wall = self.wall.elapsed();
        match (self.running, running()) {
            (Some(then), Some(now)) if wall > Duration::from_millis(10) => wall.min(now.saturating_sub(then)),
            _ => wall,
        }
    }
}

/// What Linux tells of the time that this thread was running.
fn running() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
