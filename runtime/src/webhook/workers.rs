//! Threads that compile units in the background, behind all that answers requests.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use dikast_compiler::unit::Unit;

use crate::native::NativeProgram;

/// How much less of the processor a thread in the background asks for, on a scale to 19.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Threads that compile units, and the units that wait for them. The threads end with their owner.
#[derive(Debug, Default)]
pub(super) struct Workers {
    queue: Arc<Queue>,
    started: OnceLock<()>,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: Mutex<Jobs>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Jobs {
    waiting: VecDeque<Job>,
    /// Nobody will ask for more.
    closed: bool,
}

/// A unit to compile; it is passed over when its program serves no more.
#[derive(Debug)]
struct Job {
    program: Weak<NativeProgram>,
    unit: Unit,
    _batch: Option<BatchMember>,
}

/// Units that are waited for together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    open: Mutex<usize>,
    done: Condvar,
}

#[derive(Debug)]
struct BatchMember(Arc<Batch>);

impl Drop for BatchMember {
    fn drop(&mut self) {
        *self.0.open() -= 1;
        self.0.done.notify_all();
    }
}

impl Batch {
    fn open(&self) -> MutexGuard<'_, usize> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all are done.
    pub(super) fn is_done(&self) -> bool {
        *self.open() == 0
    }

    /// Waits until all are done; gives up at a point in time and says no.
    pub(super) fn wait_until(&self, end: Instant) -> bool {
        let mut open = self.open();
        while *open > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return false;
            }
            open = self.done.wait_timeout(open, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Workers {
    /// Has a unit compiled before all that wait, because a request of it came.
    pub(super) fn compile_next(&self, program: &Arc<NativeProgram>, unit: Unit) {
        if program.promise(&unit) {
            let job = Job { program: Arc::downgrade(program), unit, _batch: None };
            self.queue.lock().waiting.push_front(job);
            self.wake();
        }
    }

    /// Has units compiled in this order.
    pub(super) fn compile_all(
        &self,
        program: &Arc<NativeProgram>,
        units: impl IntoIterator<Item = Unit>,
    ) -> Arc<Batch> {
        let batch = Arc::new(Batch::default());
        let units: Vec<Unit> = units.into_iter().filter(|unit| program.promise(unit)).collect();
        *batch.open() = units.len();
        let jobs = units.into_iter().map(|unit| {
            let member = Some(BatchMember(Arc::clone(&batch)));
            Job { program: Arc::downgrade(program), unit, _batch: member }
        });
        self.queue.lock().waiting.extend(jobs);
        self.wake();
        batch
    }

    fn wake(&self) {
        self.started.get_or_init(|| {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            for number in 0..threads {
                let queue = Arc::clone(&self.queue);
                let thread = std::thread::Builder::new().name(format!("compile-{number}"));
                if let Err(error) = thread.spawn(move || queue.work()) {
                    tracing::warn!(%error, "cannot start a thread that compiles");
                }
            }
        });
        self.queue.changed.notify_all();
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let mut jobs = self.queue.lock();
        jobs.closed = true;
        jobs.waiting.clear();
        drop(jobs);
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works at full priority until there is nothing left to do for the first time: before that no request can be answered
    /// well. From then on requests go first.
    fn work(&self) {
        let mut is_polite = false;
        while let Some(job) = self.next(&mut is_polite) {
            let Some(program) = job.program.upgrade() else { continue };
            // A panic costs this unit its native code, no more.
            match catch_unwind(AssertUnwindSafe(|| program.unit(&job.unit).map(drop))) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "a unit is left to the interpreter"),
                Err(_panic) => tracing::error!(unit = %job.unit, "compiling panicked; please report this"),
            }
        }
    }

    fn next(&self, is_polite: &mut bool) -> Option<Job> {
        let mut jobs = self.lock();
        loop {
            if jobs.closed {
                return None;
            }
            if let Some(job) = jobs.waiting.pop_front() {
                return Some(job);
            }
            if !std::mem::replace(is_polite, true) {
                yield_to_requests();
            }
            jobs = self.changed.wait(jobs).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Lets the threads that answer requests go before the present one. Where that cannot be done it matters little.
pub fn yield_to_requests() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS) {
        tracing::debug!(%error, "cannot lower the priority of a thread");
    }
}

#[cfg(test)]
mod tests {
    use dikast_compiler::compile;
    use dikast_compiler::unit::{Kind, Operation};
    use dikast_grammar::SourceMap;

    use super::*;

    #[test]
    fn a_batch_is_done_when_its_units_are() {
        let program = Arc::new(NativeProgram::new(Arc::new(compile(&SourceMap::new()).program)));
        let workers = Workers::default();
        let unit = |kind: &str| Unit::of_objects(Kind::new("", "v1", kind), Operation::Create);
        let batch = workers.compile_all(&program, ["Pod", "Service", "Pod"].map(unit));
        assert!(batch.wait_until(Instant::now() + Duration::from_secs(60)));
        assert!(batch.is_done());
        assert_eq!(program.known_units().len(), 2);
        assert!(!program.promise(&unit("Pod")));
    }
}
