//! Expressions outside any policy.

use dikast_compiler::ir::{ExprId, Program};
use dikast_compiler::lower::expression::lower_query;
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;

use super::{Budget, Fault, Interpreter, QueryCache};
use crate::context::Context;
use crate::data::FixedData;
use crate::engine::World;

/// An expression that is asked of documents, with no policy or request around it.
#[derive(Debug)]
pub struct LoneExpression {
    program: Program,
    expr: ExprId,
}

impl LoneExpression {
    /// Parses an expression.
    ///
    /// # Errors
    ///
    /// The parser's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (program, expr) = lower_query(text)?;
        Ok(Self { program, expr })
    }

    /// The value of the expression, asked of a document.
    ///
    /// # Errors
    ///
    /// When the value is missing or cannot be computed.
    pub fn ask(&self, document: &Value, environment: &dyn Environment) -> Result<Value, Fault> {
        let context = Context::of_document(Value::Null);
        let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
        let world = World { data: &data, environment };
        Interpreter::new(&self.program, &context, world, &queries, &budget).ask(self.expr, document)
    }
}
