//! Asking the policies about the objects.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::bail;
use dikast_stdlib::Value;
use indicatif::{ProgressBar, ProgressStyle};

use super::Arguments;
use crate::evaluation::Evaluator;
use crate::evaluation::response::Response;
use crate::input::resources::ObjectKey;

/// With fewer objects there is no progress bar.
const FEW_OBJECTS: usize = 200;

impl Arguments {
    /// Asks the policies about all objects, on all processors; the answers are in the order of the objects.
    pub(super) fn evaluate(&self, evaluator: &Evaluator, objects: &[Value]) -> anyhow::Result<Vec<Response>> {
        let progress = match objects.len() {
            0..FEW_OBJECTS => ProgressBar::hidden(),
            // shows itself on terminals only
            count => ProgressBar::new(count as u64),
        };
        progress.set_style(
            ProgressStyle::with_template("{wide_bar} {pos} of {len} objects, {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(Vec::with_capacity(objects.len()));
        let work = || {
            while let Some((at, object)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, objects.get(at)?)))
            {
                let answer = evaluator.evaluate(object, None);
                progress.inc(1);
                answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, answer));
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(objects.len());
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        progress.finish_and_clear();
        let mut answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        answers.sort_by_key(|(at, _)| *at);
        let mut responses = Vec::new();
        for (at, answer) in answers {
            match answer {
                Ok(answer) => responses.extend(answer),
                Err(reason) => {
                    let name = ObjectKey::of(&objects[at]).path();
                    let error = format!("failed to apply policies on resource {name} ({reason})");
                    if !self.continue_on_fail {
                        bail!("{error}; --continue-on-fail goes on with the next one");
                    }
                    writeln!(std::io::stderr(), "{error}")?;
                }
            }
        }
        Ok(responses)
    }
}
