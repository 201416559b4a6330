//! What the compiler tells an author.
//!
//! A fault is declared once as a struct ([`Fault`], usually by the `faults!` macro beside the stage that finds it): its
//! code, its words, its help and its fix are methods on its fields. The finder only fills in the fields. Faults become
//! [`Diagnostic`]s, plain data that every format in [`render`] reads; codes and their pages stand in [`code`].

pub mod allow;
pub mod code;
pub mod crowd;
mod fault;
mod fixable;
pub mod render;

pub use fault::Fault;
pub(crate) use fault::{fault_method, faults};

use std::collections::HashSet;

use dikast_grammar::Span;

pub use code::Code;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing needs to be done.
    Info,
    /// Probably not what the author means.
    Warning,
    /// The policy, or the part under the span, is not used.
    Error,
}

impl Severity {
    /// The word that all formats use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place with words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The words.
    pub message: String,
}

/// A change of the source that removes the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to replace.
    pub span: Span,
    /// The text to put there.
    pub replacement: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Words at the place, when the message does not say it all.
    pub label: Option<String>,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// A change that removes it.
    pub fix: Option<Fix>,
}

/// Collects findings.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    seen: HashSet<(Code, Span)>,
    in_copy: bool,
    errors: usize,
}

impl Diagnostics {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says whether what is looked at now is autogen's copy of something that was looked at before. A copy repeats the
    /// faults of its original, so there a code that was already found at the same place is not added again.
    pub fn enter_copy(&mut self, in_copy: bool) {
        self.in_copy = in_copy;
    }

    /// Adds a finding.
    pub fn report(&mut self, finding: impl Into<Diagnostic>) {
        let diagnostic = finding.into();
        if diagnostic.severity == Severity::Error {
            self.errors += 1;
        }
        let is_new = self.seen.insert((diagnostic.code, diagnostic.span));
        if is_new || !self.in_copy {
            self.list.push(diagnostic);
        }
    }

    /// How many errors were reported so far, repetitions included: a stage that wants to know whether a part had
    /// faults compares this number before and after.
    pub fn errors_reported(&self) -> usize {
        self.errors
    }

    /// The findings so far.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// The findings in the order of files and places.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
        self.list
    }
}

#[cfg(test)]
mod tests {
    use dikast_grammar::FileId;

    use super::*;

    fn finding(start: usize, message: &str) -> Diagnostic {
        Diagnostic {
            code: code::YAML_SYNTAX,
            severity: Severity::Error,
            message: message.to_owned(),
            span: Span::new(FileId(0), start, start + 1),
            label: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    #[test]
    fn repetitions_in_copies_are_counted_but_not_kept() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.report(finding(9, "late"));
        diagnostics.enter_copy(true);
        diagnostics.report(finding(9, "late, in a copy"));
        diagnostics.report(finding(3, "early"));
        assert_eq!(diagnostics.errors_reported(), 3);
        let messages: Vec<_> = diagnostics.into_sorted().into_iter().map(|found| found.message).collect();
        assert_eq!(messages, ["early", "late"]);
    }
}
