//! Queries whose text is only known at run time: parsed and lowered when they are asked, and remembered.

use std::sync::Arc;

use dikast_compiler::ir::{ExprId, Program};
use dikast_stdlib::Value;

use super::evaluate::Subject;
use super::fault::Failure;
use super::query::failed_query;
use super::{Fault, Interpreter};

/// Remembers queries that were parsed at run time.
#[derive(Debug, Default)]
pub struct QueryCache {}

impl QueryCache {
    /// The expression of a text as a program of its own, or the parser's words.
    fn lowered(&self, text: &str) -> Result<Arc<(Program, ExprId)>, String> {
        Err(format!("not linked in: {text}"))
    }
}

impl Interpreter<'_> {
    /// The result of a query by its text, asked of the context or of another root.
    pub(super) fn query_text(&self, text: &str, root: Option<&Value>) -> Result<Value, Fault> {
        if root.is_none() {
            self.context.load(self, |entry| names(text, self.program.name(self.program.entry(entry).name)))?;
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

/// Whether a query's text names a context entry: as a word that does not follow a dot
/// (Kyverno `pkg/engine/context/deferred.go`, `NewDeferredLoader`).
fn names(text: &str, entry: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.match_indices(entry).any(|(at, _)| {
        let before = text.as_bytes()[..at].last();
        let after = text.as_bytes().get(at + entry.len());
        let ends_in_word = entry.bytes().last().is_some_and(is_word);
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'.')
            && after.is_some_and(|byte| is_word(*byte)) != ends_in_word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_named_by_whole_words() {
        for (text, named) in [
            ("one", true),
            ("one.x", true),
            ("(one)", true),
            ("one-two", true),
            ("'one'", true),
            ("_one", true),
            ("x.one", false),
            ("one_two", false),
            ("one1", false),
            ("anyone", false),
            ("x.one || one", true),
        ] {
            assert_eq!(names(text, "one"), named, "{text}");
        }
    }
}
