//! Where a fault of the layout comes from.
//!
//! A parser stops at the first token that cannot stand where it stands, and that is often lines below the mistake: a quote that
//! is not closed runs on to the next one, a key without its colon takes the next line for more of its text. The tokens up to
//! there tell.

use std::ops::Range;

use super::documents;
use super::error::{SyntaxError, SyntaxErrorKind};
use super::file_text::FileText;
use super::scanner::{Scanner, Token, TokenKind};
use crate::Span;

/// What a fault comes from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct Cause {
    /// What is likely to be wrong.
    pub kind: CauseKind,
    /// Where.
    pub span: Span,
}

/// The kinds of mistakes that show further below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CauseKind {
    /// A quote that is closed lines below.
    #[error("this quote is closed only lines below; is its end missing?")]
    QuoteRunsOn,
    /// Text that goes on with the key of the next line.
    #[error("this line goes on in the next one, which is a key; is a `:`, a `- ` or an indentation missing?")]
    LineRunsOn,
    /// A bracket or a brace that is never closed.
    #[error("this bracket is not closed before the lines below")]
    OpenBracket,
    /// A line that ends what a later line goes on with.
    #[error("this line is indented less than what goes on below it; is the indentation right?")]
    EndsBlock,
}

/// The mistake that a fault in `text` comes from, when it is likely to be on an earlier line.
pub fn cause_of(fault: &SyntaxError, text: &str) -> Option<Cause> {
    let is_of_layout = matches!(
        fault.kind,
        SyntaxErrorKind::ValueNotAllowed
            | SyntaxErrorKind::EntryNotAllowed
            | SyntaxErrorKind::MissingColon
            | SyntaxErrorKind::ExpectedSequenceEnd
            | SyntaxErrorKind::ExpectedMappingEnd
            | SyntaxErrorKind::ExpectedKey
            | SyntaxErrorKind::ExpectedEntry
            | SyntaxErrorKind::ExpectedValue
    );
    let at = fault.span.start as usize;
    let file = FileText::new(fault.span.file, text);
    let document =
        documents::split(file.text()).documents.into_iter().find(|range| (range.start..=range.end).contains(&at))?;
    let lines = Lines { text: file.text(), document: document.clone() };
    let history = is_of_layout.then(|| History::before(at, &file, document))?;
    let (kind, range) = history.cause(at, &fault.kind, &lines)?;
    Some(Cause { kind, span: file.span(range) })
}

/// What was read before a fault.
#[derive(Default)]
struct History {
    /// The last token.
    last: Option<Token>,
    /// Where the `:` stands that is right before it.
    colon: Option<usize>,
    /// Where the brackets stand that are open.
    brackets: Vec<usize>,
    /// Block collections that ended: where they began and where the line that ended them begins.
    ended: Vec<(usize, usize)>,
}

impl History {
    fn before(fault: usize, file: &FileText, document: Range<usize>) -> Self {
        let mut scanner = Scanner::new(file, document);
        let mut history = Self::default();
        let mut open = Vec::new();
        while let Ok(token) = scanner.peek() {
            let range = token.range();
            if range.start >= fault || matches!(token.kind, TokenKind::StreamEnd) {
                break;
            }
            match token.kind {
                TokenKind::BlockMappingStart | TokenKind::BlockSequenceStart => open.push(range.start),
                TokenKind::BlockEnd => history.ended.extend(open.pop().map(|start| (start, range.start))),
                TokenKind::FlowSequenceStart | TokenKind::FlowMappingStart => history.brackets.push(range.start),
                TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd => {
                    history.brackets.pop();
                }
                _ => {}
            }
            match scanner.take() {
                Some(token) if !token.range().is_empty() => {
                    let last = history.last.replace(token);
                    let colon = last.filter(|last| matches!(last.kind, TokenKind::Value));
                    history.colon = colon.map(|colon| colon.range().start);
                }
                Some(_) => {}
                None => break,
            }
        }
        history
    }

