//! Queries whose text is only known at run time: parsed and lowered when they are asked, and remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use dikast_compiler::ir::{ExprId, Program};
use dikast_compiler::lower::expression::{lower_query, names_entry};
use dikast_stdlib::Value;

use super::evaluate::Subject;
use super::fault::Failure;
use super::query::failed_query;
use super::{Fault, Interpreter};

/// How many queries are remembered.
const QUERIES_MAX: usize = 4096;
/// Longer queries are not remembered.
const QUERY_BYTES_MAX: usize = 8 << 10;

/// An expression as a program of its own, or the parser's words.
type Lowered = Result<Arc<(Program, ExprId)>, String>;

/// Remembers queries that were parsed at run time.
///
/// Their texts come from requests, so it is bounded: when it is full, it starts anew.
#[derive(Debug, Default)]
pub struct QueryCache {
    queries: Mutex<HashMap<Box<str>, Lowered>>,
}

impl QueryCache {
    fn lowered(&self, text: &str) -> Lowered {
        let known = self.queries.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        if let Some(lowered) = known {
            return lowered;
        }
        let lowered = lower_query(text).map(Arc::new);
        if text.len() <= QUERY_BYTES_MAX {
            let mut queries = self.queries.lock().unwrap_or_else(PoisonError::into_inner);
            if queries.len() >= QUERIES_MAX {
                queries.clear();
            }
            queries.insert(text.into(), lowered.clone());
        }
        lowered
    }
}

impl Interpreter<'_> {
    /// The result of a query by its text, asked of the context or of another root.
    pub(super) fn query_text(&self, text: &str, root: Option<&Value>) -> Result<Value, Fault> {
        if root.is_none() {
            self.context.load(self, |entry| names_entry(text, self.program.name(self.program.entry(entry).name)))?;
        }
        let failure = |message| Fault::Query(Failure { message, missing: false });
        let text = text.trim();
        if text.is_empty() {
            return Err(failure("invalid query (nil)".to_owned()));
        }
        let lowered =
            self.queries.lowered(text).map_err(|error| failure(format!("incorrect query {text}: {error}")))?;
        let (program, expr) = &*lowered;
        let subject = root.map_or_else(Subject::default, Subject::of);
        Interpreter { program, ..*self }
            .evaluate(*expr, subject)
            .map_err(|fault| failed_query(fault, "JMESPath query failed: "))
    }

    /// The result of a query by its text, asked of a document. An error says whether the text does not parse.
    pub(super) fn ask_text(&self, text: &str, document: &Value) -> Result<Value, (Fault, bool)> {
        let lowered = self.queries.lowered(text).map_err(|error| (Fault::error(error), true))?;
        let (program, expr) = &*lowered;
        Interpreter { program, ..*self }.ask(*expr, document).map_err(|fault| (fault, false))
    }
}
