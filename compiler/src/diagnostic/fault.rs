//! Declaring faults.

use dikast_grammar::Span;

use super::{Code, Diagnostic, Fix, Label};

/// A kind of fault with the data of one case. Its `Display` is the message.
pub trait Fault: std::fmt::Display {
    /// The code; the registry knows its severity.
    const CODE: Code;

    /// Where it is.
    fn span(&self) -> Span;

    /// Words at the place.
    fn label(&self) -> Option<String> {
        None
    }

    /// Other places that matter.
    fn labels(&self) -> Vec<Label> {
        Vec::new()
    }

    /// What to do about it.
    fn help(&self) -> Option<String> {
        None
    }

    /// A change that removes it.
    fn fix(&self) -> Option<Fix> {
        None
    }
}

impl<F: Fault> From<F> for Diagnostic {
    fn from(fault: F) -> Self {
        Self {
            code: F::CODE,
            severity: F::CODE.severity(),
            message: fault.to_string(),
            span: fault.span(),
            label: fault.label(),
            labels: fault.labels(),
            help: fault.help(),
            fix: fault.fix(),
        }
    }
}

/// Declares faults: documentation, message, code, fields, and where needed methods of [`Fault`].
///
/// ```text
/// faults! {
///     /// A name that nothing declares.
///     #[error("undefined variable `{name}`")]
///     UNDEFINED_VARIABLE: UndefinedVariable { name: String }
///     help(self) { Some(format!("declare `{}` under `context`", self.name)) }
/// }
/// ```
///
/// Every fault has a field `span` beside the ones that are listed.
macro_rules! faults {
    ($(
        $(#[$meta:meta])+
        $code:ident: $name:ident { $($field:ident: $type:ty),* $(,)? }
        $($method:ident($this:ident) $body:block)*
    )*) => {$(
        #[derive(Clone, Debug, thiserror::Error)]
        $(#[$meta])+
        pub(crate) struct $name {
            pub(crate) span: dikast_grammar::Span,
            $(pub(crate) $field: $type,)*
        }

        impl $crate::diagnostic::Fault for $name {
            const CODE: $crate::diagnostic::Code = $crate::diagnostic::code::$code;

            fn span(&self) -> dikast_grammar::Span {
                self.span
            }

            $($crate::diagnostic::fault_method! { $method($this) $body })*
        }
    )*};
}

macro_rules! fault_method {
    (label($this:ident) $body:block) => {
        fn label(&$this) -> Option<String> $body
    };
    (labels($this:ident) $body:block) => {
        fn labels(&$this) -> Vec<$crate::diagnostic::Label> $body
    };
    (help($this:ident) $body:block) => {
        fn help(&$this) -> Option<String> $body
    };
    (fix($this:ident) $body:block) => {
        fn fix(&$this) -> Option<$crate::diagnostic::Fix> $body
    };
}

pub(crate) use {fault_method, faults};

#[cfg(test)]
mod tests {
    use dikast_grammar::FileId;

    use super::*;
    use crate::diagnostic::code;

    faults! {
        /// A fault as a stage would declare it.
        #[error("unknown field `{name}`")]
        UNKNOWN_FIELD: Unknown { name: String }
        help(self) { Some(format!("remove `{}`", self.name)) }
        fix(self) { Some(Fix { span: self.span, replacement: String::new() }) }
    }

    #[test]
    fn a_declared_fault_becomes_a_diagnostic() {
        let span = Span::new(FileId(0), 1, 4);
        let diagnostic = Diagnostic::from(Unknown { span, name: "a".to_owned() });
        assert_eq!(diagnostic.code, code::UNKNOWN_FIELD);
        assert_eq!(diagnostic.message, "unknown field `a`");
        assert_eq!(diagnostic.help.as_deref(), Some("remove `a`"));
        assert_eq!(diagnostic.fix, Some(Fix { span, replacement: String::new() }));
        assert_eq!(diagnostic.label, None);
    }
}
