//! Faults of YAML files.

use dikast_grammar::Span;
use dikast_grammar::yaml::{SyntaxError, SyntaxErrorKind};

use crate::diagnostic::{Diagnostic, Label, faults};

faults! {
    /// A document that cannot be read.
    #[error("{error}")]
    YAML_SYNTAX: InvalidYaml { error: SyntaxErrorKind, context: Option<Span> }
    labels(self) { around(self.context) }

    /// A key that is given twice.
    #[error("{error}")]
    REPEATED_KEY: RepeatedKey { error: SyntaxErrorKind, context: Option<Span> }
    labels(self) {
        self.context.map(|span| Label { span, message: "it is here first".to_owned() }).into_iter().collect()
    }

    /// Text that is not read.
    #[error("{error}")]
    UNREAD_TEXT: UnreadText { error: SyntaxErrorKind, context: Option<Span> }
    labels(self) { around(self.context) }
}

fn around(context: Option<Span>) -> Vec<Label> {
    context.map(|span| Label { span, message: "which begins here".to_owned() }).into_iter().collect()
}

/// What to say about a fault that the YAML parser found.
pub(crate) fn finding(fault: &SyntaxError) -> Diagnostic {
    let (span, error, context) = (fault.span, fault.kind.clone(), fault.context);
    if fault.is_refusal() {
        InvalidYaml { span, error, context }.into()
    } else if matches!(error, SyntaxErrorKind::DuplicateKey(_)) {
        RepeatedKey { span, error, context }.into()
    } else {
        UnreadText { span, error, context }.into()
    }
}
