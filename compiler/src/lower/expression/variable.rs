//! Variables and bare expressions.

use std::ops::Range;

use dikast_grammar::Span;
use dikast_grammar::jmespath;
use dikast_grammar::template::{Piece, Variable};
use dikast_grammar::yaml::Text;

use super::Templates;
use super::entry_name::names_entry;
use super::fault::{LenientExpression, MalformedExpression, StrayCharacter};
use super::holes::{self, Holes};
use super::jmespath::Lowering;
use super::position::expression_at;
use crate::ir::{EntryId, Expr, ExprId, Shape};

/// What a query that does not parse says, before the parser's own words.
const INCORRECT: &str = "incorrect query";

/// What stands for `request.object` when the operation is DELETE; Kyverno replaces the text.
const OBJECT: &str = "request.object";
const OLD_OBJECT: &str = "request.oldObject";

impl Templates<'_> {
    /// A bare expression that is asked of the context: the list of a loop, the `jmesPath` of an entry.
    ///
    /// It loads the entries that it names, and is not redirected when the operation is DELETE.
    pub fn query(&mut self, text: &Text) -> ExprId {
        let written = text.as_str();
        let start = written.len() - written.trim_start().len();
        let trimmed = written.trim();
        let spans = |range: Range<usize>| Some(text.span_of(start + range.start..start + range.end));
        let query = self.expression(trimmed, &spans, text.span());
        let loads = self.loads(trimmed);
        let (text, path) = (self.builder.name(trimmed), self.builder.name(""));
        let span = spans(0..trimmed.len());
        self.builder.push(Expr::Resolve { query, on_delete: None, loads, text, path }, span)
    }

    /// A bare expression that is asked of a value: it can name no entry. Nothing when it does not parse.
    pub fn query_of_value(&mut self, text: &Text) -> Option<ExprId> {
        let written = text.as_str();
        let start = written.len() - written.trim_start().len();
        let spans = |range: Range<usize>| Some(text.span_of(start + range.start..start + range.end));
        let ast = self.parse(written.trim(), &spans).ok()?;
        Some(self.lower(&ast, &spans, None))
    }

    /// A variable with no other in it.
    pub(super) fn plain_variable(&mut self, variable: &Variable, text: &Text, path: &str) -> ExprId {
        let whole = Some(text.span_of(variable.range.clone()));
        let (written, range) = match variable.expression.first() {
            Some(Piece::Text { text, range }) => (text.as_str(), range.clone()),
            _ => ("", variable.range.clone()),
        };
        if variable.stray_bytes > 0 {
            self.report(|| StrayCharacter { span: text.span_of(variable.range.clone()) });
            let spoilt = "\u{fffd}".repeat(variable.stray_bytes) + written;
            let unknown = "SyntaxError: Unknown char: '\\ufffd'";
            let query = self.unparsable(&spoilt, unknown, whole);
            let on_delete = spoilt.contains(OBJECT).then(|| spoilt.replace(OBJECT, OLD_OBJECT));
            let on_delete = on_delete.map(|spoilt| self.unparsable(&spoilt, unknown, whole));
            return self.resolve(query, on_delete, &spoilt, path, whole);
        }
        if written == "@" {
            let place = expression_at(path, self.has_target());
            return self.redirected(&place, &|_| whole, path, whole);
        }
        let spans = |part: Range<usize>| Some(text.span_of(range.start + part.start..range.start + part.end));
        self.redirected(written, &spans, path, whole)
    }

    /// A variable, and what it means when the operation is DELETE.
    fn redirected(
        &mut self,
        written: &str,
        spans: &dyn Fn(Range<usize>) -> Option<Span>,
        path: &str,
        whole: Option<Span>,
    ) -> ExprId {
        let query = self.expression(written, spans, whole.unwrap_or_default());
        let on_delete = written.contains(OBJECT).then(|| {
            // Its mistakes are those of the other one.
            let diagnostics = self.diagnostics.take();
            let query = self.expression(&written.replace(OBJECT, OLD_OBJECT), &|_| whole, whole.unwrap_or_default());
            self.diagnostics = diagnostics;
            query
        });
        self.resolve(query, on_delete, written, path, whole)
    }

    fn resolve(
        &mut self,
        query: ExprId,
        on_delete: Option<ExprId>,
        written: &str,
        path: &str,
        span: Option<Span>,
    ) -> ExprId {
        let loads = self.loads(written);
        let (text, path) = (self.builder.name(written), self.builder.name(path));
        self.builder.push(Expr::Resolve { query, on_delete, loads, text, path }, span)
    }

    /// A variable with others in it, whose values are given, and what these must look like. Nothing when the form of the
    /// expression depends on the values.
    pub(super) fn nested_variable(
        &mut self,
        variable: &Variable,
        values: &[ExprId],
        text: &Text,
        path: &str,
    ) -> Option<(ExprId, Vec<(ExprId, Shape)>)> {
        if variable.stray_bytes > 0 {
            return None;
        }
        let pieces: Vec<holes::Piece<'_>> = variable
            .expression
            .iter()
            .map(|piece| match piece {
                Piece::Text { text, .. } => Some(holes::Piece::Text(text)),
                Piece::Variable(inner) => values.get(*inner).copied().map(holes::Piece::Hole),
            })
            .collect::<Option<_>>()?;
        let (parsed_text, holes) = Holes::new(&pieces);
        let ast = jmespath::parse(&parsed_text).ast?;
        let places = Places::new(&variable.expression, &holes, text);
        let whole = Some(text.span_of(variable.range.clone()));
        let known = self.known_names();
        let mut lowering = Lowering {
            builder: self.builder,
            spans: &|range| places.span(&range).or(whole),
            diagnostics: self.diagnostics.as_deref_mut(),
            holes: &holes,
            known: known.as_deref(),
            is_open: false,
        };
        let query = lowering.lower(&ast);
        if lowering.is_open {
            return None;
        }
        // The redirection is a replacement in the text that the values have become part of.
        let on_delete = Some(self.builder.fail("", whole));
        let loads = self.loads(&parsed_text);
        // An error is not told from here, so the words are those of the author.
        let written = text.as_str().get(variable.range.clone()).unwrap_or_default();
        let written = written.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(written).trim();
        let (text, path) = (self.builder.name(written), self.builder.name(path));
        let resolved = self.builder.push(Expr::Resolve { query, on_delete, loads, text, path }, whole);
        Some((resolved, holes.guards()))
    }

    /// The expression of a text, or the error that it is when it runs.
    pub(super) fn expression(
        &mut self,
        text: &str,
        spans: &dyn Fn(Range<usize>) -> Option<Span>,
        whole: Span,
    ) -> ExprId {
        if text.is_empty() {
            let explanation = "there is no expression here".to_owned();
            self.report(|| MalformedExpression { span: whole, explanation });
            return self.builder.fail("invalid query (nil)", Some(whole));
        }
        match self.parse(text, spans) {
            Ok(ast) => {
                let known = self.known_names();
                self.lower(&ast, spans, known.as_deref())
            }
            Err(error) => self.unparsable(text, &error, Some(whole)),
        }
    }

    fn lower(
        &mut self,
        ast: &jmespath::Ast,
        spans: &dyn Fn(Range<usize>) -> Option<Span>,
        known: Option<&[String]>,
    ) -> ExprId {
        Lowering {
            builder: self.builder,
            spans,
            diagnostics: self.diagnostics.as_deref_mut(),
            holes: &Holes::default(),
            known,
            is_open: false,
        }
        .lower(ast)
    }

    /// Parses and reports what is wrong. The error is the parser's first, in Kyverno's words.
    fn parse(&mut self, text: &str, spans: &dyn Fn(Range<usize>) -> Option<Span>) -> Result<jmespath::Ast, String> {
        let parsed = jmespath::parse(text);
        for error in &parsed.errors {
            if let Some(span) = spans(error.range.clone()) {
                self.report(|| MalformedExpression { span, explanation: error.explanation() });
            }
        }
        if parsed.ast.is_some() {
            for (range, leniency) in &parsed.lenient {
                if let Some(span) = spans(range.clone()) {
                    self.report(|| LenientExpression { span, explanation: leniency.explanation() });
                }
            }
        }
        parsed.ast.ok_or_else(|| parsed.errors.first().map(ToString::to_string).unwrap_or_default())
    }

    fn unparsable(&mut self, text: &str, error: &str, span: Option<Span>) -> ExprId {
        self.builder.fail(&format!("{INCORRECT} {text}: {error}"), span)
    }

    /// The entries that a text names, in the order in which they are loaded.
    fn loads(&self, text: &str) -> Vec<EntryId> {
        self.entries.iter().filter(|(name, _)| names_entry(text, name)).map(|&(_, entry)| entry).collect()
    }
}

