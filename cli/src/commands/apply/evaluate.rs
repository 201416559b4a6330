//! Asking the policies about the objects.

use std::io::Write;

use anyhow::bail;
use dikast_stdlib::Value;
use indicatif::{ProgressBar, ProgressStyle};

use super::Arguments;
use crate::evaluation::Evaluator;
use crate::evaluation::response::Response;
use crate::input::resources::ObjectKey;
use crate::parallel;

/// With fewer objects there is no progress bar.
const FEW_OBJECTS: usize = 200;

/// How many objects are asked about before their answers are handed on.
const ROUND: usize = 1024;

impl Arguments {
    /// Asks the policies about all objects, on all processors, and hands the answers on in the order of the objects.
    pub(super) fn evaluate(
        &self,
        evaluator: &Evaluator,
        objects: &[Value],
        mut take: impl FnMut(Response) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let progress = match objects.len() {
            0..FEW_OBJECTS => ProgressBar::hidden(),
            // shows itself on terminals only
            count => ProgressBar::new(count as u64),
        };
        progress.set_style(
            ProgressStyle::with_template("{wide_bar} {pos} of {len} objects, {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        for round in objects.chunks(ROUND) {
            let answers = parallel::map(round.len(), |at| evaluator.evaluate(&round[at], None));
            progress.inc(round.len() as u64);
            for (object, answer) in round.iter().zip(answers) {
                match answer {
                    Ok(answer) => answer.into_iter().try_for_each(&mut take)?,
                    Err(reason) => {
                        let name = ObjectKey::of(object).path();
                        let error = format!("failed to apply policies on resource {name} ({reason})");
                        if !self.continue_on_fail {
                            bail!("{error}; --continue-on-fail goes on with the next one");
                        }
                        writeln!(std::io::stderr(), "{error}")?;
                    }
                }
            }
        }
        progress.finish_and_clear();
        Ok(())
    }
}
