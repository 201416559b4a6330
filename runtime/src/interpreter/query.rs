//! Queries: expressions asked of the context after the entries that they name were loaded, and expressions whose text is
//! only known at run time (Kyverno `pkg/engine/context/evaluate.go`).

use dikast_compiler::ir::{EntryId, Expr, ExprId};
use dikast_stdlib::Value;

use super::evaluate::Subject;
use super::fault::Failure;
use super::{Fault, Interpreter};

impl Interpreter<'_> {
    /// The result of a query of the context, with the errors of Kyverno's `Query`: no variable's path or name in them.
    ///
    /// # Errors
    ///
    /// Its outcome, when that is no value.
    pub fn query(&self, expr: ExprId) -> Result<Value, Fault> {
        match &self.program.expr(expr).expr {
            Expr::Resolve { query, loads, .. } => self.run_query(*query, loads, Subject::default()),
            _ => self.run_query(expr, &[], Subject::default()),
        }
    }

    /// A `{{ }}` variable.
    pub(super) fn resolve(&self, id: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let Expr::Resolve { query, on_delete, loads, text, path } = &self.program.expr(id).expr else {
            return self.evaluate(id, subject);
        };
        let is_delete = self.context.is_delete();
        let query = on_delete.filter(|_| is_delete).unwrap_or(*query);
        let path = self.program.name(*path);
        self.run_query(query, loads, subject).map_err(|fault| {
            let text = self.program.name(*text);
            let shown = if is_delete { on_delete_text(text) } else { text.to_string() };
            unresolved(fault, &shown, path)
        })
    }

    fn run_query(&self, query: ExprId, loads: &[EntryId], subject: Subject<'_>) -> Result<Value, Fault> {
        self.context.load(self, |entry| loads.contains(&entry))?;
        self.evaluate(query, subject).map_err(|fault| match self.program.expr(query).expr {
            Expr::Fail(_) => failed_query(fault, ""),
            _ => failed_query(fault, "JMESPath query failed: "),
        })
    }
}

/// Errors of a query that ran get these words in front; what stopped it before has its own.
pub(super) fn failed_query(fault: Fault, words: &str) -> Fault {
    if fault.stops_the_query() {
        return fault;
    }
    match fault.into_failure() {
        Ok(failure) => Fault::Query(Failure { message: format!("{words}{}", failure.message), ..failure }),
        Err(keys) => Fault::NeedsData(keys),
    }
}

/// The error of a variable; that of a variable within it is handed on as it is.
pub(super) fn unresolved(fault: Fault, text: &str, path: &str) -> Fault {
    if let Fault::Unresolved(_) = fault {
        return fault;
    }
    match fault.into_failure() {
        Ok(failure) => Fault::Unresolved(Failure {
            message: format!("failed to resolve {text} at path {path}: {}", failure.message),
            ..failure
        }),
        Err(keys) => Fault::NeedsData(keys),
    }
}

/// How a variable reads when the operation is DELETE: a replacement of text, as in Kyverno.
pub(super) fn on_delete_text(text: &str) -> String {
    text.replace("request.object", "request.oldObject")
}