    fn cause(&self, fault: usize, kind: &SyntaxErrorKind, lines: &Lines<'_>) -> Option<(CauseKind, Range<usize>)> {
        let line = lines.start(fault);
        let runs_on = self.last.as_ref().and_then(|token| {
            let (TokenKind::Scalar { is_plain, .. }, range) = (&token.kind, token.range()) else { return None };
            let first = range.start..lines.end(range.start);
            (lines.start(range.start) < lines.start(range.end)).then_some((*is_plain, first))
        });
        match (runs_on, self.brackets.last()) {
            (Some((false, first)), _) => return Some((CauseKind::QuoteRunsOn, first)),
            (_, Some(&bracket)) => {
                return (lines.start(bracket) < line).then_some((CauseKind::OpenBracket, bracket..bracket + 1));
            }
            (Some((true, first)), None) if *kind == SyntaxErrorKind::ValueNotAllowed => {
                // Behind a key of its own it is more likely that the key below it is indented too far.
                let has_key = self.colon.is_some_and(|colon| lines.start(colon) == lines.start(first.start));
                let is_at_fault = !has_key || lines.has_sibling(fault);
                return is_at_fault.then_some((CauseKind::LineRunsOn, first));
            }
            _ => {}
        }
        if !matches!(kind, SyntaxErrorKind::ExpectedKey | SyntaxErrorKind::ExpectedEntry) || !lines.goes_on(fault) {
            return None;
        }
        let column = fault - line;
        let went_on =
            |&&(start, end): &&(usize, usize)| start - lines.start(start) == column && lines.start(end) < line;
        let &(_, end) = self.ended.iter().rev().find(went_on)?;
        Some((CauseKind::EndsBlock, end..lines.end(end)))
    }
}

/// The lines of a document.
struct Lines<'t> {
    text: &'t str,
    document: Range<usize>,
}

impl Lines<'_> {
    /// Where the line of a place begins.
    fn start(&self, at: usize) -> usize {
        let before = self.text.get(self.document.start..at).unwrap_or_default();
        before.rfind('\n').map_or(self.document.start, |end| self.document.start + end + 1)
    }

    /// Where the line of a place ends, without blanks.
    fn end(&self, at: usize) -> usize {
        let rest = self.text.get(at..self.document.end).unwrap_or_default();
        at + rest.lines().next().map_or(0, |line| line.trim_end().len())
    }

    /// Whether a line below goes on in the column in which the line of a place begins.
    fn has_sibling(&self, at: usize) -> bool {
        let line = self.text.get(self.start(at)..self.document.end).unwrap_or_default();
        let indentation = |line: &str| line.len() - line.trim_start().len();
        let mut lines = line.lines().filter(|line| !line.trim().is_empty());
        let Some(column) = lines.next().map(indentation) else { return false };
        lines.map(indentation).find(|other| *other <= column) == Some(column)
    }

    /// Whether the lines below a place agree with its indentation: so it is not the line itself that is out of place.
    fn goes_on(&self, at: usize) -> bool {
        let column = at - self.start(at);
        let end = self.end(at);
        let opens = self.text.get(at..end).is_some_and(|line| line.ends_with(':'));
        let below = self.text.get(end..self.document.end).unwrap_or_default();
        let is_written = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let Some(next) = below.lines().find(is_written) else { return false };
        let indentation = next.len() - next.trim_start().len();
        match opens {
            true => indentation > column || indentation == column && next.trim_start().starts_with("- "),
            false => indentation == column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileId;
    use crate::yaml::parse;

    /// The line of the cause, from 1, and what it is; nothing when the fault speaks for itself.
    fn cause(text: &str) -> Option<(usize, CauseKind)> {
        let fault = parse(FileId::default(), text).errors.remove(0);
        let cause = cause_of(&fault, text)?;
        let before = &text[..cause.span.start as usize];
        Some((before.matches('\n').count() + 1, cause.kind))
    }

    #[test]
    fn the_line_is_found_where_it_went_wrong() {
        let runs_on = [
            "a:\n  b\n    c: 1\n",
            "a:\n- name one\n  b: 1\n",
            "a:\n- -name: one\n    b: 1\n    c: 2\n",
            "---\na:\n  b:c\n    d: 1\n",
        ];
        assert_eq!(runs_on.map(cause).map(|found| found.map(|(_, kind)| kind)), [Some(CauseKind::LineRunsOn); 4]);
        assert_eq!(cause("a: 1\nb: \"one\nc: 2\nd: \"two\"\n"), Some((2, CauseKind::QuoteRunsOn)));
        assert_eq!(cause("a: [one\nb: 2\n"), Some((1, CauseKind::OpenBracket)));
        assert_eq!(cause("a: {b: {c: 1}\nd: 2\n"), Some((1, CauseKind::OpenBracket)));
        assert_eq!(cause("a:\n- name: x\nb:\n    c: 1\n  d:\n    e: 1\n"), Some((3, CauseKind::EndsBlock)));
        assert_eq!(cause("x: 1\n---\na: [one\nb: 2\n"), Some((3, CauseKind::OpenBracket)));
    }

    #[test]
    fn a_fault_of_its_own_line_has_no_other_cause() {
        for text in [
            "a: b: c\n",
            "a: 'x' y\n",
            "a: [b: c: d]\n",
            "a: 1\n\tb: 2\n",
            "a: one\n b: 2\nc: 3\n",
            "a:\n  b: 'x'\n    c: 'y'\n  d: 1\n",
        ] {
            assert_eq!(cause(text), None, "{text:?}");
        }
    }
}
