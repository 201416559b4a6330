//! Questions put to native code, and how many of them it answers.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use dikast_compiler::codegen::{Question, QuestionError};
use dikast_compiler::ir::Program;
use dikast_runtime::document::Frame;
use dikast_runtime::native::NativeQuestion;
pub(crate) use dikast_runtime::native::Outcome;
use serde_json::Value as Json;

use crate::Count;
use crate::environment::Fixed;

/// How many questions native code answered, and why it left the others to the interpreter.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Answered questions.
    pub(crate) answered: usize,
    /// Questions that were left, by reason.
    pub(crate) left: BTreeMap<String, usize>,
    /// Why a question of the present case was left.
    pub(crate) last_left: Option<String>,
}

impl Tally {
    /// Notes a question that was left.
    pub(crate) fn leave(&mut self, reason: &str) {
        *self.left.entry(reason.to_owned()).or_default() += 1;
        self.last_left = Some(reason.to_owned());
    }

    /// Tells what was left, and gives the count; nothing when no question was put to native code.
    pub(crate) fn report(&self, topic: &str) -> Option<Count> {
        let left: usize = self.left.values().sum();
        let count = Count { agreed: self.answered, total: self.answered + left };
        if count.total == 0 {
            return None;
        }
        eprintln!("{topic}: native code answered {} of {}", count.agreed, count.total);
        let mut reasons: Vec<_> = self.left.iter().collect();
        reasons.sort_by_key(|(_, times)| Reverse(**times));
        for (reason, times) in reasons {
            eprintln!("  {times:>5} left to the interpreter: {reason}");
        }
        Some(count)
    }
}

/// What native code says of a document; nothing where it leaves that to the interpreter.
///
/// # Errors
///
/// Faults of the compiler, and documents that cannot be read.
pub(crate) fn ask(
    program: Program,
    question: &Question,
    document: &Json,
    tally: &mut Tally,
) -> Result<Option<Outcome>, String> {
    let native = match NativeQuestion::compile(&program, question) {
        Ok(native) => native,
        Err(QuestionError::Interpreted(reason)) => {
            tally.leave(&reason);
            return Ok(None);
        }
        Err(error) => return Err(error.to_string()),
    };
    let document = document.to_string();
    let mut frame = Frame::default();
    let mut asked = native.read(&mut frame, document.as_bytes()).map_err(|error| error.to_string())?;
    match asked.answer(&Fixed) {
        Outcome::Undecided => {
            tally.leave("not decided for this document");
            Ok(None)
        }
        outcome => {
            tally.answered += 1;
            Ok(Some(outcome))
        }
    }
}
