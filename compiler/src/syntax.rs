//! Faults of YAML files.

use dikast_grammar::Span;
use dikast_grammar::yaml::{CauseKind, SyntaxError, SyntaxErrorKind, cause_of};

use crate::diagnostic::{Diagnostic, Label, faults};

faults! {
    /// A document that cannot be read.
    #[error("{error}")]
    YAML_SYNTAX: InvalidYaml { error: SyntaxErrorKind, context: Option<Span> }
    labels(self) { around(self.context) }
    help(self) { Some(UNREAD.to_owned()) }

    /// A mistake that shows further below.
    #[error("{cause}")]
    YAML_SYNTAX: FurtherUp { cause: CauseKind, shows: Span, fault: SyntaxErrorKind }
    labels(self) { vec![Label { span: self.shows, message: self.fault.to_string() }] }
    help(self) { Some(UNREAD.to_owned()) }

    /// A key that is given twice.
    #[error("{error}")]
    REPEATED_KEY: RepeatedKey { error: SyntaxErrorKind, context: Option<Span> }
    labels(self) {
        self.context.map(|span| Label { span, message: "it is here first".to_owned() }).into_iter().collect()
    }
    help(self) { Some("only one of them counts: remove the other".to_owned()) }

    /// Text that is not read.
    #[error("{error}")]
    UNREAD_TEXT: UnreadText { error: SyntaxErrorKind, context: Option<Span> }
    labels(self) { around(self.context) }
    help(self) { Some("remove it, or begin a document with `---` on a line of its own before it".to_owned()) }
}

/// What a fault in a document costs.
const UNREAD: &str = "the document is left out until this is mended";

fn around(context: Option<Span>) -> Vec<Label> {
    context.map(|span| Label { span, message: "which begins here".to_owned() }).into_iter().collect()
}

/// What to say about a fault that the YAML parser found; with the text of its file, where it comes from.
pub(crate) fn finding(fault: &SyntaxError, source: Option<&str>) -> Diagnostic {
    if let Some(cause) = source.and_then(|source| cause_of(fault, source)) {
        return FurtherUp { span: cause.span, cause: cause.kind, shows: fault.span, fault: fault.kind.clone() }.into();
    }
    let (span, error, context) = (fault.span, fault.kind.clone(), fault.context);
    if fault.is_refusal() {
        InvalidYaml { span, error, context }.into()
    } else if matches!(error, SyntaxErrorKind::DuplicateKey(_)) {
        RepeatedKey { span, error, context }.into()
    } else {
        UnreadText { span, error, context }.into()
    }
}
