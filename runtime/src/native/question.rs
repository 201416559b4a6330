//! Questions about a document, answered by native code.

use dikast_compiler::codegen::{self, CompiledQuestion, Question, QuestionError, Status};
use dikast_compiler::ir::Program;
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;

use super::entries;
use super::run::{Computed, Document, Outlook, Running};
use crate::document::{DocumentError, Frame};
use crate::request::Surroundings;

/// The native code of one expression, template, pattern or condition block.
#[derive(Debug)]
pub struct NativeQuestion {
    compiled: CompiledQuestion,
    surroundings: Surroundings,
}

/// What native code says. It has no words; those of an error or a failure come from the interpreter.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The value that was asked for.
    Value(Value),
    /// The conditions hold, or the document satisfies the pattern.
    Yes,
    /// They do not hold, or the document does not satisfy the pattern.
    No,
    /// The pattern does not apply.
    Skip,
    /// There is no answer.
    Error,
    /// This document is one for the interpreter.
    Undecided,
}

/// A document of which a question can be asked.
#[derive(Debug)]
pub struct Asked<'a> {
    question: &'a NativeQuestion,
    frame: &'a mut Frame,
    document: Document<'a>,
}

impl NativeQuestion {
    /// Compiles a question.
    ///
    /// # Errors
    ///
    /// When it is one for the interpreter, the machine has no backend, or the code is refused.
    pub fn compile(program: &Program, question: &Question) -> Result<Self, QuestionError> {
        let compiled = codegen::compile_question(program, question, entries::addresses())?;
        Ok(Self { compiled, surroundings: Surroundings::default() })
    }

    /// Its layout and tables.
    pub fn compiled(&self) -> &CompiledQuestion {
        &self.compiled
    }

    /// Reads what the question needs of a JSON document.
    ///
    /// # Errors
    ///
    /// When the bytes are not one valid JSON document.
    pub fn read<'a>(&'a self, frame: &'a mut Frame, document: &'a [u8]) -> Result<Asked<'a>, DocumentError> {
        let document = Document::read(frame, &self.compiled.layout, &self.compiled.pool, document)?;
        Ok(Asked { question: self, frame, document })
    }
}

impl Asked<'_> {
    /// The answer.
    pub fn answer(&mut self, environment: &dyn Environment) -> Outcome {
        let NativeQuestion { compiled, surroundings } = self.question;
        let outlook = Outlook { surroundings, environment };
        let mut computed = Computed::default();
        let mut running = Running::new(self.frame, &mut computed, self.document, &compiled.pool, outlook);
        let verdict = running.ask(compiled);
        match verdict.status {
            // Only a question for a value says where that is.
            Status::Pass if verdict.at == codegen::Verdict::NOWHERE => Outcome::Yes,
            Status::Pass => match running.value(u64::from(verdict.at), compiled.numbers as u32) {
                Some(value) => Outcome::Value(value),
                None => Outcome::Undecided,
            },
            Status::Fail => Outcome::No,
            Status::Skip => Outcome::Skip,
            Status::Error => Outcome::Error,
            Status::NoMatch | Status::Silent | Status::Fires | Status::Interpret => Outcome::Undecided,
        }
    }
}
