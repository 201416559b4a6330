//! Native code for the rules of a unit.
//!
//! ```text
//! rules of a unit ──select──▶ plan ──emit──▶ Cranelift functions ──code──▶ callable entry
//!                     │                            │
//!                     └──▶ layout of the request   └──▶ pool: constants, wildcards, conditions
//! ```
//!
//! | module | what |
//! |---|---|
//! | `select` | decides what is native, asks the layout for places, gives a plan |
//! | `plan` | the plan, as plain data |
//! | `dispatch` | which policies a request can concern |
//! | `emit` | writes code for a plan |
//! | [`Question`] | one expression, template, pattern or condition, asked of a document of its own |
//! | [`helper`] | the table of Rust functions that native code calls |
//! | [`abi`] | what both sides agree on |
//! | `code` | executable memory and its lifetime |
//! | `clif` | the readable form of the code |
//!
//! Native code gives one [`Verdict`] per rule and nothing else: words, patches and reports come from the interpreter,
//! for the rules that need them. What `select` cannot plan is left to the interpreter rule by rule, with the reason.

pub mod abi;
mod clif;
#[allow(unsafe_code, reason = "the boundary to native code")]
mod code;
mod dispatch;
mod emit;
#[allow(unsafe_code, reason = "the boundary to native code")]
pub mod helper;
mod plan;
mod pool;
mod question;
mod select;

pub use abi::{Answer, CompiledRule, Status, Verdict};
pub use code::{Code, Symbol};
pub use dispatch::Dispatch;
pub use helper::{Helper, HelperAddresses, Place};
pub use plan::Numbers;
pub use pool::{KnownCondition, Pool, TemplatePart};
pub use question::{CompiledQuestion, Question, QuestionError, compile_question};

use dikast_grammar::Span;

use crate::ir::Program;
use crate::layout::Layout;
use crate::passes::dispatch_match;
use crate::unit::Unit;

/// A unit that can run.
#[derive(Clone, Debug)]
pub struct CompiledUnit {
    /// Its rules, in the order of their verdicts.
    pub rules: Vec<CompiledRule>,
    /// Which of them a request can concern; the groups are in the order of [`Code::run_group`].
    pub dispatch: Dispatch,
    /// What a frame has to hold.
    pub layout: Layout,
    /// What helpers look up.
    pub pool: Pool,
    /// The code.
    pub code: Code,
}

/// A unit that could not be compiled: bugs of ours, or a machine that Cranelift does not know.
#[derive(Debug, thiserror::Error)]
pub enum CodegenError {
    /// There is no code generation for this machine.
    #[error("no native code for this machine: {0}")]
    NoBackend(String),
    /// Functions could not be linked.
    #[error("native code could not be linked: {0}")]
    Module(#[from] Box<cranelift_module::ModuleError>),
    /// The verifier refused a function that was written here.
    #[error("native code was rejected: {error}\n{function}")]
    Rejected {
        /// What it objects to.
        error: Box<cranelift_module::ModuleError>,
        /// The function's text.
        function: String,
    },
}

impl From<cranelift_module::ModuleError> for CodegenError {
    fn from(error: cranelift_module::ModuleError) -> Self {
        Self::Module(Box::new(error))
    }
}

/// Compiles the rules of a unit.
///
/// # Errors
///
/// When the machine has no backend, or the code is refused.
pub fn compile_unit(program: &Program, unit: &Unit, helpers: HelperAddresses) -> Result<CompiledUnit, CodegenError> {
    compile(program, unit, helpers, None)
}

/// Compiles the rules of a unit and gives the text of its functions with comments, for `--emit clif`.
///
/// # Errors
///
/// As [`compile_unit`].
pub fn explain_unit(
    program: &Program,
    unit: &Unit,
    helpers: HelperAddresses,
    places: &dyn Fn(Span) -> String,
) -> Result<(CompiledUnit, String), CodegenError> {
    let mut clif = String::new();
    let compiled = compile(program, unit, helpers, Some(emit::Listing { text: &mut clif, places }))?;
    Ok((compiled, clif))
}

fn compile(
    program: &Program,
    unit: &Unit,
    helpers: HelperAddresses,
    clif: Option<emit::Listing<'_>>,
) -> Result<CompiledUnit, CodegenError> {
    let (dispatched, origins) = dispatch_match(program, unit);
    let program = &dispatched;
    let selected = select::select_unit(program, unit);
    let (plan, layout, mut pool) = (selected.plan, selected.layout, selected.pool);
    pool.place_after(layout.block(crate::layout::BlockId::ROOT).stride);
    let mut code = code::CodeBuilder::new(helpers)?;
    let mut writer = emit::UnitWriter { program, layout: &layout, pool: &mut pool, clif };
    let (entry, groups) = emit::emit_unit(&plan, &mut writer, &mut code)?;
    let code = code.finish(entry, &groups)?;
    let rules = plan
        .rules
        .iter()
        .map(|rule| CompiledRule {
            rule: origins[rule.rule.index()],
            position: rule.rule.0,
            interpreted: rule.reason.clone(),
        })
        .collect();
    Ok(CompiledUnit { rules, dispatch: plan.dispatch, layout, pool, code })
}
