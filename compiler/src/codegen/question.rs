//! Questions: native code for a single expression, template, pattern or condition block.
//!
//! A question is asked of one JSON document, which is the root of its expressions, or the context of its templates. Its
//! layout, tables and code are those of a unit on a smaller scale, and come from the same selection and emission.

use super::{Code, CodegenError, HelperAddresses, Numbers, Pool, code, emit, select};
use crate::ir::{Conditions, ExprId, PatternId, Program};
use crate::layout::{BlockId, Layout};

/// What is asked of a document.
#[derive(Clone, Debug)]
pub enum Question {
    /// The value of an expression of which the document is the root.
    Query(ExprId),
    /// The value of a template whose context is the document.
    Template(ExprId),
    /// Whether conditions hold whose context is the document.
    Conditions(Conditions),
    /// Whether the document satisfies a pattern.
    Pattern(PatternId),
    /// Whether the document, a text, fits a wildcard.
    Wildcard(String),
}

/// A question that can be asked.
#[derive(Clone, Debug)]
pub struct CompiledQuestion {
    /// What a frame has to hold of the document.
    pub layout: Layout,
    /// What helpers look up.
    pub pool: Pool,
    /// The code. It writes one verdict; the place of that is the byte offset of the value that was asked for.
    pub code: Code,
    /// How the numbers of the value are read.
    pub numbers: Numbers,
}

/// Why a question has no native code.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// It is left to the interpreter.
    #[error("left to the interpreter: {0}")]
    Interpreted(String),
    /// It could not be compiled.
    #[error(transparent)]
    Codegen(#[from] CodegenError),
}

/// Compiles a question.
///
/// # Errors
///
/// When it is one for the interpreter, the machine has no backend, or the code is refused.
pub fn compile_question(
    program: &Program,
    question: &Question,
    helpers: HelperAddresses,
) -> Result<CompiledQuestion, QuestionError> {
    let selected = select::select_question(program, question).map_err(QuestionError::Interpreted)?;
    let (plan, layout, mut pool) = (selected.plan, selected.layout, selected.pool);
    pool.place_after(layout.block(BlockId::ROOT).stride);
    let mut code = code::CodeBuilder::new(helpers)?;
    let mut writer = emit::UnitWriter { program, layout: &layout, pool: &mut pool, clif: None };
    let (entry, numbers) = emit::emit_question(&plan, &mut writer, &mut code)?;
    let code = code.finish(entry, &[])?;
    Ok(CompiledQuestion { layout, pool, code, numbers })
}
