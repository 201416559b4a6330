//! The interpreter: it defines the meaning of the IR on whole documents.
//!
//! The table in [`dikast_compiler::ir`] is the specification; every operator is one short function here. External data
//! that is not loaded ends an evaluation with [`Fault::NeedsData`]; the host loads it and the rule runs again.

mod alone;
mod budget;
mod evaluate;
mod fault;
mod query;
mod round;
mod run_time;
mod substitution;

pub use alone::LoneExpression;
pub use budget::Budget;
pub use fault::Fault;
pub use run_time::QueryCache;

pub(crate) use evaluate::{flatten, item, slice, values, whole_number};
pub(crate) use substitution::{has_shape, may_form_variable, mentions_variables};

use dikast_compiler::ir::{EntryQuery, ExprId, Program};
use dikast_grammar::reference::{find_references, unescape_references};
use dikast_stdlib::Value;

use crate::context::Context;
use crate::engine::World;
use evaluate::Subject;

#[cfg(test)]
mod tests;

/// Evaluates expressions of one program against one context.
#[derive(Clone, Copy)]
pub struct Interpreter<'a> {
    program: &'a Program,
    context: &'a Context,
    world: World<'a>,
    queries: &'a QueryCache,
    budget: &'a Budget,
}

impl<'a> Interpreter<'a> {
    /// An interpreter of a program.
    pub fn new(
        program: &'a Program,
        context: &'a Context,
        world: World<'a>,
        queries: &'a QueryCache,
        budget: &'a Budget,
    ) -> Self {
        Self { program, context, world, queries, budget }
    }

    /// The program.
    pub fn program(&self) -> &'a Program {
        self.program
    }

    /// The context.
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// Data and environment.
    pub fn world(&self) -> World<'a> {
        self.world
    }

    /// The value of a template or any other expression, asked of the context.
    ///
    /// # Errors
    ///
    /// Its outcome, when that is no value. Variables have Kyverno's words for theirs.
    pub fn substitute(&self, expr: ExprId) -> Result<Value, Fault> {
        self.evaluate(expr, Subject::default())
    }

    /// The value of a text whose variables are replaced at run time; the text is a document of its own.
    ///
    /// # Errors
    ///
    /// When a variable cannot be resolved.
    pub(crate) fn substitute_text(&self, text: &str) -> Result<Value, Fault> {
        if let Some(reference) = find_references(text).first() {
            // There is nothing else in the document that it could mean.
            return Err(Fault::error(format!("got nil resolved variable {} at path : <nil>", reference.text)));
        }
        self.substitute_within(&Value::text(unescape_references(text)), "")
    }

    /// The value of an expression that is asked of a document of its own.
    ///
    /// # Errors
    ///
    /// Its outcome, when that is no value.
    pub fn ask(&self, expr: ExprId, document: &Value) -> Result<Value, Fault> {
        self.evaluate(expr, Subject::of(document))
    }

    /// The value of an entry's `jmesPath`, whose text is `path`, asked of `document`. An error says whether the text does
    /// not parse.
    pub(crate) fn ask_entry(&self, query: &EntryQuery, path: &str, document: &Value) -> Result<Value, (Fault, bool)> {
        match query.query {
            Some(expr) => self.ask(expr, document).map_err(|fault| {
                let unparsable = matches!(fault, Fault::Query(_));
                (fault, unparsable)
            }),
            None => self.ask_text(path, document),
        }
    }

    /// The value of an entry's `jmesPath`, whose text is `path`, asked of the context, with the errors of a query.
    pub(crate) fn query_entry(&self, query: &EntryQuery, path: &str) -> Result<Value, Fault> {
        match query.query {
            Some(expr) => self.query(expr),
            None => self.query_text(path, None),
        }
    }
}