/// Where the parts of a text with stand-ins are written.
struct Places<'t> {
    /// Where a part ends in the parsed text, where its source begins, and whether it is written so byte for byte.
    parts: Vec<(usize, Range<usize>, bool)>,
    text: &'t Text,
}

impl<'t> Places<'t> {
    fn new(pieces: &[Piece], holes: &Holes, text: &'t Text) -> Self {
        let mut parts = Vec::new();
        let mut end = 0;
        let mut stand_ins = holes.stand_ins();
        let mut last = 0;
        for piece in pieces {
            match piece {
                Piece::Text { text, range } => {
                    end += text.len();
                    last = range.end;
                    parts.push((end, range.clone(), true));
                }
                Piece::Variable(_) => {
                    end += stand_ins.next().map_or(0, str::len);
                    parts.push((end, last..last, false));
                }
            }
        }
        // A variable is written from the end of what stands before it to the start of what follows.
        let starts: Vec<usize> = parts.iter().skip(1).map(|(_, source, _)| source.start).collect();
        for ((_, source, is_written), next) in parts.iter_mut().zip(starts) {
            if !*is_written {
                source.end = next.max(source.start);
            }
        }
        Self { parts, text }
    }

    fn span(&self, range: &Range<usize>) -> Option<Span> {
        let start = self.source(range.start, false)?;
        let end = self.source(range.end, true)?;
        Some(self.text.span_of(start..end.max(start)))
    }

    /// The source of a place; of the place behind a part's last byte when `is_end`.
    fn source(&self, at: usize, is_end: bool) -> Option<usize> {
        let index = self.parts.partition_point(|(end, _, _)| if is_end { *end < at } else { *end <= at });
        let (end, source, is_written) = self.parts.get(index)?;
        Some(match (is_written, is_end) {
            (true, _) => source.end.saturating_sub(end - at),
            (false, true) => source.end,
            (false, false) => source.start,
        })
    }
}
