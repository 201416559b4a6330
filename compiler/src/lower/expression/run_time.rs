//! Expressions outside policies, or whose text is only known while a rule runs.

use std::ops::Range;

use dikast_grammar::{Span, jmespath};

use super::Templates;
use super::holes::Holes;
use super::jmespath::Lowering;
use crate::diagnostic::Diagnostics;
use crate::ir::{Builder, ExprId, Program};

/// Parses a query and lowers it to a program of its own.
///
/// The program holds nothing but the expression; it is asked of the same root as the expression that gave its text. The
/// caller trims the text, refuses an empty one, loads the entries that it [names](super::names_entry) and keeps what it
/// gets here for the next time.
///
/// # Errors
///
/// The parser's words, which Kyverno puts behind `incorrect query QUERY: `.
pub fn lower_query(text: &str) -> Result<(Program, ExprId), String> {
    let parsed = jmespath::parse(text);
    let Some(ast) = parsed.ast else {
        return Err(parsed.errors.first().map(ToString::to_string).unwrap_or_default());
    };
    let mut builder = Builder::new();
    let expr = Lowering {
        builder: &mut builder,
        spans: &|_| None,
        diagnostics: None,
        holes: &Holes::default(),
        known: None,
        is_open: false,
    }
    .lower(&ast);
    Ok((builder.finish(), expr))
}

/// Reports what is wrong with a query whatever it is asked of. `spans` tells where a range of it is written, `whole` where
/// it stands.
pub(crate) fn check_query(
    text: &str,
    spans: &dyn Fn(Range<usize>) -> Option<Span>,
    whole: Span,
    diagnostics: &mut Diagnostics,
) {
    let mut templates = Templates {
        builder: &mut Builder::new(),
        diagnostics: Some(diagnostics),
        entries: &[],
        loops: 0,
        has_target: false,
        is_open: true,
    };
    templates.expression(text, spans, whole);
}
