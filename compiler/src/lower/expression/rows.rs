//! What Kyverno makes of the list that `items` gives where the compiler sees that it is one
//! (see `dikast_stdlib::functions::RowsTreatment`).

use dikast_grammar::jmespath::Ast;
use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, Arity, FunctionId, RowsTreatment};

use super::jmespath::Lowering;
use crate::ir::{Comparison, Expr, ExprId};

impl Lowering<'_> {
    /// A call; with an argument that the function refuses, its error.
    pub(super) fn call_function(&mut self, function: FunctionId, mut arguments: Vec<ExprId>, ast: &Ast) -> ExprId {
        let declared = functions::get(function);
        let wrong_count = declared.arity == Arity::Fixed && arguments.len() != declared.parameters.len();
        for at in 0..arguments.len() {
            let argument = arguments[at];
            // The number of arguments is looked at before their types.
            if wrong_count || !self.is_rows(argument) {
                continue;
            }
            match functions::treatment_of_rows(function, at) {
                RowsTreatment::List => {}
                RowsTreatment::Single => arguments[at] = self.push(Expr::List(vec![argument]), ast),
                RowsTreatment::Refused(error) => {
                    self.report_items_list(functions::get(function).name, ast);
                    return self.failure(&error.to_string(), arguments, ast);
                }
            }
        }
        self.push(Expr::Call { function, arguments }, ast)
    }

    /// A comparison; such a list never equals an ordinary one.
    pub(super) fn compare(&mut self, comparison: Comparison, left: ExprId, right: ExprId, ast: &Ast) -> ExprId {
        let differ = match comparison {
            Comparison::Equal => Some(false),
            Comparison::NotEqual => Some(true),
            Comparison::Numbers(_) => None,
        };
        match differ {
            // Where the list can be missing, it is null instead.
            Some(answer) if self.is_always_rows(left) != self.is_always_rows(right) => {
                let value = self.push(Expr::List(vec![left, right]), ast);
                let body = self.value(Value::Bool(answer), ast);
                self.push(Expr::Bind { value, body }, ast)
            }
            _ => self.push(Expr::Compare { comparison, left, right }, ast),
        }
    }

    fn is_always_rows(&self, id: ExprId) -> bool {
        !matches!(self.builder.program().expr(id).expr, Expr::Recover { .. }) && self.is_rows(id)
    }

    fn is_rows(&self, id: ExprId) -> bool {
        match &self.builder.program().expr(id).expr {
            Expr::Call { function, .. } => functions::makes_rows(*function),
            Expr::Recover { of, .. } => self.is_rows(*of),
            Expr::Bind { body, .. } => self.is_rows(*body),
            _ => false,
        }
    }
}
